package routerconf

// classicReader reads the classic form of SR OS: blocks by indentation, each
// ended by "exit".
type classicReader struct {
	c      *collector
	blocks []classicBlock
}

// classicBlock is an open block: its first word and the second, and where it
// began.
type classicBlock struct {
	word, name string
	indent     int
}

func readClassic(c *collector, text string) {
	r := &classicReader{c: c}
	eachLine(text, r.line)
}

func (r *classicReader) line(l textLine) {
	if l.words[0] == "/configure" { // the whole way on one line
		r.blocks = r.blocks[:0]
		for i, w := range l.words {
			l.words[i] = unquote(w)
		}
		statement(r.c, l.words[1:], unquote(after(l.rest, len(l.words)-1)), l.offset, l.length)
		return
	}
	for len(r.blocks) > 0 && l.indent <= r.blocks[len(r.blocks)-1].indent {
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	w := l.words
	if w[0] == "exit" {
		return
	}
	var path []string
	for _, b := range r.blocks {
		path = append(path, b.word)
		if b.name != "" {
			path = append(path, b.name)
		}
	}
	words := make([]string, len(w))
	for i := range w {
		words[i] = unquote(w[i])
	}
	statement(r.c, append(path, words...), unquote(after(l.rest, 1)), l.offset, l.length)
	if len(r.blocks) < maxDepth {
		b := classicBlock{word: words[0], indent: l.indent}
		if len(words) > 1 {
			b.name = words[1]
		}
		r.blocks = append(r.blocks, b)
	}
}

// statement takes in a statement of SR OS or Junos: the words from the root to
// the value. text is the last value whole.
func statement(c *collector, words []string, text string, offset, length int) {
	instance, i := "", 0
	if len(words) > 0 && words[0] == "configure" {
		words = words[1:]
	}
	for ; i < len(words) && words[i] != "bgp"; i++ {
		switch words[i] {
		case "routing-instances", "vprn", "router":
			if i+1 < len(words) && words[i+1] != "bgp" && words[i+1] != "autonomous-system" {
				i++
				if words[i] != "Base" {
					instance = words[i]
				}
			}
		case "autonomous-system", "as-number":
			if i+1 < len(words) {
				c.at(key{anInstance, instance, ""}, offset, length).local = number(words[i+1])
			}
			return
		}
	}
	if i == len(words) {
		return
	}
	words = words[i+1:]
	e := c.at(key{anInstance, instance, ""}, offset, length)
	for len(words) > 1 {
		switch words[0] {
		case "group":
			if e.kind == aNeighbour { // of SR OS, model-driven: the neighbour names its group
				e.group = words[1]
				return
			}
			e = c.at(key{aGroup, instance, words[1]}, offset, length)
			words = words[2:]
			continue
		case "neighbor":
			n := c.at(key{aNeighbour, instance, words[1]}, offset, length)
			if e.kind == aGroup {
				n.group = e.name
			}
			e = n
			words = words[2:]
			continue
		case "peer-as":
			e.peerAS(words[1])
		case "local-as":
			e.local = number(words[1])
			if words[1] == "as-number" && len(words) > 2 {
				e.local = number(words[2])
			}
		case "description":
			e.description = text
		case "type":
			e.internal = words[1] == "internal"
		case "admin-state":
			e.off = words[1] == "disable"
		}
		return
	}
	if len(words) == 1 && (words[0] == "shutdown" || words[0] == "disable") && e.kind != anInstance {
		e.off = true
	}
}
