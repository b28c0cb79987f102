package mrt_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// TestMergeReference compares with a merge hop by hop, on random paths.
func TestMergeReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var p mrt.Path
	for range 20_000 {
		path, as4 := randomPath(rnd, 3), randomPath(rnd, 2)
		if err := p.Decode(rawPath(path, as4)); err != nil {
			t.Fatal(err)
		}
		if got, want := p.String(), mergeHops(path, as4); got != want {
			t.Fatalf("%q with AS4_PATH %q: got %q, want %q", path, as4, got, want)
		}
	}
}

// randomPath returns up to n random segments as text.
func randomPath(rnd *rand.Rand, n int) string {
	var segments []string
	for range rnd.IntN(n + 1) {
		var asns []string
		for range 1 + rnd.IntN(3) {
			asns = append(asns, fmt.Sprint(1+rnd.IntN(4)))
		}
		forms := []struct{ open, comma, end string }{
			{"", " ", ""}, {"", " ", ""}, {"{", ",", "}"}, {"(", " ", ")"}, {"[", ",", "]"},
		}
		f := forms[rnd.IntN(len(forms))]
		segments = append(segments, f.open+strings.Join(asns, f.comma)+f.end)
	}
	return strings.Join(segments, " ")
}

// hop is a number in a sequence, a set, or a confederation segment.
type hop struct {
	text string
	asns []uint32
	size int // in the length of the path
}

// hopsOf returns the hops of a path in text.
func hopsOf(text string) []hop {
	var hops []hop
	for _, s := range mrtfile.MustPath(text) {
		if s.Type == mrtfile.Sequence {
			for _, asn := range s.ASNs {
				hops = append(hops, hop{fmt.Sprint(asn), []uint32{asn}, 1})
			}
			continue
		}
		size := 0
		if s.Type == mrtfile.Set {
			size = 1
		}
		words := strings.Trim(fmt.Sprint(s.ASNs), "[]")
		switch s.Type {
		case mrtfile.Set:
			words = "{" + strings.ReplaceAll(words, " ", ",") + "}"
		case mrtfile.ConfedSet:
			words = "[" + strings.ReplaceAll(words, " ", ",") + "]"
		case mrtfile.ConfedSequence:
			words = "(" + words + ")"
		}
		hops = append(hops, hop{words, s.ASNs, size})
	}
	return hops
}

// mergeHops is the slow and obvious merge of AS_PATH and AS4_PATH.
func mergeHops(path, as4 string) string {
	count := func(hops []hop) (n int) {
		for _, h := range hops {
			n += h.size
		}
		return n
	}
	text := func(hops []hop) string {
		var words []string
		for _, h := range hops {
			words = append(words, h.text)
		}
		return strings.Join(words, " ")
	}
	hops := hopsOf(path)
	hops4 := slices.DeleteFunc(hopsOf(as4), func(h hop) bool { return h.size == 0 })
	if len(hops4) == 0 || count(hops) < count(hops4) {
		return text(hops)
	}
	// Drop from the end until the length fits, then what hangs on to nothing:
	// a confederation stays if all before it stayed.
	keep := 0
	for keep < len(hops) && count(hops[:keep+1]) <= count(hops)-count(hops4) {
		keep++
	}
	return text(append(slices.Clone(hops[:keep]), hops4...))
}

// TestLoopReference compares with the definition of a loop, on random paths.
func TestLoopReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	loops := 0
	for range 20_000 {
		text := randomPath(rnd, 4)
		want := hasLoop(hopsOf(text))
		if want {
			loops++
		}
		if got := decode(t, text).HasLoop(); got != want {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	}
	if loops < 1000 || loops > 19_000 {
		t.Errorf("%d loops in 20,000 paths test little", loops)
	}
}

// hasLoop is the definition: two hops hold a network, one between does not.
// Order within a confederation sequence counts too, so it is taken apart.
func hasLoop(segments []hop) bool {
	var hops []hop
	for _, h := range segments {
		if !strings.HasPrefix(h.text, "(") {
			hops = append(hops, h)
			continue
		}
		for _, asn := range h.asns {
			hops = append(hops, hop{asns: []uint32{asn}})
		}
	}
	for i, first := range hops {
		for _, asn := range first.asns {
			left := false
			for _, later := range hops[i+1:] {
				holds := slices.Contains(later.asns, asn)
				if left && holds {
					return true
				}
				left = left || !holds
			}
		}
	}
	return false
}
