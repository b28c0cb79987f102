package stream

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxRow is how many bytes a row of CSV may take.
const MaxRow = 256 << 10

// ErrCut says that the text ends within a row.
var ErrCut = errors.New("the file ends within a row: it is cut off, fetch it again")

// RowError says what is wrong with one row. The rows after it can be read.
type RowError struct {
	Line int // of the row's beginning, from 1
	Err  error
}

// Error implements error.
func (e *RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong.
func (e *RowError) Unwrap() error { return e.Err }

// Rows reads CSV (RFC 4180). It is not safe for concurrent use.
type Rows struct {
	text    *Reader
	csv     *csv.Reader
	columns int
	line    int
	ahead   []string
	err     error
	started bool
	lineOf  int
	marked  bool
}

// NewRows reads rows of that many columns; with 0 the first row, the header,
// sets their number.
func NewRows(r *Reader, columns int) *Rows {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	c.ReuseRecord = false
	return &Rows{text: r, csv: c, columns: columns}
}

// Line returns the line on which the row returned last begins.
func (r *Rows) Line() int { return r.line }

// Marked reports, after the last row, whether a line with the control character
// 0x1A ended the file, as old files of some publishers do.
func (r *Rows) Marked() bool { return r.marked }

// Ended reports, after the last row, whether it had its line end. Without one
// the file may be cut off.
func (r *Rows) Ended() bool { return r.marked || r.text.last == '\n' }

// Next returns the next row, [io.EOF] after the last. A [*RowError] is of one
// row; any other error, such as [ErrCut] and [ErrLong], ends the reading.
func (r *Rows) Next() ([]string, error) {
	if !r.started {
		r.started = true
		r.advance()
	}
	fields, err := r.ahead, r.err
	if err == io.EOF {
		return nil, io.EOF
	}
	r.line = r.lineOf
	var odd *csv.ParseError
	if err != nil && !errors.As(err, &odd) {
		return nil, err
	}
	if odd != nil {
		r.line = odd.StartLine
	}
	r.advance()
	if odd != nil {
		// A quote that is never closed takes the rest of the file with it.
		if r.err == io.EOF {
			return nil, ErrCut
		}
		return nil, &RowError{odd.StartLine, odd.Err}
	}
	if r.columns == 0 {
		r.columns = len(fields)
	}
	if len(fields) != r.columns {
		if r.err == io.EOF && !r.Ended() {
			return nil, ErrCut
		}
		return nil, &RowError{r.line, fmt.Errorf("%d columns instead of %d: the row was left out", len(fields), r.columns)}
	}
	return fields, nil
}

// advance reads one row ahead.
func (r *Rows) advance() {
	for {
		r.text.Allow(MaxRow)
		r.ahead, r.err = r.csv.Read()
		if r.err != nil {
			return
		}
		r.lineOf, _ = r.csv.FieldPos(0)
		if len(r.ahead) == 1 && strings.Trim(r.ahead[0], " \x1a") == "" {
			r.marked = r.marked || strings.Contains(r.ahead[0], "\x1a")
			continue
		}
		return
	}
}

// Column returns the place of each wanted name in a header, in their order, -1
// for one that it lacks. Case and spaces around do not matter.
func Column(header []string, names ...string) []int {
	places := make([]int, len(names))
	for i, name := range names {
		places[i] = -1
		for at, h := range header {
			if strings.EqualFold(strings.TrimSpace(h), name) {
				places[i] = at
				break
			}
		}
	}
	return places
}
