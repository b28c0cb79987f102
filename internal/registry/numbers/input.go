package numbers

import (
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/entity"
)

// Form is the form of an input file. All forms are text, one record a line;
// blank lines and lines that start with "#" are skipped.
type Form string

const (
	// Origins is a CSV file "start,end,asn,name" that says which AS number
	// originates an address range, ends inclusive, addresses of either family
	// as text. The name may be empty or left out. AS number 0 means "nobody"
	// (RFC 7607). It is the form of ip-location-db's asn-ipv4.csv.
	Origins Form = "origins-csv"
	// Countries is a CSV file "start,end,cc" that says to which country an
	// address range is registered. It is the form of ip-location-db's
	// asn-country-ipv4.csv.
	Countries Form = "countries-csv"
	// Delegated is a file of the Regional Internet Registries' statistics
	// exchange format, plain or extended: records of
	// "registry|cc|type|start|value|date|status[|opaque-id…]". Its asn records
	// give registered countries, its ipv4 and ipv6 records the countries of
	// address space. Source: RIR Statistics Exchange Format, and the NRO
	// Extended Allocation and Assignment Reports.
	Delegated Form = "delegated-extended"
	// NamesCSV is a CSV file "asn,name", or one with a header line that names
	// its columns: asn; name, description or handle; and, if it gives the
	// registered country, country or cc.
	NamesCSV Form = "names-csv"
	// NamesRIPE is the form of the RIPE NCC's asn.txt: "ASN NAME, CC", where
	// CC is the registered country.
	NamesRIPE Form = "names-ripe"
)

// hasSpace reports whether files of the form give the countries of address space.
func (f Form) hasSpace() bool { return f == Countries || f == Delegated }

// Forms returns every form that [Build] reads.
func Forms() []Form {
	return []Form{Origins, Countries, Delegated, NamesCSV, NamesRIPE}
}

// Input is one file to build from.
type Input struct {
	Document

	// Open gives the file's bytes, already decompressed. Build calls it once,
	// reads to the end and closes.
	Open func() (io.ReadCloser, error)
}

// Inputs is everything that [Build] needs. The order of Files is the order of
// trust: where two files name an AS number or give its registered country
// differently, or give the same address range differently, the earlier wins.
type Inputs struct {
	Title   string   // of the table, for its users
	Caveats []string // what its users must know before they rest on it
	Files   []Input
}

// Problem is a line that could not be used.
type Problem struct {
	File   string
	Line   int // counted from 1
	Reason string
}

// String returns "file:line: reason".
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason) }

// Report says what [Build] made of its inputs.
type Report struct {
	Manifest Manifest
	// Problems are the lines that could not be used, the first
	// [MaxProblems] of them; the Malformed counts of Manifest.Documents count
	// them all.
	Problems []Problem
}

// Malformed returns the number of lines that could not be used, over all
// inputs.
func (r *Report) Malformed() int {
	n := 0
	for _, d := range r.Manifest.Documents {
		n += d.Malformed
	}
	return n
}

// Limits of one build. They are far above the whole Internet of 2026 (a
// million prefixes, 130 000 delegated AS numbers) and keep a hostile input
// from taking all memory.
const (
	// MaxProblems is how many malformed lines a Report keeps.
	MaxProblems = 100

	maxLineBytes = 64 << 10
	maxRanges    = 1 << 22 // of one family and one kind
	maxASNs      = 1 << 20
	maxBlockASNs = 1 << 16 // delegated by one record
	maxNameBytes = 512
	maxFiles     = 64
)

// validate reports what is missing or duplicated in the inputs.
func (in *Inputs) validate() error {
	if len(in.Files) == 0 {
		return fmt.Errorf("no input files: give at least one file of origins or names")
	}
	if len(in.Files) > maxFiles {
		return fmt.Errorf("%d input files, at most %d: join files of one form", len(in.Files), maxFiles)
	}
	seen := make(map[string]bool)
	for i := range in.Files {
		f := &in.Files[i]
		switch {
		case f.File == "":
			return fmt.Errorf("input %d has no file name", i+1)
		case f.Open == nil:
			return fmt.Errorf("input %q cannot be opened: set Open", f.File)
		case f.Source.ID == "" || f.Source.Title == "":
			return fmt.Errorf("input %q names no source: give it an id and a title", f.File)
		case seen[f.Source.ID]:
			return fmt.Errorf("input %q: source id %q is used twice: each file is a source of its own", f.File, f.Source.ID)
		}
		if _, err := newParser(f.Form); err != nil {
			return fmt.Errorf("input %q: %w", f.File, err)
		}
		seen[f.Source.ID] = true
	}
	return nil
}

// Manifest says what a table was made from and what is in it.
type Manifest struct {
	Title     string
	Caveats   []string
	Documents []Document
	Counts    Counts
}

// Attributions returns the attribution lines that the documents' licences ask
// for, each once, in the order of the documents. Print them wherever an answer
// of the table is shown.
func (m *Manifest) Attributions() []string {
	var lines []string
	seen := make(map[string]bool)
	for _, d := range m.Documents {
		if d.Attribution != "" && !seen[d.Attribution] {
			seen[d.Attribution] = true
			lines = append(lines, d.Attribution)
		}
	}
	return lines
}

// Document is one input file of a table.
type Document struct {
	// Source is the file's title, project page, licence and retrieval date.
	// Build fills in its SHA256, of the file's bytes as read.
	Source      entity.Source
	Version     string // of the release that the file is from, empty if unknown
	Attribution string // the line that the licence asks for, empty if none
	File        string // the file's name, for errors and for the manifest
	Form        Form

	// Build counts the file's lines.
	Records   int // used
	Skipped   int // understood and of no use: unallocated space, AS number 0
	Malformed int // not understood
	Conflicts int // names or countries that contradict an earlier record
}

// Counts says how much a table holds.
type Counts struct {
	ASNs       int // AS numbers with a name, a country or a range
	Named      int // of those, with a name
	Registered int // with a registered country
	Space      int // with a country derived from address space
	IPv4Ranges int // disjoint, neighbours of one origin joined
	IPv6Ranges int
	// SpaceIPv4Ranges and SpaceIPv6Ranges are the ranges whose country is known.
	SpaceIPv4Ranges int
	SpaceIPv6Ranges int
	Overlaps        int // ranges of the inputs that began inside another of their kind
}
