package csl

import (
	"slices"
	"strings"
	"unicode"
)

// list is one of the lists that the file gathers.
type list struct {
	code string // "el", part of the companies' slugs
	slug string // "us-csl-entity-list"
	// treasury says that OFAC keeps the list, whose parties bear its numbers;
	// organisations, that it holds nothing else.
	treasury, organisations bool
}

// lists are those of the file in 2026, by the code in brackets in its source
// column. Those of the Treasury give types.
func lists() []list {
	return []list{
		{"cap", "us-csl-capta", true, true},
		{"cmic", "us-csl-cmic", true, true},
		{"dpl", "us-csl-denied-persons", false, false},
		{"dtc", "us-csl-aeca-debarred", false, false},
		{"el", "us-csl-entity-list", false, false},
		{"fse", "us-csl-fse", true, false},
		{"isn", "us-csl-isn", false, false},
		{"mbs", "us-csl-mbs", true, false},
		{"meu", "us-csl-meu", false, true},
		{"plc", "us-csl-plc", true, false},
		{"sdn", "us-csl-sdn", true, false},
		{"ssi", "us-csl-ssi", true, true},
		{"uvl", "us-csl-unverified", false, false},
	}
}

// listOf finds the list that a source names, as in "Entity List (EL) - Bureau
// of Industry and Security". One that is new is taken by its words.
func listOf(source string) list {
	code := ""
	if open := strings.LastIndex(source, "("); open >= 0 {
		code, _, _ = strings.Cut(source[open+1:], ")")
	} else if len(source) <= 4 {
		code = source // some editions give the code alone
	}
	code = strings.ToLower(strings.TrimSpace(code))
	known := lists()
	if i := slices.IndexFunc(known, func(l list) bool { return l.code == code || "ns-"+l.code == code }); i >= 0 {
		return known[i]
	}
	words := strings.FieldsFunc(strings.ToLower(source), func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	name := strings.Join(words, "-")
	if name == "" || len(name) > 100 {
		return list{}
	}
	return list{code: name, slug: "us-csl-" + name}
}

// refuse says why a row is not taken, nothing if it is.
func (l list) refuse(r row) string {
	switch kind := strings.ToLower(strings.TrimSpace(r.Type)); kind {
	case "entity":
		return ""
	case "individual":
		return "natural person"
	case "vessel", "aircraft":
		return kind
	case "":
	default:
		return "type that is no organisation"
	}
	switch {
	case len(r.Citizenships)+len(r.Births)+len(r.Nationalities)+len(r.Places) > 0:
		return "natural person"
	case l.organisations || organisation(r.Name):
		return ""
	}
	return "type not stated, may be a natural person"
}

// words of organisations. None is a usual name of a person; "bank" and "state"
// count only because a person's name beside them would be odd on these lists.
const organisations = " academy aerospace agency airlines airways association authority aviation bank base battalion brigade bureau " +
	"builders bvba center centre co college combine command commission committee company conglomerate construction contracting contractors cooperative corp corporation corps " +
	"department design directorate division electric electronics enterprise enterprises establishment exchange factory faculty " +
	"fleet force forces foundation fze fzc fzco fzllc gesellschaft gmbh group headquarters holding holdings hospital inc " +
	"incorporated industrial industries industry institut institute institution insurance international jsc jv kb kft laboratories " +
	"laboratory limited llc llp logistics ltd ltda management manufacturing military ministry museum national navy ngo nv oao office ojsc ooo " +
	"organisation organization pao pjsc plant plc pte pty pvt refinery regiment research ruag school sarl scientific sdn semiconductor " +
	"service services shipping shipyard sia sro srl squadron state subsidiary supply systems technical technologies technology " +
	"telecom telecommunications trade trading transport trust uab unit university zao "

// people are words that stand beside a person's name. They outweigh those of
// organisations, since "Director of the Institute" follows a name.
const people = " dr mr mrs ms prof professor director minister chairman born dob aka alias "

// organisation reports whether a name is surely that of an organisation.
func organisation(name string) bool {
	found := false
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		word = strings.ReplaceAll(word, ".", "")
		if word == "" {
			continue
		}
		if strings.Contains(people, " "+word+" ") {
			return false
		}
		found = found || ordinal(word) || strings.Contains(organisations, " "+word+" ")
	}
	return found
}

// ordinal reports whether a word numbers something: "18th Institute".
func ordinal(word string) bool {
	digits := strings.TrimRight(word, "dhnrst")
	return len(word)-len(digits) == 2 && digits != "" && strings.Trim(digits, "0123456789") == ""
}
