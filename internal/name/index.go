package name

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
)

// Index finds, among many names, those whose score with a name is in a band
// other than [Different]. It finds all that [Compare] with each of them would,
// and looks at few. It is immutable and safe for concurrent use; make one with
// [NewIndex].
type Index struct {
	names    []*Name
	postings map[string][]int32 // by a word's text, spelling, sound, consonants, and by whole-name keys: see keysOf
	words    []string           // texts and raws that may be misspelled
	near     []deletion         // sorted by hash
	known    []string           // known words, sorted: what abbreviations may stand for
	seed     maphash.Seed
	scratch  sync.Pool // *tally
}

// deletion says that a word of the index becomes a string of this hash when
// some letters are left out.
type deletion struct {
	hash uint32
	word int32
}

// Match is a name of an index and its score.
type Match struct {
	At    int // position among the names of the index
	Score Score
}

// Keys of the postings have a letter of their kind before them, since a sound
// may be another word's text.
const (
	keyText  = "t"
	keyRaw   = "r"
	keyPlain = "p"
	keySound = "s"
	keyBones = "b"
	keyPair  = "2" // two neighbours written together
	keyWhole = "w" // all words written together
	keyFirst = "i" // initials
)

// NewIndex returns an index of prepared names. It keeps the slice.
func NewIndex(names []*Name) *Index {
	x := &Index{names: names, postings: map[string][]int32{}, seed: maphash.MakeSeed()}
	x.scratch.New = func() any { return &tally{weight: make([]float64, len(names)), counted: make([]uint64, len(names))} }
	known := map[string]bool{}
	for i, n := range names {
		for key := range keysOf(n) {
			list := x.postings[key]
			if len(list) == 0 || list[len(list)-1] != int32(i) {
				x.postings[key] = append(list, int32(i))
			}
		}
		for _, t := range n.core {
			if t.known && t.kind == word {
				known[t.text] = true
			}
		}
	}
	for w := range known {
		x.known = append(x.known, w)
	}
	slices.Sort(x.known)
	x.indexMisspellings()
	return x
}

// keysOf yields the keys under which a name is found.
func keysOf(n *Name) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i, t := range n.core {
			keys := []string{keyText + t.text, keySound + t.sound, keyBones + t.bones}
			if t.kind == place {
				keys = keys[:1]
			}
			if t.raw != t.text && t.kind == word {
				keys = append(keys, keyRaw+t.raw)
			}
			if t.plain != "" {
				keys = append(keys, keyPlain+t.plain)
			}
			if i > 0 {
				keys = append(keys, keyPair+n.core[i-1].text+t.text)
			}
			for _, k := range keys {
				if !yield(k) {
					return
				}
			}
		}
		if yield(keyWhole+n.joined) && n.initials != "" {
			yield(keyFirst + n.initials)
		}
	}
}

// indexMisspellings enters the words that may be misspelled, each under all
// that it can become when as many letters are left out as may differ.
func (x *Index) indexMisspellings() {
	for key := range x.postings {
		if strings.HasPrefix(key, keyText) || strings.HasPrefix(key, keyRaw) {
			x.words = append(x.words, key)
		}
	}
	slices.Sort(x.words)
	for i, key := range x.words {
		deletions(key[1:], func(s []byte) {
			x.near = append(x.near, deletion{uint32(maphash.Bytes(x.seed, s)), int32(i)})
		})
	}
	slices.SortFunc(x.near, func(a, b deletion) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.word, b.word)) })
	x.near = slices.Compact(x.near)
}

// deletions yields the start of a word and what it becomes without one or two
// of its letters. Two words within distance d have a string in common when each
// may lose d letters; that holds for starts of equal length too.
func deletions(word string, yield func([]byte)) {
	const start = 8
	limit := allowed(len(word) + 1) // a misspelling may be a letter longer
	if limit == 0 {
		return
	}
	word = word[:min(len(word), start)]
	yield([]byte(word))
	var buf [start]byte
	for i := range len(word) {
		one := append(append(buf[:0], word[:i]...), word[i+1:]...)
		yield(one)
		if limit < 2 {
			continue
		}
		var buf2 [start]byte
		for j := i; j < len(one); j++ {
			yield(append(append(buf2[:0], one[:j]...), one[j+1:]...))
		}
	}
}

// tally is the weight that each name of an index has in common with a query.
type tally struct {
	weight  []float64
	counted []uint64 // the round in which a name was counted last
	round   uint64
	seen    []int32 // names with a weight
	keys    []string
}

