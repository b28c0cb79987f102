package ofac

import (
	"bytes"
	"path"
	"strings"

	"github.com/cleannet/cleannet/internal/format/stream"
)

// role is what a file of the set holds.
type role uint8

const (
	foreign role = iota
	mainFile
	aliasFile
	addressFile
	commentFile
)

// columns returns how many columns a file has.
func (r role) columns() int { return []int{0, 12, 5, 6, 2}[r] }

// String names the file for the user.
func (r role) String() string {
	return []string{"another file", "the main file", "the file of aliases", "the file of addresses", "the file of comments"}[r]
}

// roleByName reads the names that OFAC gives its files.
func roleByName(name string) role {
	base := strings.ToLower(path.Base(name))
	switch strings.TrimSuffix(base, ".csv") {
	case "sdn", "cons_prim":
		return mainFile
	case "alt", "cons_alt", "sdn_alt":
		return aliasFile
	case "add", "cons_add", "sdn_add":
		return addressFile
	case "sdn_comments", "cons_comments":
		return commentFile
	}
	return foreign
}

// roleByContent looks at the first row.
func roleByContent(head []byte) role {
	fields, err := stream.NewRows(stream.NewReader(bytes.NewReader(head)), 0).Next()
	if err != nil || len(fields) < 3 || !number(fields[0]) {
		return foreign
	}
	switch kind := strings.ToLower(null(fields[2])); {
	case len(fields) == mainFile.columns() && (kind == "" || kind == "individual" || kind == "vessel" || kind == "aircraft"):
		return mainFile
	case len(fields) == aliasFile.columns() && number(fields[1]) && (kind == "aka" || kind == "fka" || kind == "nka"):
		return aliasFile
	case len(fields) == addressFile.columns() && number(fields[1]) && bytes.Contains(head, []byte("-0-")):
		return addressFile
	}
	return foreign
}

func number(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && len(s) < 16 && strings.Trim(s, "0123456789") == ""
}

// null reads a cell: "-0-" stands for nothing.
func null(s string) string {
	if s = strings.TrimSpace(s); s == "-0-" {
		return ""
	}
	return s
}

// memberOf returns the name of the first member of a zip or tar.
func memberOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && len(head) > 30:
		size := int(head[26]) | int(head[27])<<8
		return string(head[30:min(30+size, len(head))])
	case len(head) > 262 && string(head[257:262]) == "ustar":
		name, _, _ := bytes.Cut(head[:100], []byte{0})
		return string(name)
	}
	return ""
}
