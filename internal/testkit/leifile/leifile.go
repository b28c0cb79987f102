// Package leifile writes golden copies of the LEI system as GLEIF publishes
// them, with made-up companies: the CSV and the JSON form of level 1 (LEI-CDF
// 3.1), of level 2 (RR-CDF 2.1) and of the reporting exceptions. Equal
// configurations give equal bytes. It writes a row at a time, so that a copy of
// the true size costs no memory.
//
// The names of columns and keys and the shares of categories, states and kinds
// follow the publication of 2026-09-11. The repeated groups of columns are
// filled up to about the true width, most of it empty, as there.
package leifile

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Config says what to write.
type Config struct {
	Seed      uint64
	Companies int
	Relations int // at most two for each company
}

// Form is how a copy is written.
type Form uint8

// The forms.
const (
	CSV Form = iota
	JSON
)

// LEI returns the identifier of the company with the given number, with valid
// check digits (ISO 7064 MOD 97-10, as ISO 17442 asks).
func LEI(n int) string {
	base := fmt.Sprintf("9999%s%09d", "00EXA", n)
	remainder := 0
	for _, c := range base + "00" {
		if c >= 'A' {
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		} else {
			remainder = (remainder*10 + int(c-'0')) % 97
		}
	}
	return fmt.Sprintf("%s%02d", base, 98-remainder)
}

// Person returns what the sole proprietor with the given number is called.
func Person(n int) string { return "Nemo Nobody-" + strconv.Itoa(n) }

// IsPerson reports whether the record with the given number is that of a sole
// proprietor: one in 27, as in the true copy.
func IsPerson(n int) bool { return n%27 == 13 }

// People returns the names of all natural persons of a copy.
func (c Config) People() []string {
	var out []string
	for n := range c.Companies {
		if IsPerson(n) {
			out = append(out, Person(n))
		}
	}
	return out
}

// Company is a level 1 record that was made up.
type Company struct {
	LEI, Name, Language          string
	Other, ASCII                 string // names, mostly empty
	Jurisdiction, Headquarters   string
	Register, Number             string
	Category, Status             string
	Created, Expired, Expiry     string
	Successor                    string
	Registration, First, Updated string
}

// Company returns the record with the given number.
func (c Config) Company(n int) Company {
	rng := rand.New(rand.NewPCG(c.Seed, uint64(n)))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	day := func(from, to int) string {
		return fmt.Sprintf("%d-%02d-%02dT%02d:00:00.000Z", from+rng.IntN(to-from), 1+rng.IntN(12), 1+rng.IntN(28), rng.IntN(24))
	}
	r := Company{
		LEI: LEI(n), Language: "en",
		Name: fmt.Sprintf("%s %s %d %s", pick("Alder", "Birch", "Cedar, Oak", "Dogwood \"Fir\"", "Éclair", "Fjord"),
			pick("Holding", "Trading", "Capital", "Logistics"), n, pick("Ltd", "GmbH", "S.A.", "Inc.", "B.V.")),
		Jurisdiction: pick("US-DE", "US-NY", "GB", "DE", "FR", "NL", "CN", "IN", "JP", "CA-ON", "KY"),
		Headquarters: pick("US", "GB", "DE", "FR", "NL", "CN", "IN", "JP", "CA", "HK"),
		Register:     fmt.Sprintf("RA%06d", 1+rng.IntN(900)), Number: strconv.Itoa(10_000_000 + n),
		Category: "GENERAL", Status: "ACTIVE", Registration: "ISSUED",
		Created: day(1950, 2012), First: day(2012, 2024), Updated: day(2024, 2026),
	}
	switch {
	case IsPerson(n):
		r.Category, r.Name = "SOLE_PROPRIETOR", Person(n)
	case n%14 == 3:
		r.Category = "FUND"
	case n%500 == 7:
		r.Category = "RESIDENT_GOVERNMENT_ENTITY"
	case n%1800 == 9:
		r.Category = "BRANCH"
	}
	switch at := rng.IntN(100); {
	case at < 33:
		r.Registration = "LAPSED"
	case at < 39:
		r.Status, r.Registration = "INACTIVE", "RETIRED"
		r.Expired, r.Expiry, r.Successor = day(2015, 2024), pick("DISSOLVED", "CORPORATE_ACTION", "OTHER"), LEI(n/2)
	case at == 39 && n%5 == 0:
		r.Status, r.Registration = "NULL", pick("DUPLICATE", "ANNULLED")
	}
	if rng.IntN(10) == 0 {
		r.Register = "RA999999"
	}
	if rng.IntN(7) == 0 {
		r.Other = "Formerly " + r.Name
	}
	if rng.IntN(9) == 0 {
		r.Name, r.Language, r.ASCII = "株式会社"+strconv.Itoa(n), "ja", "KABUSHIKI KAISHA "+strconv.Itoa(n)
	}
	if IsPerson(n) {
		r.Name, r.Other, r.ASCII = Person(n), "", ""
	}
	return r
}

