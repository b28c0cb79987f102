package finding

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Message is a line of the stream: exactly one field is set.
type Message struct {
	Run      *Run      `json:"run,omitempty"`
	Finding  *Finding  `json:"finding,omitempty"`
	Problem  *Problem  `json:"problem,omitempty"`
	Coverage *Coverage `json:"coverage,omitempty"`
}

// MaxLine is the longest line of a stream that Read accepts, in bytes.
const MaxLine = 64 << 20

// Read replays a saved stream into a handler, which it does not close. Keys
// that it does not know are passed over, so that a report of a newer version
// can still be shown; a line that is no message, a message out of order, a
// stream without run, or one without coverage (cut off) is an error that names
// the line.
func Read(r io.Reader, h Handler) error { return read(r, h, MaxLine) }

func read(r io.Reader, h Handler, maxLine int) error {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, min(64<<10, maxLine)), maxLine)
	line, sawRun, sawProblem, sawCoverage := 0, false, false, false
	for scan.Scan() {
		line++
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		var m Message
		if err := json.Unmarshal(scan.Bytes(), &m); err != nil {
			return fmt.Errorf("line %d: not a message of a saved run: %w", line, err)
		}
		switch {
		case sawRun != (m.Run == nil):
			return fmt.Errorf("line %d: a saved run has exactly one run message, at its beginning: "+
				"make one with: cleannet check INPUT --format json -o run.json", line)
		case sawCoverage:
			return fmt.Errorf("line %d: a message follows the coverage, which is the last", line)
		case m.parts() > 1:
			return fmt.Errorf("line %d: it holds %d messages, want one a line", line, m.parts())
		case sawProblem && m.Finding != nil:
			return fmt.Errorf("line %d: a finding follows a problem: findings come first", line)
		}
		sawRun, sawCoverage = true, m.Coverage != nil
		sawProblem = sawProblem || m.Problem != nil
		if err := m.dispatch(h); err != nil {
			return err
		}
	}
	if err := scan.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d: longer than %d bytes, which no message of a saved run is: "+
			"make one with: cleannet check INPUT --format json -o run.json", line+1, maxLine)
	} else if err != nil {
		return fmt.Errorf("line %d: %w", line+1, err)
	}
	if !sawCoverage {
		return errors.New("the saved run has no coverage message at its end: it was cut off; copy or make it again")
	}
	return nil
}

// parts counts the messages of a line. A newer version's are not among them.
func (m *Message) parts() int {
	n := 0
	for _, there := range []bool{m.Run != nil, m.Finding != nil, m.Problem != nil, m.Coverage != nil} {
		if there {
			n++
		}
	}
	return n
}

func (m *Message) dispatch(h Handler) error {
	switch {
	case m.Run != nil:
		return h.Run(m.Run)
	case m.Finding != nil:
		return h.Finding(m.Finding)
	case m.Problem != nil:
		return h.Problem(m.Problem)
	case m.Coverage != nil:
		return h.Coverage(m.Coverage)
	}
	return nil // a message of a newer version
}
