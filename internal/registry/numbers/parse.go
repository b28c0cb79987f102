package numbers

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// record is what one line of an input says. The zero record says nothing that
// a table has use for.
type record struct {
	kind recordKind

	family      family // of first and last
	first, last wide   // address range, or first and last AS number
	asn         uint32 // of an origin
	country     country
	name        string
}

type recordKind uint8

const (
	useless      recordKind = iota // understood, but holds no fact for a table
	header                         // not data: a version line, a summary, a CSV header
	originRange                    // family, first, last, asn; name if not empty
	countryRange                   // family, first, last, country
	asnBlock                       // first and last as AS numbers; country, name if set
)

// parser reads the lines of one file of one form. A parser is for one file:
// it may remember what a header line said.
type parser interface {
	// parse reads the line of that number, counted from 1. An error says what
	// is wrong with the line and does not name it.
	parse(text string, line int) (record, error)
	// end is called after the last line and reports what the whole file lacks.
	end() error
}

// newParser returns a parser of the form for one file.
func newParser(f Form) (parser, error) {
	switch f {
	case Origins:
		return lineParser(parseOrigin), nil
	case Countries:
		return lineParser(parseCountry), nil
	case Delegated:
		return &delegatedParser{}, nil
	case NamesCSV:
		return &namesParser{}, nil
	case NamesRIPE:
		return lineParser(parseRIPEName), nil
	}
	return nil, fmt.Errorf("unknown form %q: use one of %q", f, Forms())
}

// lineParser is a parser without memory.
type lineParser func(text string, line int) (record, error)

func (p lineParser) parse(text string, line int) (record, error) { return p(text, line) }
func (p lineParser) end() error                                  { return nil }

// parseOrigin reads a line of the form [Origins].
func parseOrigin(text string, line int) (record, error) {
	f, err := splitCSV(text)
	if err != nil {
		return record{}, err
	}
	if line == 1 && isHeader(f) {
		return record{kind: header}, nil
	}
	if len(f) != 3 && len(f) != 4 {
		return record{}, fmt.Errorf("%d fields, want start,end,asn,name", len(f))
	}
	rec, err := parseRange(f[0], f[1])
	if err != nil {
		return record{}, err
	}
	if rec.asn, err = parseASN(f[2]); err != nil {
		return record{}, err
	}
	if len(f) == 4 {
		if rec.name, err = cleanName(f[3]); err != nil {
			return record{}, err
		}
	}
	rec.kind = originRange
	if rec.asn == 0 {
		rec.kind = useless
	}
	return rec, nil
}

// parseCountry reads a line of the form [Countries].
func parseCountry(text string, line int) (record, error) {
	f, err := splitCSV(text)
	if err != nil {
		return record{}, err
	}
	if line == 1 && isHeader(f) {
		return record{kind: header}, nil
	}
	if len(f) != 3 {
		return record{}, fmt.Errorf("%d fields, want start,end,country", len(f))
	}
	rec, err := parseRange(f[0], f[1])
	if err != nil {
		return record{}, err
	}
	if rec.country, err = parseCC(f[2]); err != nil {
		return record{}, err
	}
	rec.kind = countryRange
	if rec.country == 0 {
		rec.kind = useless
	}
	return rec, nil
}

// parseRange reads the two ends of an address range.
func parseRange(start, end string) (record, error) {
	first, err := netip.ParseAddr(start)
	if err != nil {
		return record{}, fmt.Errorf("start %q is not an address", clip(start))
	}
	last, err := netip.ParseAddr(end)
	if err != nil {
		return record{}, fmt.Errorf("end %q is not an address", clip(end))
	}
	if first.Zone() != "" || last.Zone() != "" {
		return record{}, errors.New("address has a zone")
	}
	var rec record
	var lastFamily family
	rec.first, rec.family = wideOf(first)
	rec.last, lastFamily = wideOf(last)
	if rec.family != lastFamily {
		return record{}, fmt.Errorf("%v and %v are not of one family", first, last)
	}
	if rec.last.less(rec.first) {
		return record{}, fmt.Errorf("end %v is before start %v", last, first)
	}
	return rec, nil
}

// parseASN reads an AS number in the asplain form of RFC 5396, with or
// without the prefix "AS".
func parseASN(s string) (uint32, error) {
	digits := s
	if len(s) > 2 && strings.EqualFold(s[:2], "AS") {
		digits = s[2:]
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not an AS number", clip(s))
	}
	return uint32(n), nil
}

// isHeader reports whether the fields are column names: no field of data is
// free of both digits and colons but a name or a country, and no line of data
// consists of those alone.
func isHeader(fields []string) bool {
	for _, f := range fields {
		if f == "" || strings.ContainsAny(f, "0123456789:") {
			return false
		}
	}
	return true
}

// splitCSV splits one line of CSV (RFC 4180) whose fields hold no line break.
// It is stricter than encoding/csv in that a quote left open ends at the line
// and cannot swallow the rest of the file.
func splitCSV(text string) ([]string, error) {
	fields := make([]string, 0, 4)
	for {
		if !strings.HasPrefix(text, `"`) {
			field, rest, more := strings.Cut(text, ",")
			if strings.Contains(field, `"`) {
				return nil, errors.New("quote inside a field that is not quoted")
			}
			fields = append(fields, field)
			if !more {
				return fields, nil
			}
			text = rest
			continue
		}
		field, rest, err := cutQuoted(text[1:])
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
		if rest == "" {
			return fields, nil
		}
		if rest[0] != ',' {
			return nil, errors.New("text after a quoted field")
		}
		text = rest[1:]
	}
}

// cutQuoted returns the quoted field that text begins with, its opening quote
// already removed, and what follows the closing quote.
func cutQuoted(text string) (field, rest string, err error) {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '"')
		if i < 0 {
			return "", "", errors.New("quote is not closed")
		}
		i += from
		if !strings.HasPrefix(text[i+1:], `"`) {
			return strings.ReplaceAll(text[:i], `""`, `"`), text[i+1:], nil
		}
		from = i + 2
	}
}

// cleanName returns a holder's name as the source writes it, but for what
// would do harm on a terminal or in a file: bytes that are not UTF-8 become
// U+FFFD, and characters without a glyph (controls, direction marks, soft
// hyphens) and runs of spaces become one space.
func cleanName(s string) (string, error) {
	if len(s) > maxNameBytes {
		return "", fmt.Errorf("name is longer than %d bytes", maxNameBytes)
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r) // a byte that is not UTF-8 arrives as U+FFFD
	}
	if b.Len() > maxNameBytes { // a byte that is not UTF-8 became three
		return "", fmt.Errorf("name is longer than %d bytes once repaired", maxNameBytes)
	}
	return b.String(), nil
}

// clip shortens a text of the input for an error message.
func clip(s string) string {
	const limit = 60
	if len(s) <= limit {
		return s
	}
	return s[:limit] + "…"
}
