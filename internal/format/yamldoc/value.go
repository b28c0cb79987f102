package yamldoc

import (
	"encoding/json"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Value returns what the document says under the node, free of how it is laid
// out: nil, bool, float64, string, []any or map[string]any, as JSON has them.
// Text is trimmed as [Node.Text] does it, dates are text, a key without a
// value has nil, and of a repeated key the last value stays. Documents that
// differ in comments, quoting of text, order of keys or line breaks between
// values have equal values; documents that any accessor reads differently have
// different ones. For that, a number is a number only in its shortest decimal
// form, which [Node.Text] gives back: 1.10 and 010 are text.
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
			switch {
			case key.Kind != yaml.ScalarNode:
			case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
				m[key.Value] = nil
			default:
				m[key.Value] = Node{n.doc, value}.Value()
			}
		}
		return m
	}
	return n.scalar()
}

func (n Node) scalar() any {
	text := strings.TrimSpace(n.y.Value)
	switch n.y.Tag {
	case "!!bool":
		if text == "true" || text == "false" {
			return text == "true"
		}
	case "!!int", "!!float":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			break
		}
		if shortest, err := json.Marshal(f); err == nil && string(shortest) == text {
			return f
		}
	}
	return text
}
