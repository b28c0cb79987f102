package routerconf

import (
	"fmt"
	"slices"
	"strings"
)

// braces reads a language of braces: statements of words, ended by a semicolon
// or, with lines set, by the end of the line; and blocks, which a statement
// opens.
type braces struct {
	text  string
	lines bool // the end of a line ends a statement
	path  []string
	depth []int // length of path before each open block
	begin int   // of the statement, in text
	words []string
	do    func(path, words []string, offset, length int)
}

// run calls do for every statement, and for every block with what opened it, at
// whose statements path ends with those words.
func (b *braces) run() error {
	for at := 0; at < len(b.text); {
		c := b.text[at]
		switch {
		case c == '\n' && b.lines:
			b.end(at)
			at++
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			at++
		case c == '#':
			at = skip(b.text, at, "\n")
		case strings.HasPrefix(b.text[at:], "/*"):
			at = skip(b.text, at+2, "*/") + 2
		case c == ';':
			b.end(at)
			at++
		case c == '{':
			if len(b.depth) == maxDepth {
				return fmt.Errorf("%w: more than %d blocks within each other at byte %d", ErrSyntax, maxDepth, at)
			}
			if len(b.words) > 0 {
				b.do(b.path, b.words, b.begin, at-b.begin)
			}
			b.depth = append(b.depth, len(b.path))
			b.path = append(b.path, b.words[:min(len(b.words), maxOpening)]...)
			b.words = nil
			at++
		case c == '}':
			b.end(at)
			if len(b.depth) == 0 {
				return fmt.Errorf("%w: a brace too many at byte %d", ErrSyntax, at)
			}
			last := len(b.depth) - 1
			b.path, b.depth = b.path[:b.depth[last]], b.depth[:last]
			at++
		default:
			end := b.word(at)
			if end < 0 {
				return fmt.Errorf("%w: a quote at byte %d that nothing closes", ErrSyntax, at)
			}
			at = end
		}
	}
	b.end(len(b.text))
	if len(b.depth) > 0 {
		return fmt.Errorf("%w: %d blocks are not closed", ErrSyntax, len(b.depth))
	}
	return nil
}

// word takes the word or quoted text at a place, and returns where it ends, -1
// if its quote is not closed.
func (b *braces) word(at int) int {
	if len(b.words) == 0 {
		b.begin = at
	}
	if b.text[at] == '"' {
		size := strings.IndexByte(b.text[at+1:], '"')
		if size < 0 {
			return -1
		}
		b.words = append(b.words, b.text[at+1:at+1+size])
		return at + size + 2
	}
	end := at
	for end < len(b.text) && !strings.ContainsRune(" \t\r\n;{}\"#", rune(b.text[end])) {
		end++
	}
	b.words = append(b.words, b.text[at:end])
	return end
}

// end ends the statement.
func (b *braces) end(at int) {
	if len(b.words) > 0 {
		b.do(b.path, b.words, b.begin, at-b.begin)
		b.words = nil
	}
}

// skip returns the place of the mark, the end of the text if there is none.
func skip(text string, at int, mark string) int {
	if n := strings.Index(text[min(at, len(text)):], mark); n >= 0 {
		return at + n
	}
	return len(text)
}

// readJunos reads Junos, in braces or as the set lines that make them.
func readJunos(c *collector, text string) error {
	take := func(path, words []string, offset, length int) {
		all := make([]string, 0, len(path)+len(words))
		inactive := -1 // number of the first word that is not in force
		for _, w := range append(append(all, path...), words...) {
			if w != "inactive:" {
				all = append(all, w)
			} else if inactive < 0 {
				inactive = len(all)
			}
		}
		junosStatement(c, all, inactive, offset, length)
	}
	lines := false
	for line := range strings.Lines(text) {
		if w := strings.Fields(line); len(w) > 0 && !strings.HasPrefix(w[0], "#") {
			lines = w[0] == "set" || w[0] == "deactivate"
			break
		}
	}
	if !lines {
		return (&braces{text: text, do: take}).run()
	}
	return (&braces{text: text, lines: true, do: func(_, words []string, offset, length int) {
		switch words[0] {
		case "set":
			take(nil, words[1:], offset, length)
		case "deactivate":
			junosStatement(c, words[1:], len(words)-2, offset, length)
		}
	}}).run()
}

// junosStatement takes in a statement, of which inactive is the number of the
// first word that is not in force, -1 if all are. A neighbour that is not in
// force, or stands in something that is not, is switched off; anything else that
// is not in force is as if it were not there.
func junosStatement(c *collector, words []string, inactive, offset, length int) {
	if len(words) == 0 || words[0] == "groups" { // what apply-groups inserts is not known here
		return
	}
	if inactive >= 0 {
		i := slices.Index(words, "neighbor")
		if i < 0 || i+1 >= len(words) || inactive > i+1 {
			return
		}
		statement(c, append(words[:i+2:i+2], "disable"), "", offset, length)
	}
	statement(c, words, words[len(words)-1], offset, length)
}

// readModelDriven reads the model-driven form of SR OS: braces, a statement on
// each line, or whole ways on one line.
func readModelDriven(c *collector, text string) error {
	return (&braces{text: text, lines: true, do: func(path, words []string, offset, length int) {
		all := append(append([]string(nil), path...), words...)
		all[0] = strings.TrimPrefix(all[0], "/")
		statement(c, all, words[len(words)-1], offset, length)
	}}).run()
}
