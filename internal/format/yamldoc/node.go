package yamldoc

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// IsZero reports whether the node is absent.
func (n Node) IsZero() bool { return n.y == nil }

// Place returns where the node stands.
func (n Node) Place() Place {
	if n.y == nil {
		return Place{}
	}
	return Place{n.doc.File, n.y.Line, n.y.Column}
}

// Note records a problem at the node.
func (n Node) Note(format string, args ...any) {
	if n.y != nil {
		n.doc.note(n.y.Line, n.y.Column, format, args...)
	}
}

// Map is a mapping whose keys were checked.
type Map struct {
	node   Node
	keys   []string
	fields map[string]Node
	at     map[string]Node
}

// Map reads the node as a mapping with the allowed keys; an unknown key is
// noted with the nearest allowed one, a repeated key as such. With no allowed
// keys every key is accepted.
func (n Node) Map(allowed ...string) Map {
	m := Map{node: n, fields: map[string]Node{}, at: map[string]Node{}}
	if n.y == nil {
		return m
	}
	if n.y.Kind != yaml.MappingNode {
		n.Note("want a mapping (key: value), found %s", n.kind())
		return m
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		key, value := n.y.Content[i], n.y.Content[i+1]
		at := Node{n.doc, key}
		switch {
		case key.Kind != yaml.ScalarNode:
			at.Note("want a plain key, found %s", at.kind())
			continue
		case !m.at[key.Value].IsZero():
			at.Note("key %q stands twice: first at line %d", key.Value, m.at[key.Value].y.Line)
			continue
		case len(allowed) > 0 && !slices.Contains(allowed, key.Value):
			at.Note("unknown key %q%s", key.Value, suggestOrList(key.Value, allowed))
			continue
		}
		m.keys = append(m.keys, key.Value)
		m.at[key.Value] = at
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			continue // "key:" with nothing after it is an absent value
		}
		m.fields[key.Value] = Node{n.doc, value}
	}
	return m
}

// Fields reads the node as a mapping like [Node.Map], with every key accepted
// and nothing noted: for a look ahead at a key that decides how the rest is
// read. The caller reads the node again with Map.
func (n Node) Fields() Map {
	quiet := Node{&Doc{}, n.y}
	if n.y == nil {
		quiet = n
	}
	m := quiet.Map()
	m.node = n
	for key, value := range m.fields {
		m.fields[key] = Node{n.doc, value.y}
	}
	return m
}

// Node returns the mapping itself.
func (m Map) Node() Node { return m.node }

// Keys returns the accepted keys in the order of the document.
func (m Map) Keys() []string { return m.keys }

// KeyAt returns the node of the key itself, absent if the key is.
func (m Map) KeyAt(key string) Node { return m.at[key] }

// Get returns the value of a key, absent if the key is.
func (m Map) Get(key string) Node { return m.fields[key] }

// Need returns the value of a key and notes a problem at the mapping if it is
// absent.
func (m Map) Need(key string) Node {
	n, ok := m.fields[key]
	if !ok {
		m.node.Note("key %q is missing", key)
	}
	return n
}

// List returns the items of a sequence; a single value counts as a list of
// one, as people write it.
func (n Node) List() []Node {
	if n.y == nil {
		return nil
	}
	if n.y.Kind != yaml.SequenceNode {
		return []Node{n}
	}
	items := make([]Node, len(n.y.Content))
	for i, c := range n.y.Content {
		items[i] = Node{n.doc, c}
	}
	return items
}

// Text returns the scalar as written, trimmed.
func (n Node) Text() string {
	if n.y == nil {
		return ""
	}
	if n.y.Kind != yaml.ScalarNode {
		n.Note("want text, found %s", n.kind())
		return ""
	}
	return strings.TrimSpace(n.y.Value)
}

// IfText returns the scalar like [Node.Text], and of anything else the empty
// text without noting it: for a value that may be of several sorts.
func (n Node) IfText() string {
	if !n.IsScalar() {
		return ""
	}
	return n.Text()
}

// Texts returns the scalars of a list.
func (n Node) Texts() []string {
	var out []string
	for _, item := range n.List() {
		if s := item.Text(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Bool returns a boolean, false if absent.
func (n Node) Bool() bool {
	if n.y == nil {
		return false
	}
	if n.y.Kind != yaml.ScalarNode || n.y.Tag != "!!bool" || n.y.Value != "true" && n.y.Value != "false" {
		n.Note("want true or false, found %s", n.kind())
		return false
	}
	return n.y.Value == "true"
}

// Int returns a whole number within [lowest, highest], lowest if absent or wrong.
func (n Node) Int(lowest, highest int) int {
	if n.y == nil {
		return lowest
	}
	v, err := strconv.Atoi(n.y.Value)
	if err != nil || n.y.Kind != yaml.ScalarNode || v < lowest || v > highest {
		n.Note("want a whole number from %d to %d, found %s", lowest, highest, n.kind())
		return lowest
	}
	return v
}

// OneOf returns the text if it is one of the words; otherwise it notes a
// problem that lists them, and returns the empty string.
func (n Node) OneOf(words ...string) string {
	s := n.Text()
	if n.y == nil || slices.Contains(words, s) {
		return s
	}
	if n.y.Kind == yaml.ScalarNode {
		n.Note("unknown word %q: want one of %s%s", s, strings.Join(words, ", "), Suggest(s, slices.Values(words)))
	}
	return ""
}

// IsMap reports whether the node is a mapping.
func (n Node) IsMap() bool { return n.y != nil && n.y.Kind == yaml.MappingNode }

// IsScalar reports whether the node is a single value.
func (n Node) IsScalar() bool { return n.y != nil && n.y.Kind == yaml.ScalarNode }

func (n Node) kind() string {
	switch n.y.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		return strconv.Quote(n.y.Value)
	}
	return "something else"
}
