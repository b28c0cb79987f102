package name

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sieve finds, among names that pass by, those that score in a band with one
// of a few queries. It is an [Index] turned round: where an index is made of
// all names and asked for one query, a sieve is made of the queries, and
// nothing is kept of the names. It finds what [Compare] with each of them
// would. It is immutable and safe for concurrent use; read with a [Sifter].
type Sieve struct {
	m       *Matcher
	queries *Index
	most    []float64        // by query, the greatest weight of a word of it
	digits  bool             // a query has a number for a word
	parts   map[string]bool  // texts that words of a name may make together: true; their beginnings: false
	letters map[string]bool  // the same of initials
	joined  map[string]bool  // queries as one word
	phrases map[string][]hit // by first word, the queries that have a phrase of several words
	later   map[string]bool  // words that only follow others in phrases
}

// NewSieve returns a sieve of queries. It keeps the slice.
func (m *Matcher) NewSieve(queries []*Name) *Sieve {
	s := &Sieve{
		m: m, queries: NewIndex(queries), parts: map[string]bool{}, letters: map[string]bool{}, joined: map[string]bool{},
		phrases: map[string][]hit{}, later: map[string]bool{}, most: make([]float64, len(queries)),
	}
	for i, q := range queries {
		for _, t := range q.core {
			s.most[i] = max(s.most[i], t.weight)
			enter(s.parts, t.text)
			enter(s.parts, t.raw)
			s.digits = s.digits || t.text != "" && t.text[0] >= '0' && t.text[0] <= '9'
		}
		enter(s.parts, q.joined)
		s.joined[q.joined] = true
		if len(q.core) == 1 && len(q.core[0].raw) >= shortestAcronym {
			enter(s.letters, q.core[0].raw)
		}
	}
	t := s.queries.scratch.Get().(*tally)
	defer s.queries.scratch.Put(t)
	for _, list := range m.phrases {
		for _, p := range list {
			if len(p.words) < 2 {
				continue
			}
			for _, w := range p.words[1:] {
				s.later[w] = true
			}
			n := &Name{core: []token{m.token(item{p, strings.Join(p.words, " "), false}, nil)}}
			if p.kind != stop && p.kind != form {
				hits, _ := s.met(t, n, 0)
				s.phrases[p.words[0]] = append(s.phrases[p.words[0]], hits...)
			}
		}
	}
	return s
}

// enter puts a text and its beginnings into a set.
func enter(set map[string]bool, text string) {
	for i := 1; i < len(text); i++ {
		if _, ok := set[text[:i]]; !ok {
			set[text[:i]] = false
		}
	}
	if text != "" {
		set[text] = true
	}
}

// hit is a query that has a word similar to one of a name.
type hit struct {
	query int32
	pair  float64 // the most that the two weigh in a comparison
}

// met returns the queries that have a word similar to word i of a name, and
// whether one has it as two words.
func (s *Sieve) met(t *tally, n *Name, i int) (hits []hit, parted bool) {
	w := &n.core[i]
	t.keys = s.queries.keysFor(t, n, i)
	seen := map[int32]bool{}
	for _, q := range s.queries.postings[keyText+w.text] {
		seen[q] = true
		hits = append(hits, hit{q, w.weight}) // the same word weighs the same
	}
	for _, k := range t.keys {
		parted = parted || k == keyPair+w.text && len(s.queries.postings[k]) > 0
		for _, q := range s.queries.postings[k] {
			if !seen[q] {
				seen[q] = true
				hits = append(hits, hit{q, max(w.weight, s.most[q])})
			}
		}
	}
	return hits, parted
}

// Sifter reads names through a sieve. It remembers the parts of names that it
// has met, of which few are new, and is not safe for concurrent use.
type Sifter struct {
	s     *Sieve
	tally *tally
	known map[string]piece
	buf   []byte
	run   []piece
	pair  []float64 // by query, what the name's words weigh that it has in common
	own   []float64 // the same, of its certain words alone
	seen  []int32   // queries with a weight
}

// Sifter returns a reader of names.
func (s *Sieve) Sifter() *Sifter {
	return &Sifter{
		s: s, tally: s.queries.scratch.New().(*tally), known: map[string]piece{},
		pair: make([]float64, len(s.most)), own: make([]float64, len(s.most)),
	}
}

// Match returns the prepared name and the queries that score in a band with
// it, the best first; nil if there are none. It keeps nothing of text.
func (f *Sifter) Match(text []byte) (*Name, []Match) {
	if !f.may(text) {
		return nil, nil
	}
	n := f.s.m.Prepare(string(text))
	found := f.s.queries.Search(n)
	if len(found) == 0 {
		return nil, nil
	}
	return n, found
}

// piece is what may be said of a part of a name without looking at the rest:
// bounds, so that no name is passed over that has a counterpart.
type piece struct {
	hits    []hit
	own     []float64 // by hit, the weight of the word that is certain to be one of the name
	whole   float64   // the weight of all words that are
	text    string    // of its words together
	letters string    // their initials
	sure    bool      // the name must be compared
	begins  bool      // text begins one of the sieve's parts, or letters one of its letters
	spare   bool      // its words may be no part of the name's core
}

// maxPieces is how many parts of a name are looked at one by one.
const maxPieces = 32

