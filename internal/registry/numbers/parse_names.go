package numbers

import (
	"errors"
	"fmt"
	"strings"
)

// namesParser reads [NamesCSV]. The zero parser expects "asn,name" until a
// header line says otherwise.
type namesParser struct {
	fields             int // in the header line, 0 without one
	asn, name, country int // columns, country -1 if there is none
}

func (p *namesParser) parse(text string, line int) (record, error) {
	f, err := splitCSV(text)
	if err != nil {
		return record{}, err
	}
	if line == 1 && isHeader(f) {
		return record{kind: header}, p.readHeader(f)
	}
	if p.fields == 0 {
		if len(f) != 2 {
			return record{}, fmt.Errorf("%d fields, want asn,name: a file of other columns needs a header line", len(f))
		}
		return nameRecord(f[0], f[1], "")
	}
	if len(f) != p.fields {
		return record{}, fmt.Errorf("%d fields, the header line has %d", len(f), p.fields)
	}
	cc := ""
	if p.country >= 0 {
		cc = f[p.country]
	}
	return nameRecord(f[p.asn], f[p.name], cc)
}

func (p *namesParser) end() error { return nil }

// readHeader finds the columns. Of several columns that could be the name it
// takes the most telling one.
func (p *namesParser) readHeader(f []string) error {
	column := func(names ...string) int {
		for _, want := range names {
			for i, have := range f {
				if strings.EqualFold(strings.TrimSpace(have), want) {
					return i
				}
			}
		}
		return -1
	}
	asn, name := column("asn"), column("name", "description", "handle")
	if asn < 0 || name < 0 {
		return errors.New("the header line names no column asn, or none of name, description and handle")
	}
	*p = namesParser{fields: len(f), asn: asn, name: name, country: column("country", "cc", "country-code", "country_code")}
	return nil
}

// parseRIPEName reads a line "ASN NAME, CC" of the form [NamesRIPE]. A name
// may hold commas itself; the country follows the last.
func parseRIPEName(text string, _ int) (record, error) {
	asn, rest, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return record{}, errors.New(`no space after the AS number, want "ASN NAME, CC"`)
	}
	i := strings.LastIndex(rest, ",")
	if i < 0 {
		return record{}, errors.New(`no country after the name, want "ASN NAME, CC"`)
	}
	return nameRecord(asn, rest[:i], strings.TrimSpace(rest[i+1:]))
}

// nameRecord makes the record of one AS number. AS number 0 is nobody's
// (RFC 7607).
func nameRecord(asn, name, cc string) (record, error) {
	n, err := parseASN(asn)
	if err != nil {
		return record{}, err
	}
	rec := record{kind: asnBlock, first: wide{0, uint64(n)}, last: wide{0, uint64(n)}}
	if rec.name, err = cleanName(name); err != nil {
		return record{}, err
	}
	if rec.country, err = parseCC(cc); err != nil {
		return record{}, err
	}
	if n == 0 || rec.name == "" && rec.country == 0 {
		return record{kind: useless}, nil
	}
	return rec, nil
}
