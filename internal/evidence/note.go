package evidence

import (
	"slices"
	"strconv"
	"strings"
)

// Note is the note of a [Ref] in parts: a thing, what is said about it, and
// numbers, as in "192.0.2.0/24 from 198.51.100.1 AS64496: path 64496 64497".
// Many notes share parts, and a part of a table is made and written once.
type Note struct {
	Head string   // the first word, empty if there is only one
	Body string   // what stands between
	Tail []uint32 // the numbers that end it, in decimal
}

// ParseNote takes a note apart. Its String is the text again.
func ParseNote(text string) Note {
	var n Note
	text, n.Tail = cutNumbers(text)
	if i := strings.IndexByte(text, ' '); i > 0 {
		n.Head, text = text[:i], text[i+1:]
	}
	n.Body = text
	return n
}

// cutNumbers cuts the numbers off the end of a text, each with the space before
// it.
func cutNumbers(text string) (string, []uint32) {
	var numbers []uint32 // from the last to the first
	for {
		i := strings.LastIndexByte(text, ' ')
		if i < 0 {
			break
		}
		number, err := strconv.ParseUint(text[i+1:], 10, 32)
		if err != nil || text[i+1] == '+' || text[i+1] == '0' && len(text) > i+2 {
			break // what is not written as we write it is text
		}
		numbers = append(numbers, uint32(number))
		text = text[:i]
	}
	slices.Reverse(numbers)
	return text, numbers
}

// String returns the text.
func (n Note) String() string { return string(n.appendText(nil)) }

func (n Note) appendText(b []byte) []byte {
	if n.Head != "" {
		b = append(append(b, n.Head...), ' ')
	}
	b = append(b, n.Body...)
	for _, number := range n.Tail {
		b = strconv.AppendUint(append(b, ' '), uint64(number), 10)
	}
	return b
}

// tail is a first number and the tail behind it.
type tail struct{ number, rest uint32 }