// may reports whether a name may score in a band with a query.
func (f *Sifter) may(text []byte) bool {
	f.run = f.run[:0]
	whole, begins := 0.0, false
	for len(text) > 0 {
		var part []byte
		part, text = cutPiece(text)
		if len(part) == 0 {
			continue
		}
		p := f.piece(part)
		if p.sure || len(f.run) == maxPieces {
			return true
		}
		whole += p.whole
		begins = begins || p.begins
		f.run = append(f.run, p)
	}
	if f.weigh(whole) {
		return true
	}
	for i := range f.run {
		if begins && f.run[i].begins && (f.together(i, f.buf[:0], f.s.parts, false) || f.together(i, f.buf[:0], f.s.letters, true)) {
			return true
		}
	}
	return false
}

// weigh reports whether enough of the pieces have counterparts in one query. With
// the weight P of the pairs and u of the words without a counterpart, the score
// is at most 200P/(2P+1.4u), see loseWords: 72 needs u to be at most 0.556 P.
// Of each name u is at least the weight of its words less that of those paired.
// Only where one name is the start of the other may u be greater; then all words
// of one have counterparts.
func (f *Sifter) weigh(whole float64) bool {
	for i := range f.run {
		p := &f.run[i]
		for j, h := range p.hits {
			if f.pair[h.query] == 0 {
				f.seen = append(f.seen, h.query)
			}
			f.pair[h.query] += h.pair
			f.own[h.query] += p.own[j]
		}
		for k := range f.run[:i] {
			if len(p.hits) > 0 && f.run[k].text == p.text { // only one of two may have its like
				f.pair[p.hits[0].query] = math.Inf(1)
			}
		}
	}
	const most, rounding = 0.556, 1e-9
	enough := false
	for _, q := range f.seen {
		pair := f.pair[q] + rounding
		alone, asked := max(whole-f.own[q]-rounding, 0), max(f.s.queries.names[q].weight-pair, 0)
		enough = enough || alone == 0 || asked == 0 || alone+asked <= most*pair
		f.pair[q], f.own[q] = 0, 0
	}
	f.seen = f.seen[:0]
	return enough
}

// together reports whether the pieces from i on make one of a set's texts.
func (f *Sifter) together(i int, before []byte, set map[string]bool, initials bool) bool {
	for ; i < len(f.run); i++ {
		p := &f.run[i]
		text := p.text
		if initials {
			text = p.letters
		}
		if text == "" {
			continue
		}
		now := append(before, text...)
		end, ok := set[string(now)]
		if end && (initials || len(before) > 0) || ok && f.together(i+1, now, set, initials) {
			return true
		}
		if len(before) == 0 || !p.spare {
			return false
		}
	}
	return false
}

// cutPiece takes the next part of a name that [Matcher.Prepare] reads by
// itself: up to a space, comma or bracket. Single letters stay together, since
// they may be one word.
func cutPiece(text []byte) (part, rest []byte) {
	for len(text) > 0 && parts(text[0]) {
		text = text[1:]
	}
	end := 0
	for single := true; single && end < len(text); {
		start := end
		for end < len(text) && !parts(text[end]) && (end == start || !afterHan(text, end)) {
			end++
		}
		single = singleLetters(text[start:end])
		if !single && start > 0 {
			return text[:start], text[start:]
		}
		for single && end < len(text) && parts(text[end]) {
			end++
		}
	}
	return text[:end], text[end:]
}

// afterHan reports whether a digit follows a Chinese character, which ends a
// word.
func afterHan(text []byte, at int) bool {
	if text[at] < '0' || text[at] > '9' || text[at-1] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeLastRune(text[:at])
	return unicode.Is(unicode.Han, r)
}

func parts(c byte) bool {
	switch c {
	case ' ', ',', '(', ')', '[', ']', '{', '}', '"', ';', ':':
		return true
	}
	return false
}

// singleLetters reports whether no two letters or digits follow each other.
func singleLetters(part []byte) bool {
	run := 0
	for i := 0; i < len(part); {
		r, size := rune(part[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(part[i:])
		}
		i += size
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if run++; run > 1 {
				return false
			}
		case !unicode.Is(unicode.Mn, r):
			run = 0
		}
	}
	return true
}

// mostKnown bounds what a sifter remembers.
const mostKnown = 1 << 18

func (f *Sifter) piece(part []byte) piece {
	if !f.s.digits && isNumber(part) {
		return piece{spare: true}
	}
	p, ok := f.known[string(part)]
	if ok {
		return p
	}
	if len(f.known) >= mostKnown {
		clear(f.known)
	}
	text := string(part)
	p = f.look(text)
	f.known[text] = p
	return p
}

func isNumber(part []byte) bool {
	for _, c := range part {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// look reads a part of a name by itself.
func (f *Sifter) look(text string) piece {
	s := f.s
	n := s.m.Prepare(text)
	p := piece{text: n.joined, spare: len(n.forms)+len(n.numbers) > 0}
	var letters strings.Builder
	for i := range n.core {
		t := &n.core[i]
		plain := t.kind == word
		for w := range strings.FieldsSeq(t.raw) {
			letters.WriteByte(w[0])
			_, number := numberOf(w, true, true)
			plain = plain && !number && s.m.phrases[w] == nil && !s.later[w]
			p.add(s.phrases[w], 0)
		}
		hits, parted := s.met(f.tally, n, i)
		if plain {
			p.whole += t.weight
			p.add(hits, t.weight)
		} else {
			p.spare = true
			p.add(hits, 0)
		}
		p.sure = p.sure || parted || len(s.queries.postings[keyFirst+t.raw]) > 0
	}
	p.letters = letters.String()
	p.sure = p.sure || s.joined[p.text]
	_, together := s.parts[p.text]
	_, initials := s.letters[p.letters]
	p.begins = together || initials
	return p
}

func (p *piece) add(hits []hit, own float64) {
	for _, h := range hits {
		p.hits, p.own = append(p.hits, h), append(p.own, own)
	}
}
