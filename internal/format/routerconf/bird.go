package routerconf

import (
	"net/netip"
	"slices"
)

// birdReader reads BIRD: protocols and templates, and the constants that name
// their AS numbers.
type birdReader struct {
	c         *collector
	constants map[string]uint32
}

func readBIRD(c *collector, text string) error {
	r := &birdReader{c: c, constants: make(map[string]uint32)}
	return (&braces{text: text, do: r.statement}).run()
}

func (r *birdReader) statement(path, words []string, offset, length int) {
	switch {
	case len(path) == 0 && len(words) >= 4 && words[0] == "define" && words[2] == "=":
		r.constants[words[1]] = r.number(words[3])
	case len(path) == 0 && len(words) >= 3 && words[1] == "bgp":
		r.entity(words, offset, length)
	case len(path) >= 3 && path[1] == "bgp" && (path[0] == "protocol" || path[0] == "template"):
		if len(words) > 0 {
			r.property(r.entity(path, offset, length), words)
		}
	}
}

// entity returns the protocol or template that the words open.
func (r *birdReader) entity(words []string, offset, length int) *entity {
	kind := aNeighbour
	if words[0] == "template" {
		kind = aGroup
	}
	e := r.c.at(key{kind, "", words[2]}, offset, length)
	if len(words) >= 5 && words[3] == "from" {
		e.group = words[4]
	}
	return e
}

// property takes in a statement of a protocol.
func (r *birdReader) property(e *entity, words []string) {
	switch words[0] {
	case "local":
		if i := slices.Index(words, "as"); i > 0 && i+1 < len(words) {
			e.local = r.number(words[i+1])
		}
	case "neighbor":
		if len(words) > 1 {
			if addr, err := netip.ParseAddr(words[1]); err == nil {
				e.addr = addr
			}
		}
		if i := slices.Index(words, "as"); i > 0 && i+1 < len(words) {
			e.remote = r.number(words[i+1])
		}
		e.internal = e.internal || slices.Contains(words, "internal")
	case "description":
		if len(words) > 1 {
			e.description = words[1]
		}
	case "disabled":
		e.off = len(words) == 1 || words[1] == "yes" || words[1] == "on"
	}
}

func (r *birdReader) number(word string) uint32 {
	if n, ok := r.constants[word]; ok {
		return n
	}
	return number(word)
}
