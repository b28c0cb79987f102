package delimited

import "bytes"

// encodingOf judges by the byte order mark, else by the zero bytes that every
// other byte of UTF-16 is where the text is in Latin letters or has delimiters.
func encodingOf(head []byte) (e Encoding, bom bool) {
	switch {
	case bytes.HasPrefix(head, []byte(utf8BOM)):
		return UTF8BOM, true
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return UTF16LE, true
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return UTF16BE, true
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	const enough = 10 // a tenth of the characters
	switch {
	case zeros[1] > len(head)/2/enough && zeros[0] == 0:
		return UTF16LE, false
	case zeros[0] > len(head)/2/enough && zeros[1] == 0:
		return UTF16BE, false
	}
	return UTF8, false
}

// delimiterOf returns the delimiter that the first line has most of outside
// quotes.
func delimiterOf(text []byte) byte {
	var counts [256]int
	quoted := false
	for _, b := range text {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted && (b == '\n' || b == '\r') {
			break
		}
		if !quoted {
			counts[b]++
		}
	}
	best := byte(',')
	for _, d := range []byte{';', '\t', '|'} {
		if counts[d] > counts[best] {
			best = d
		}
	}
	return best
}

// newlineOf returns what ends the first line. A carriage return alone does where
// there is no newline at all, as spreadsheets for the Macintosh write it: the
// whole file would be one row else.
func newlineOf(text []byte) string {
	switch at := bytes.IndexByte(text, '\n'); {
	case at > 0 && text[at-1] == '\r':
		return "\r\n"
	case at < 0 && bytes.IndexByte(text, '\r') >= 0:
		return "\r"
	}
	return "\n"
}
