package asorg

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/format/stream"
)

// kind is what a record describes.
type kind uint8

const (
	none kind = iota
	organisation
	autonomous
)

// format reads a line "# format: a|b|c", which names the fields of the lines
// after it.
func format(line string) ([]string, bool) {
	rest, ok := strings.CutPrefix(line, "#")
	if ok {
		rest, ok = strings.CutPrefix(strings.TrimSpace(rest), "format:")
	}
	if !ok {
		return nil, false
	}
	fields := strings.Split(strings.TrimSpace(rest), "|")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields, true
}

// kindOf tells by the first field what records of those fields describe.
func kindOf(fields []string) kind {
	switch fields[0] {
	case "org_id":
		return organisation
	case "aut":
		return autonomous
	}
	return none
}

// layout says where a record of the text writing has what. A place is -1 where
// the format line names no such field.
type layout struct {
	kind                            kind
	fields                          int
	asn, org, name, country, source int
}

func newLayout(fields []string) (layout, error) {
	at := func(names ...string) int {
		return slices.IndexFunc(fields, func(f string) bool { return slices.Contains(names, f) })
	}
	l := layout{
		kind: kindOf(fields), fields: len(fields), asn: at("aut"), org: at("org_id"),
		name: at("name", "aut_name", "org_name"), country: at("country"), source: at("source"),
	}
	if l.kind == none || l.org < 0 || l.kind == organisation && l.name < 0 {
		return l, fmt.Errorf("the format line names the fields %.200q, want org_id and name, or aut and org_id: the file is of another form", strings.Join(fields, "|"))
	}
	return l, nil
}

// entry reads a line of the text writing.
func (l layout) entry(line string) (entry, error) {
	fields := strings.Split(line, "|")
	if len(fields) != l.fields {
		return entry{}, fmt.Errorf("has %d fields instead of %d: the record was left out", len(fields), l.fields)
	}
	get := func(at int) string {
		if at < 0 {
			return ""
		}
		return strings.TrimSpace(fields[at])
	}
	return entry{kind: l.kind, asn: get(l.asn), org: get(l.org), name: get(l.name), country: get(l.country), origin: get(l.source)}, nil
}

// jsonEntry is a line of the JSON writing.
type jsonEntry struct {
	Type    string      `json:"type"`
	ASN     json.Number `json:"asn"`
	Org     string      `json:"organizationId"`
	Name    string      `json:"name"`
	Country string      `json:"country"`
	Source  string      `json:"source"`
}

func (j jsonEntry) entry() (entry, error) {
	e := entry{asn: j.ASN.String(), org: j.Org, name: j.Name, country: j.Country, origin: j.Source}
	switch j.Type {
	case "Organization":
		e.kind = organisation
	case "ASN":
		e.kind = autonomous
	default:
		return e, errors.New("is neither of the type Organization nor ASN: the record was left out")
	}
	return e, nil
}

// read takes all lines of the file.
func (l *loading) read(ctx context.Context) error {
	for {
		line, err := l.lines.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", l.lines.line+1, err)
		}
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			if fields, ok := format(line); ok {
				if l.layout, err = newLayout(fields); err != nil {
					return fmt.Errorf("line %d: %w", l.lines.line, err)
				}
			}
			continue
		}
		e, err := l.parse(line)
		switch {
		case errors.Is(err, stream.ErrCut), errors.Is(err, errNoFormat):
			return fmt.Errorf("line %d: %w", l.lines.line, err)
		case err != nil:
			l.Problem("", err.Error())
			continue
		}
		if err := l.Record(ctx); err != nil {
			return err
		}
		if err := l.add(e); err != nil {
			return err
		}
	}
}

var errNoFormat = errors.New("no line \"# format:\" comes before the first record: the file is of another form")

// parse reads one record. A last line without its end that cannot be read was
// cut off.
func (l *loading) parse(line string) (entry, error) {
	var e entry
	var err error
	switch {
	case strings.HasPrefix(line, "{"):
		var j jsonEntry
		if err = json.Unmarshal([]byte(line), &j); err == nil {
			return j.entry()
		}
		err = errors.New("is no JSON object of this form: the record was left out")
	case l.layout.kind == none:
		return e, errNoFormat
	default:
		e, err = l.layout.entry(line)
	}
	if err != nil && !l.lines.ended {
		return e, stream.ErrCut
	}
	return e, err
}

// lines hands out the lines of a text.
type lines struct {
	text  *stream.Reader
	r     *bufio.Reader
	line  int
	ended bool // the last line had a line end
}

func newLines(r *stream.Reader) *lines { return &lines{text: r, r: bufio.NewReaderSize(r, maxRecord)} }

// next returns the next line without its end.
func (l *lines) next() (string, error) {
	l.text.Allow(2 * maxRecord)
	b, err := l.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", stream.ErrLong
	case err != nil && (err != io.EOF || len(b) == 0):
		return "", err
	}
	l.line++
	l.ended = err == nil
	return strings.TrimRight(string(b), "\r\n"), nil
}