// Relation is a level 2 record that was made up.
type Relation struct {
	Start, End, Kind string
	Status           string
	From, To         string
	Amount           string
	Registration     string
	Updated          string
}

// Relation returns the record with the given number. Companies form trees: the
// direct parent of company n is n/8, and the record after it names the ultimate
// parent, which the chain of direct ones reaches.
func (c Config) Relation(i int) Relation {
	rng := rand.New(rand.NewPCG(c.Seed+1, uint64(i)))
	n := 8 + i/2
	r := Relation{
		Start: LEI(n), End: LEI(n / 8), Kind: "IS_DIRECTLY_CONSOLIDATED_BY", Status: "ACTIVE",
		From: "2015-01-01T00:00:00.000Z", Registration: "PUBLISHED", Updated: "2025-06-30T10:00:00.000Z",
	}
	switch {
	case i%2 == 1:
		top := n
		for top >= 8 {
			top /= 8
		}
		r.End, r.Kind = LEI(top), "IS_ULTIMATELY_CONSOLIDATED_BY"
	case n%20 == 11:
		r.Kind = "IS_FUND-MANAGED_BY"
	case n%20 == 12:
		r.Kind = "IS_SUBFUND_OF"
	case n%20 == 13:
		r.Kind = "IS_FEEDER_TO"
	case n%200 == 14:
		r.Kind = "IS_INTERNATIONAL_BRANCH_OF"
	}
	switch at := rng.IntN(100); {
	case at < 20:
		r.Registration = "LAPSED"
	case at == 20:
		r.Status, r.To = "INACTIVE", "2022-05-01T00:00:00.000Z"
	case at == 21:
		r.Status = "NULL"
	}
	if rng.IntN(9) == 0 {
		r.Amount = "100.00"
	}
	return r
}

// Reason is a reporting exception that was made up.
type Reason struct {
	LEI, Category, Reason, Reference string
}

// Exception returns the record with the given number.
func (c Config) Exception(i int) Reason {
	rng := rand.New(rand.NewPCG(c.Seed+2, uint64(i)))
	reasons := []string{"NATURAL_PERSONS", "NON_CONSOLIDATING", "NO_KNOWN_PERSON", "NO_LEI", "NON_PUBLIC", "CONSENT_NOT_OBTAINED"}
	r := Reason{LEI: LEI(i / 2), Category: "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT", Reason: reasons[rng.IntN(len(reasons))]}
	if i%2 == 1 {
		r.Category = "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT"
	}
	if i%50 == 4 {
		r.Reference = "held by " + Person(i)
	}
	return r
}

// writer writes the parts of a copy.
type writer struct {
	*bufio.Writer
}

// row writes a row of CSV, all fields in marks, as GLEIF does.
func (w writer) row(fields ...string) {
	for i, f := range fields {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('"')
		if strings.Contains(f, `"`) {
			f = strings.ReplaceAll(f, `"`, `""`)
		}
		w.WriteString(f)
		w.WriteByte('"')
	}
	w.WriteByte('\n')
}

func write(out io.Writer, fill func(w writer)) error {
	w := writer{bufio.NewWriterSize(out, 1<<16)}
	fill(w)
	return w.Flush()
}
