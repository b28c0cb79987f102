package evidence

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// equalAttrs compares what an attribute holds, sketches by their registers.
func equalAttrs(a, b Attr) bool {
	if (a.sketch == nil) != (b.sketch == nil) || a.sketch != nil && *a.sketch != *b.sketch {
		return false
	}
	return a.Key == b.Key && a.op == b.op && a.more == b.more && a.number == b.number && slices.Equal(a.words, b.words)
}

func randomAttr(r *rand.Rand, op Op) Attr {
	words := make([]string, r.IntN(12))
	if op == OpDistinct && r.IntN(3) == 0 {
		words = make([]string, r.IntN(2*MaxExact))
	}
	for i := range words {
		words[i] = fmt.Sprint("word", r.IntN(3*max(len(words), 3)))
		if r.IntN(2000) == 0 {
			words[i] += strings.Repeat("é", r.IntN(maxExactBytes))
		}
	}
	n := r.Int64N(100)
	switch r.IntN(8) {
	case 0:
		n = math.MaxInt64 - n
	case 1:
		n = -n
	}
	switch op {
	case OpSum:
		return Sum("k", n)
	case OpMin:
		return Min("k", n)
	case OpMax:
		return Max("k", n)
	case OpSet:
		return Words("k", words...)
	}
	return Distinct("k", words...)
}

func TestAttrMergeLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	ops := []Op{OpSum, OpMin, OpMax, OpSet, OpDistinct}
	for i := range 10_000 {
		opA := ops[i%len(ops)]
		opB, opC := opA, opA
		if i%7 == 0 { // a damaged set may mix operations under one key
			opB, opC = ops[r.IntN(len(ops))], ops[r.IntN(len(ops))]
		}
		a, b, c := randomAttr(r, opA), randomAttr(r, opB), randomAttr(r, opC)
		if x, y := a.merge(b), b.merge(a); !equalAttrs(x, y) {
			t.Fatalf("%s and %s do not commute: %v, %v", opA, opB, x, y)
		}
		if x, y := a.merge(b).merge(c), a.merge(b.merge(c)); !equalAttrs(x, y) {
			t.Fatalf("%s, %s and %s do not associate: %v, %v", opA, opB, opC, x, y)
		}
		if x := a.merge(a); opA != OpSum && !equalAttrs(x, a) {
			t.Fatalf("%s is not idempotent: %v, %v", opA, a, x)
		}
	}
}

func TestAttrBounds(t *testing.T) {
	words := make([]string, MaxExact+1)
	for i := range words {
		words[i] = fmt.Sprintf("w%04d", i)
	}
	tests := []struct {
		name   string
		attr   Attr
		number int64
		words  int
		more   bool
		exact  bool
	}{
		{"sum below zero", Sum("k", -5), 0, 0, false, true},
		{"min below zero", Min("k", -5), -5, 0, false, true},
		{"sum saturates", Sum("k", math.MaxInt64).merge(Sum("k", 1)), math.MaxInt64, 0, false, true},
		{"set full", Words("k", slices.Clone(words[:MaxSet])...), MaxSet, MaxSet, false, true},
		{"set cut", Words("k", slices.Clone(words[:MaxSet+1])...), MaxSet, MaxSet, true, true},
		{"set repeats", Words("k", "a", "b", "a"), 2, 2, false, true},
		{"exact", Distinct("k", slices.Clone(words[:MaxExact])...), MaxExact, MaxExact, false, true},
		{"estimate", Distinct("k", slices.Clone(words)...), 1014, 0, true, false},
		{"estimate of long words", Distinct("k", strings.Repeat("x", maxExactBytes+1)), 1, 0, true, false},
	}
	for _, test := range tests {
		a := test.attr
		if a.Number() != test.number || len(a.Words()) != test.words || a.More() != test.more || (a.Error() == 0) != test.exact {
			t.Errorf("%s: got %d, %d words, more %t, error %g", test.name, a.Number(), len(a.Words()), a.More(), a.Error())
		}
	}
	long := Words("k", strings.Repeat("é", MaxWord)).Words()[0]
	if len(long) > MaxWord || strings.Trim(long, "é") != "" {
		t.Errorf("a long word was cut to %d bytes, not at a character", len(long))
	}
}

func TestSketch(t *testing.T) {
	var s, odd, even sketch
	check := 1000
	for i := range 1_000_000 {
		word := fmt.Sprintf("192.0.2.%d", i)
		s.add(word)
		if i%2 == 0 {
			even.add(word)
		} else {
			odd.add(word)
		}
		if n := i + 1; n == check {
			check *= 2
			if off := math.Abs(float64(s.estimate())-float64(n)) / float64(n); off > 3*sketchError {
				t.Errorf("%d words: estimate %d is off by %.3f, want within %.3f", n, s.estimate(), off, 3*sketchError)
			}
		}
	}
	odd.union(&even)
	if odd != s {
		t.Error("the union of two sketches is not the sketch of the union")
	}
	if slices.Max(s.registers[:]) > maxRank {
		t.Errorf("a register is larger than %d", maxRank)
	}
	if got := new(sketch).estimate(); got != 0 {
		t.Errorf("the empty sketch estimates %d", got)
	}
}

// TestHashIsFixed keeps the hash, which is part of the file format.
func TestHashIsFixed(t *testing.T) {
	for word, want := range map[string]uint64{
		"": 0xefd01f60ba992926, "a": 0x82a2a958a9bece5b, "192.0.2.1": 0x8fc433616f773343,
	} {
		if got := hash64(word); got != want {
			t.Errorf("hash64(%q) = %#x, want %#x", word, got, want)
		}
	}
}
