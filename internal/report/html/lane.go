package html

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
)

// lane is an AS path that shows a finding, as a row of hops from the peer that
// reported it to the network that announces the prefix. It is taken from the
// finding's proof and from nothing else.
type lane struct {
	Prefix string `json:"prefix"` // the first that took the path
	Peer   string `json:"peer"`   // who reported it
	More   int    `json:"more"`   // further proofs of the same path
	Hops   []hop  `json:"hops"`
}

// hop is a network on a path, or a set of them.
type hop struct {
	Text  string `json:"text"`
	Name  string `json:"name"`  // of the two sides, as the finding has it
	Role  string `json:"role"`  // "party", "subject", or empty
	Meets bool   `json:"meets"` // between this and the hop before lies the adjacency found
}

const (
	mostLanes = 6
	mostHops  = 32
)

// lanesOf returns the different paths in the proof of a finding.
func lanesOf(f *finding.Finding) []lane {
	lanes := []lane{}
	known := make(map[string]int) // place in lanes, by path
	for i := range f.Chain {
		ref := f.Chain[i].Ref
		if ref == nil {
			continue
		}
		head, path, ok := strings.Cut(ref.Note, ": path ")
		prefix, peer, from := strings.Cut(head, " from ")
		if !ok || !from {
			continue
		}
		if at, ok := known[path]; ok {
			lanes[at].More++
			continue
		}
		if len(lanes) == mostLanes {
			break
		}
		known[path] = len(lanes)
		words := strings.Fields(path)
		if len(ref.Note) >= evidence.MaxNote && len(words) > 0 {
			words[len(words)-1] = "…" // the note was cut, perhaps within a number
		}
		lanes = append(lanes, lane{Prefix: finding.Plain(prefix), Peer: finding.Plain(peer), Hops: hopsOf(f, words)})
	}
	return lanes
}

// hopsOf makes hops of the words of a path; prepends are one.
func hopsOf(f *finding.Finding, words []string) []hop {
	hops := []hop{}
	for i := 0; i < len(words); {
		times := 1
		for i+times < len(words) && words[i+times] == words[i] {
			times++
		}
		if len(hops) == mostHops {
			return append(hops, hop{Text: "…"})
		}
		h := sideOf(f, words[i])
		if times > 1 {
			h.Text += " ×" + strconv.Itoa(times)
		}
		if n := len(hops); n > 0 {
			sides := []string{hops[n-1].Role, h.Role}
			h.Meets = f.Relation == "adjacency" && slices.Contains(sides, "party") && slices.Contains(sides, "subject")
		}
		hops, i = append(hops, h), i+times
	}
	return hops
}

// sideOf returns the hop of a word of a path.
func sideOf(f *finding.Finding, word string) hop {
	asn, err := strconv.ParseUint(word, 10, 32)
	if err != nil {
		return hop{Text: finding.Plain(word)} // a set or a confederation
	}
	h := hop{Text: "AS" + word}
	switch evidence.ASN(uint32(asn)) {
	case f.Party:
		h.Role, h.Name = "party", finding.Plain(f.PartyName)
	case f.Subject:
		h.Role, h.Name = "subject", finding.Plain(f.SubjectName)
	}
	return h
}
