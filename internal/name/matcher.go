package name

import "math"

// Matcher holds the tables by which names are read. It is immutable and safe
// for concurrent use; make one with [New], once, since that parses the tables.
type Matcher struct {
	letters    map[rune]string
	pinyin     map[rune]string
	simplified map[rune]rune
	glosses    map[rune][]gloss    // by first character, longest first
	phrases    map[string][]phrase // by first word, longest first
	ordinary   map[string]bool
	counts     map[string]int // in how many names of the corpus a word stands
	corpus     int            // how many names it has
}

// New returns a matcher with the tables of the package.
func New() *Matcher {
	m := &Matcher{
		pinyin:     map[rune]string{},
		simplified: map[rune]rune{},
		glosses:    map[rune][]gloss{},
		phrases:    map[string][]phrase{},
		ordinary:   map[string]bool{},
		counts:     map[string]int{},
	}
	m.readTables()
	return m
}

// knownFrom is in how many names of the corpus a word must stand to be a word
// that people know, so that another known word is no misspelling of it.
const knownFrom = 3

// known tells whether a word is one that people know.
func (m *Matcher) known(word string) bool { return m.ordinary[word] || m.counts[word] >= knownFrom }

// weight returns how much a word tells one organisation from another, 1 for a
// word that no name of the corpus has: ln(1+N/(1+n)) / ln(1+N), n of N names
// having it. Words of business weigh as if at least ordinaryCount had them.
func (m *Matcher) weight(word string) float64 {
	const ordinaryCount = 60
	n := m.counts[word]
	if m.ordinary[word] {
		n = max(n, ordinaryCount)
	}
	total := float64(m.corpus)
	return math.Log1p(total/float64(1+n)) / math.Log1p(total)
}
