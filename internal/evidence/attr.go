package evidence

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// Op says how two values of an attribute become one.
type Op uint8

// The merge operations. All are associative and commutative; Min, Max, Set and
// Distinct are idempotent as well.
const (
	OpSum      Op = iota + 1 // numbers add up
	OpMin                    // the smallest
	OpMax                    // the largest
	OpSet                    // the words themselves, the first MaxSet in order
	OpDistinct               // how many different words: exact up to MaxExact, then estimated
)

// String returns the word for the operation in documents.
func (op Op) String() string {
	switch op {
	case OpSum:
		return "sum"
	case OpMin:
		return "min"
	case OpMax:
		return "max"
	case OpSet:
		return "set"
	case OpDistinct:
		return "distinct"
	}
	return "invalid"
}

// Bounds of the attributes that hold words.
const (
	MaxSet   = 8    // words kept by OpSet; the attribute says when more were seen
	MaxWord  = 1024 // bytes of a word kept by OpSet, which shows words; longer ones are cut
	MaxExact = 1024 // words kept by OpDistinct before it turns into a sketch

	// maxExactBytes turns OpDistinct into a sketch as well: a thousand words
	// of hostile length must not fill a frame of the file.
	maxExactBytes = 256 << 10
)

// Attr is an attribute of an observation: a key and a value that knows how to
// merge. Attrs are immutable; use the constructors.
type Attr struct {
	Key    string
	op     Op
	more   bool     // OpSet: words beyond MaxSet were dropped
	number int64    // OpSum, OpMin, OpMax
	words  []string // OpSet, OpDistinct while exact: sorted, without repetition
	sketch *sketch  // OpDistinct once inexact
}

// Sum returns an attribute whose values add up. They are amounts: a negative
// one counts as 0, and the sum stays at the largest int64 instead of
// overflowing. With negative numbers the sum would depend on the order.
func Sum(key string, n int64) Attr { return Attr{Key: key, op: OpSum, number: max(n, 0)} }

// Min returns an attribute that keeps the smallest value.
func Min(key string, n int64) Attr { return Attr{Key: key, op: OpMin, number: n} }

// Max returns an attribute that keeps the largest value.
func Max(key string, n int64) Attr { return Attr{Key: key, op: OpMax, number: n} }

// Words returns an attribute that keeps the words, the first [MaxSet] of them
// in order. It takes over the slice.
func Words(key string, words ...string) Attr {
	for i, w := range words {
		words[i] = cutText(w, MaxWord)
	}
	slices.Sort(words)
	return Attr{Key: key, op: OpSet, words: slices.Compact(words)}.capped()
}

// Distinct returns an attribute that counts different words. It takes over
// the slice.
func Distinct(key string, words ...string) Attr {
	slices.Sort(words)
	return Attr{Key: key, op: OpDistinct, words: slices.Compact(words)}.capped()
}

// Op returns how the attribute merges.
func (a Attr) Op() Op { return a.op }

// Number returns the number of a Sum, Min or Max; how many different words a
// Distinct saw, rounded if it is an estimate; how many words a Words holds.
func (a Attr) Number() int64 {
	switch {
	case a.sketch != nil:
		return a.sketch.estimate()
	case a.op == OpSet || a.op == OpDistinct:
		return int64(len(a.words))
	}
	return a.number
}

// Words returns the words of a Words or of a Distinct that is still exact, in
// order. The slice is not to be changed.
func (a Attr) Words() []string { return a.words }

// More reports whether there were more words than [Attr.Words] returns.
func (a Attr) More() bool { return a.more || a.sketch != nil }

// Error returns the relative standard error of [Attr.Number]: 0 where it is
// exact.
func (a Attr) Error() float64 {
	readBack := a.op == 0 && a.more // an estimate in the JSON form, see json.go
	if a.sketch != nil || readBack {
		return sketchError
	}
	return 0
}

// merge returns both as one. Of different operations under one key, which only
// a damaged or foreign set can hold, the lower one wins whole.
func (a Attr) merge(b Attr) Attr {
	if a.op != b.op {
		if a.op < b.op {
			return a
		}
		return b
	}
	switch a.op {
	case OpSum:
		a.number = addSaturating(a.number, b.number)
	case OpMin:
		a.number = min(a.number, b.number)
	case OpMax:
		a.number = max(a.number, b.number)
	case OpSet, OpDistinct:
		if a.sketch != nil || b.sketch != nil {
			return Attr{Key: a.Key, op: a.op, sketch: mergeSketches(a, b)}
		}
		a.words = unionSorted(a.words, b.words)
		a.more = a.more || b.more
		return a.capped()
	}
	return a
}

// capped applies the bounds to a fresh list of words.
func (a Attr) capped() Attr {
	switch {
	case a.op == OpSet && len(a.words) > MaxSet:
		a.words, a.more = slices.Clone(a.words[:MaxSet]), true
	case a.op == OpDistinct && (len(a.words) > MaxExact || totalLen(a.words) > maxExactBytes):
		a.sketch = newSketch(a.words)
		a.words = nil
	}
	return a
}

func totalLen(words []string) int {
	n := 0
	for _, w := range words {
		n += len(w)
	}
	return n
}

// cutText returns the longest prefix of at most limit bytes that ends at the
// border of a character.
func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func mergeSketches(a, b Attr) *sketch {
	var s sketch
	for _, x := range []Attr{a, b} {
		if x.sketch != nil {
			s.union(x.sketch)
		}
		for _, w := range x.words {
			s.add(w)
		}
	}
	return &s
}

// mergeAttrs merges two lists that are sorted by key.
func mergeAttrs(a, b []Attr) []Attr {
	out := make([]Attr, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0].Key, b[0].Key) {
		case -1:
			out, a = append(out, a[0]), a[1:]
		case +1:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0].merge(b[0])), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func unionSorted(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	out := make([]string, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0], b[0]) {
		case -1:
			out, a = append(out, a[0]), a[1:]
		case +1:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// addSaturating adds two amounts, neither of them negative.
func addSaturating(a, b int64) int64 { return a + min(b, math.MaxInt64-a) }

// addCounts adds two counts without overflow.
func addCounts(a, b uint64) uint64 { return a + min(b, math.MaxUint64-a) }