// Search returns the names that score in a band with n, the best first, equal
// scores in the order of the index.
func (x *Index) Search(n *Name) []Match {
	if n.Empty() {
		return nil
	}
	t := x.scratch.Get().(*tally)
	defer x.scratch.Put(t)
	for i := range n.core {
		t.keys = x.keysFor(t, n, i)
		x.count(t, n.core[i].weight)
	}
	t.keys = append(t.keys[:0], keyWhole+n.joined)
	if n.initials != "" {
		t.keys = append(t.keys, keyText+n.initials, keyRaw+n.initials)
	}
	if len(n.core) == 1 {
		t.keys = append(t.keys, keyFirst+n.core[0].raw)
	}
	const sure = 1e6 // whatever else they have in common
	x.count(t, sure)
	var out []Match
	for _, at := range t.seen {
		common := t.weight[at]
		t.weight[at] = 0
		other := x.names[at]
		if common < leastCommon*min(n.whole, other.whole) {
			continue
		}
		if s := Compare(n, other); s.Band() != Different {
			out = append(out, Match{int(at), s})
		}
	}
	t.seen = t.seen[:0]
	slices.SortFunc(out, func(a, b Match) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.At, b.At)) })
	return out
}

// leastCommon is the least part of the weight of the lighter of two names that
// they have in common if they are proposed. With the common weight m, s for the
// lighter name and all of it weighted 1.4 where it has no counterpart, the
// score is at most 200m/(2m+1.4(s-m)); 72 needs m/s above 0.64. Weights differ
// by the factor of a counterpart's, so the bound here is lower.
const leastCommon = 0.4

// count adds the weight to every name that has one of the tally's keys, once.
func (x *Index) count(t *tally, weight float64) {
	t.round++
	for _, k := range t.keys {
		for _, at := range x.postings[k] {
			if t.counted[at] == t.round {
				continue
			}
			t.counted[at] = t.round
			if t.weight[at] == 0 {
				t.seen = append(t.seen, at)
			}
			t.weight[at] += weight
		}
	}
}

// keysFor returns the keys of all words that are similar to word i of a name.
func (x *Index) keysFor(t *tally, n *Name, i int) []string {
	w := &n.core[i]
	keys := append(t.keys[:0], keyText+w.text, keyPair+w.text)
	if i > 0 {
		keys = append(keys, keyText+n.core[i-1].text+w.text)
	}
	if i+1 < len(n.core) {
		keys = append(keys, keyText+w.text+n.core[i+1].text)
	}
	if w.kind == place {
		return keys
	}
	keys = append(keys, keySound+w.sound, keyBones+w.bones, keyText+w.text+"s")
	if w.plain != "" {
		keys = append(keys, keyPlain+w.plain)
	}
	if single, ok := strings.CutSuffix(w.text, "s"); ok {
		keys = append(keys, keyText+single)
	}
	keys = x.abbreviations(keys, w)
	keys = x.misspellings(keys, w.text)
	if w.raw != w.text {
		keys = x.misspellings(keys, w.raw)
	}
	return keys
}

// abbreviations adds the words that a word abbreviates, and its own starts.
func (x *Index) abbreviations(keys []string, w *token) []string {
	const shortest = 4
	if w.known {
		for n := shortest; n < len(w.text); n++ {
			keys = append(keys, keyText+w.text[:n])
		}
		return keys
	}
	if len(w.text) < shortest {
		return keys
	}
	at, _ := slices.BinarySearch(x.known, w.text)
	for ; at < len(x.known) && strings.HasPrefix(x.known[at], w.text); at++ {
		keys = append(keys, keyText+x.known[at])
	}
	return keys
}

// misspellings adds the words of the index of which text may be a misspelling.
func (x *Index) misspellings(keys []string, text string) []string {
	last := int32(-1)
	deletions(text, func(s []byte) {
		hash := uint32(maphash.Bytes(x.seed, s))
		at, _ := slices.BinarySearchFunc(x.near, hash, func(d deletion, h uint32) int { return cmp.Compare(d.hash, h) })
		for ; at < len(x.near) && x.near[at].hash == hash; at++ {
			w := x.near[at].word
			if w == last {
				continue
			}
			last = w
			other := x.words[w][1:]
			limit := allowed(max(len(text), len(other)))
			if distance(text, other, limit) <= limit {
				keys = append(keys, x.words[w])
			}
		}
	})
	return keys
}
