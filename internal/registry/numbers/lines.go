package numbers

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// lineReader hands out the lines of a file, of bounded length, and takes the
// digest of all its bytes.
type lineReader struct {
	r    *bufio.Reader
	hash hash.Hash
	line int // number of the line returned last, from 1
}

func newLineReader(r io.Reader) *lineReader {
	h := sha256.New()
	return &lineReader{r: bufio.NewReaderSize(io.TeeReader(r, h), maxLineBytes), hash: h}
}

// errLongLine says that a line was skipped because it is too long; the reader
// stands at the next line.
var errLongLine = fmt.Errorf("line is longer than %d bytes", maxLineBytes)

// next returns the next line without its end, io.EOF after the last.
func (l *lineReader) next() (string, error) {
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		return "", err
	}
	l.line++
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.r.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return "", err
		}
		return "", errLongLine
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	if l.line == 1 {
		b = bytes.TrimPrefix(b, []byte("\ufeff"))
	}
	return string(bytes.TrimRight(b, "\r\n")), nil
}

// digest returns the SHA-256 of the bytes read so far, in lower-case hex.
func (l *lineReader) digest() string { return hex.EncodeToString(l.hash.Sum(nil)) }

// readFile feeds every line of an input to its parser, counts them in the
// input's document and passes each problem to report. It returns an error
// only if reading or the whole build cannot go on.
func readFile(ctx context.Context, in *Input, facts *facts, report func(Problem)) error {
	p, err := newParser(in.Form)
	if err != nil {
		return fmt.Errorf("input %q: %w", in.File, err)
	}
	file, err := in.Open()
	if err != nil {
		return fmt.Errorf("open %q: %w", in.File, err)
	}
	defer file.Close()
	lines := newLineReader(file)
	problem := func(line int, reason error) {
		in.Malformed++
		report(Problem{File: in.File, Line: line, Reason: reason.Error()})
	}
	for {
		if lines.line%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		text, err := lines.next()
		switch {
		case err == io.EOF:
			if err := p.end(); err != nil {
				problem(lines.line, err)
			}
			in.Source.SHA256 = lines.digest()
			return nil
		case errors.Is(err, errLongLine):
			problem(lines.line, err)
			continue
		case err != nil:
			return fmt.Errorf("read %q, line %d: %w", in.File, lines.line+1, err)
		}
		if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed[0] == '#' {
			continue
		}
		rec, err := p.parse(text, lines.line)
		if err != nil {
			problem(lines.line, err)
			continue
		}
		if err := facts.add(rec, &in.Document); err != nil {
			return fmt.Errorf("%s:%d: %w", in.File, lines.line, err)
		}
	}
}
