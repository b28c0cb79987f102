package routerconf

import "strings"

// textLine is a line of a configuration with its place.
type textLine struct {
	words          []string
	rest           string // the line without indentation
	indent         int
	offset, length int
}

// eachLine calls do for every line with words on it that is no comment.
func eachLine(text string, do func(textLine)) {
	for offset := 0; offset < len(text); {
		line, _, _ := strings.Cut(text[offset:], "\n")
		body := strings.TrimRight(line, " \t\r")
		rest := strings.TrimLeft(body, " \t")
		// Fields knows more blanks than a configuration has.
		if words := strings.Fields(rest); len(words) > 0 && rest[0] != '!' && rest[0] != '#' {
			do(textLine{
				words: words, rest: rest, indent: len(body) - len(rest),
				offset: offset + len(body) - len(rest), length: len(rest),
			})
		}
		offset += len(line) + 1
	}
}

// iosReader reads IOS and its like. FRR, EOS and IOS say everything of a
// neighbour on lines that name it; IOS-XR opens a block for it.
type iosReader struct {
	c        *collector
	inside   bool   // of router bgp
	instance string // VRF
	vrfLine  int    // indentation of the line that began it, -1 outside
	block    *entity
	blockAt  int // indentation of the line that began the block
}

func readIOS(c *collector, text string) {
	r := &iosReader{c: c, vrfLine: -1}
	eachLine(text, r.line)
}

func (r *iosReader) line(l textLine) {
	if l.indent == 0 || len(l.words) > 2 && l.words[0] == "router" {
		r.top(l)
		return
	}
	if !r.inside {
		return
	}
	if r.block != nil && l.indent <= r.blockAt {
		r.block = nil
	}
	if r.vrfLine >= 0 && l.indent <= r.vrfLine {
		r.instance, r.vrfLine = "", -1
	}
	w := l.words
	switch {
	case w[0] == "vrf" && len(w) == 2:
		r.instance, r.vrfLine, r.block = w[1], l.indent, nil
	case (w[0] == "neighbor" || w[0] == "neighbor-group" || w[0] == "session-group") && len(w) == 2:
		kind := aGroup
		if w[0] == "neighbor" {
			kind = aNeighbour
		}
		instance := r.instance
		if kind == aGroup {
			instance = ""
		}
		r.block = r.c.at(key{kind, instance, w[1]}, l.offset, l.length)
		r.blockAt = l.indent
	case w[0] == "neighbor" && len(w) > 2:
		r.neighbour(l)
	case r.block != nil:
		property(r.block, w, after(l.rest, 1))
	case w[0] == "local-as" && len(w) > 1:
		r.c.at(key{anInstance, r.instance, ""}, l.offset, l.length).local = number(w[1])
	case w[0] == "address-family" && len(w) > 3 && w[len(w)-2] == "vrf":
		r.instance, r.vrfLine = w[len(w)-1], l.indent
	}
}

// top takes in a line at the start of a block of its own.
func (r *iosReader) top(l textLine) {
	w := l.words
	if w[0] == "exit" || w[0] == "exit-address-family" || w[0] == "end" {
		return // the next line without indentation says what comes
	}
	r.inside, r.instance, r.vrfLine, r.block = false, "", -1, nil
	if len(w) < 3 || w[0] != "router" || w[1] != "bgp" {
		return
	}
	r.inside = true
	if len(w) > 4 && w[3] == "vrf" {
		r.instance = w[4]
	}
	r.c.at(key{anInstance, r.instance, ""}, l.offset, l.length).local = number(w[2])
}

// neighbour takes in a line about a neighbour or a group. That something is a
// group shows only where it is declared as one, or never if another line of the
// file comes first; so both are kept as neighbours until then.
func (r *iosReader) neighbour(l textLine) {
	w := l.words
	name := w[1]
	declared := len(w) == 3 && w[2] == "peer-group" || len(w) == 4 && w[2] == "peer" && w[3] == "group"
	groupKey, own := key{aGroup, r.instance, name}, key{aNeighbour, r.instance, name}
	if e, known := r.c.entities[own]; declared && known {
		delete(r.c.entities, own)
		e.kind = aGroup
		r.c.entities[groupKey] = e
	}
	at := own
	if _, isGroup := r.c.entities[groupKey]; isGroup || declared {
		at = groupKey
	}
	e := r.c.at(at, l.offset, l.length)
	if !declared {
		property(e, w[2:], after(l.rest, 3))
	}
}

// property takes in what a line says of a neighbour or a group.
func property(e *entity, w []string, rest string) {
	if w[0] == "interface" && len(w) > 1 { // FRR's neighbours without address
		w = w[1:]
		if w[0] == "v6only" && len(w) > 1 {
			w = w[1:]
		}
	}
	switch {
	case w[0] == "remote-as" && len(w) > 1:
		e.peerAS(w[1])
	case w[0] == "local-as" && len(w) > 1:
		e.local = number(w[1])
	case w[0] == "description":
		e.description = unquote(rest)
	case w[0] == "shutdown":
		e.off = true
	case w[0] == "peer-group" && len(w) > 1:
		e.group = w[1]
	case w[0] == "peer" && len(w) > 2 && w[1] == "group":
		e.group = w[2]
	case w[0] == "use" && len(w) > 2:
		e.group = w[2]
	}
}

// after returns what follows the first n words of a line.
func after(line string, n int) string {
	for range n {
		line = strings.TrimLeft(line, " \t")
		at := strings.IndexAny(line, " \t")
		if at < 0 {
			return ""
		}
		line = line[at:]
	}
	return strings.TrimSpace(line)
}

// unquote strips the quotes around a text.
func unquote(text string) string {
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return text[1 : len(text)-1]
	}
	return text
}
