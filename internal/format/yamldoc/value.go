package yamldoc

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Value returns what the document says under the node, free of how it is
// written: nil, bool, float64, string, []any or map[string]any, as JSON has
// them. Text is trimmed as [Node.Text] does it, dates are text, keys without a
// value are left out, and of a repeated key the last value stays. Two
// documents that differ in comments, quoting, order of keys or line breaks
// between values have equal values.
func (n Node) Value() any {
	if n.y == nil {
		return nil
	}
	switch n.y.Kind {
	case yaml.SequenceNode:
		list := make([]any, len(n.y.Content))
		for i, c := range n.y.Content {
			list[i] = Node{n.doc, c}.Value()
		}
		return list
	case yaml.MappingNode:
		m := make(map[string]any, len(n.y.Content)/2)
		for i := 0; i+1 < len(n.y.Content); i += 2 {
			key, value := n.y.Content[i], n.y.Content[i+1]
			if key.Kind != yaml.ScalarNode || value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
				continue
			}
			m[key.Value] = Node{n.doc, value}.Value()
		}
		return m
	}
	return n.scalar()
}

func (n Node) scalar() any {
	text := strings.TrimSpace(n.y.Value)
	switch n.y.Tag {
	case "!!null":
		return nil
	case "!!bool":
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case "!!int":
		if i, err := strconv.ParseInt(text, 0, 64); err == nil {
			return float64(i)
		}
	case "!!float":
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	return text
}
