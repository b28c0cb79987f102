package enforce

import (
	"bytes"
	"fmt"
	"strings"
)

// Lines collects the lines of a file. Its zero value is empty.
type Lines struct{ buf bytes.Buffer }

// Add appends a line.
func (l *Lines) Add(format string, args ...any) { fmt.Fprintf(&l.buf, format+"\n", args...) }

// Comments appends lines that begin with the sign of a comment.
func (l *Lines) Comments(sign string, texts ...string) {
	for _, text := range texts {
		l.Add("%s", strings.TrimRight(sign+" "+text, " "))
	}
}

// Bytes returns the file.
func (l *Lines) Bytes() []byte { return l.buf.Bytes() }

// EachLine calls take for each line of the files, without its end, and adds to
// an error the file and the line.
func EachLine(files []File, take func(line string) error) error {
	for _, f := range files {
		n := 0
		for line := range strings.Lines(string(f.Data)) {
			n++
			if err := take(strings.TrimRight(line, "\r\n")); err != nil {
				return fmt.Errorf("%s line %d: %w", f.Name, n, err)
			}
		}
	}
	return nil
}
