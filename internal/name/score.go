package name

import "fmt"

// Score says how alike two names are, in points from 0 to 100.
type Score float64

// Band says what a score is good for.
type Band uint8

// The bands. The zero value is Different.
const (
	Different Band = iota // nothing is said
	Propose               // a person should look
	Accept                // taken as the same organisation until a person objects
)

// The points from which a score is in a band. They were fixed on labelled pairs:
// see docs/09-names.md for what they measure.
const (
	ProposeFrom Score = 72
	AcceptFrom  Score = 95
)

// Band returns the band of a score.
func (s Score) Band() Band {
	switch {
	case s >= AcceptFrom:
		return Accept
	case s >= ProposeFrom:
		return Propose
	}
	return Different
}

// String returns the band in one word.
func (b Band) String() string {
	switch b {
	case Accept:
		return "accept"
	case Propose:
		return "propose"
	}
	return "different"
}

// Term is a reason of a score with its points: the first gives 100, the others
// take away.
type Term struct {
	Points float64
	Reason string
}

// Explanation is a score with its terms; their points add up to it.
type Explanation struct {
	Score Score
	Terms []Term
}

// The points that a comparison takes away. What each pair of words loses, and
// each word without a counterpart, is in proportion to its weight; these are
// the others.
const (
	lostTogether    = 1  // words written together or apart
	lostOrder       = 6  // another order of words
	lostNoForm      = 3  // only one name has a legal form
	lostNoFormBare  = 6  // the same, where the name is one word, or ordinary words
	lostFirm        = 4  // one is a company and the other a corporation
	lostOtherForm   = 7  // they have other different forms
	lostScript      = 6  // one name had to be read from another script
	lostMisspelling = 6  // at least, where a word is not written alike
	lostAdded       = 8  // at least, where only one name has a word
	lostVariant     = 1  // another writing of the same word
	lostBranch      = 12 // one name adds a place in brackets
	lostPlace       = 20 // one name adds a place, the other has no legal form
	lostPlaceFirms  = 32 // one name adds a place, both have a legal form
	lostPlaces      = 40 // each names a place that the other does not
	lostSeries      = 12 // other numbers
	lostFirst       = 8  // one name has the number 1, the other none
	lostNumber      = 30 // one name has a number, the other none
	lostOrdinary    = 6  // nothing but ordinary words in common
	lostBrand       = 24 // at most, where one name is the start of the other
	lostAcronym     = 25 // one name is the initials of the other

	addedFactor    = 1.1 // weight of a word that only one name has
	conflictFactor = 1.6 // where each has one
)

// shortestAcronym is how many letters initials must have to mean a name.
const shortestAcronym = 3

// Compare returns how alike two names are. It is symmetric.
func Compare(a, b *Name) Score {
	c := comparison{a: a, b: b}
	return c.run()
}

// Explain returns the score of [Compare] with its terms.
func Explain(a, b *Name) Explanation {
	terms := make([]Term, 0, 4)
	c := comparison{a: a, b: b, terms: &terms}
	score := c.run()
	return Explanation{score, terms}
}

// comparison is the state of Compare.
type comparison struct {
	a, b  *Name
	terms *[]Term // nil: nobody asks for them
	score float64

	pairs        [maxWords]pair
	n            int // pairs
	usedA, usedB uint32
	together     bool // some words are written together in one name
	reordered    bool
}

// pair is two words that stand for each other.
type pair struct {
	a, b   *token
	weight float64
	s      float64
	how    string
}

func (c *comparison) run() Score {
	if c.a.Empty() || c.b.Empty() {
		c.start("nothing to compare", 0)
		return 0
	}
	if c.acronym() {
		return c.end()
	}
	c.match()
	c.start("all that the names have", 100)
	c.loseWords()
	c.losePlaces()
	c.loseNumbers()
	c.loseForms()
	c.loseRest()
	return c.end()
}

func (c *comparison) start(reason string, points float64) {
	c.score = points
	if c.terms != nil {
		*c.terms = append(*c.terms, Term{points, reason})
	}
}

// lose takes points away. The reason is made only if somebody asks for it.
func (c *comparison) lose(points float64, format string, args ...any) {
	c.score -= points
	if c.terms != nil {
		*c.terms = append(*c.terms, Term{-points, fmt.Sprintf(format, args...)})
	}
}

func (c *comparison) end() Score {
	if c.score < 0 {
		if c.terms != nil {
			*c.terms = append(*c.terms, Term{-c.score, "no score is below 0"})
		}
		c.score = 0
	}
	return Score(c.score)
}

// acronym takes a name of one word that is the initials of the other.
func (c *comparison) acronym() bool {
	short, long := c.a, c.b
	if len(short.core) != 1 {
		short, long = long, short
	}
	if len(short.core) != 1 || len(short.core[0].raw) < shortestAcronym || short.core[0].raw != long.initials || len(short.numbers) > 0 {
		return false
	}
	c.start("all that the names have", 100)
	c.lose(lostAcronym, "%q are the initials of %q", short.Text, long.Text)
	c.loseForms()
	return true
}

// loseWords takes away for words that differ and words without a counterpart.
func (c *comparison) loseWords() {
	var paired, addedA, addedB float64
	for _, p := range c.pairs[:c.n] {
		paired += 2 * p.weight
	}
	addedA, addedB = added(c.a, c.usedA), added(c.b, c.usedB)
	factor := addedFactor
	if addedA > 0 && addedB > 0 {
		factor = conflictFactor
	}
	whole := paired + factor*(addedA+addedB)
	if whole == 0 {
		return
	}
	scale := 1.0
	if brand := 100 * factor * (addedA + addedB) / whole; brand > lostBrand && c.brand(addedA, addedB) {
		scale = lostBrand / brand
		c.note("%s", "one name is the start of the other: at most 24 points for what it adds")
	}
	misspelt, variants := 0.0, 0
	for _, p := range c.pairs[:c.n] {
		if p.s < 1 {
			lost := 100 * 2 * p.weight * (1 - p.s) / whole
			if p.s < nearlyEqual {
				misspelt += lost
			}
			if c.terms != nil {
				c.lose(lost, "%q and %q: %s", p.a.raw, p.b.raw, p.how)
			} else {
				c.score -= lost
			}
		} else if p.a != nil && p.b != nil && p.a.kind == word && p.a.raw != p.b.raw {
			variants++
		}
	}
	if misspelt > 0 && misspelt < lostMisspelling {
		c.lose(lostMisspelling-misspelt, "words that are not written alike are never accepted")
	}
	if variants > 0 {
		c.lose(lostVariant, "another writing of the same words")
	}
	perWeight := 100 * factor * scale / whole
	c.loseAdded(c.a, c.usedA, perWeight)
	c.loseAdded(c.b, c.usedB, perWeight)
	if lost := perWeight * (addedA + addedB); lost > 0 && lost < lostAdded {
		c.lose(lostAdded-lost, "a word that only one name has is never a small matter")
	}
}

// note writes a term without points.
func (c *comparison) note(format string, args ...any) {
	if c.terms != nil {
		c.lose(0, format, args...)
	}
}

// added returns the weight of the words that have no counterpart.
func added(n *Name, used uint32) float64 {
	sum := 0.0
	for i := range n.core {
		if used&(1<<i) == 0 && n.core[i].kind == word {
			sum += n.core[i].weight
		}
	}
	return sum
}

func (c *comparison) loseAdded(n *Name, used uint32, perWeight float64) {
	for i := range n.core {
		t := &n.core[i]
		if used&(1<<i) != 0 || t.kind != word {
			continue
		}
		if c.terms != nil {
			c.lose(perWeight*t.weight, "only one has %q", t.raw)
		} else {
			c.score -= perWeight * t.weight
		}
	}
}

// brandWeight is the least weight of the words of a brand: those of ordinary
// words alone are none.
const brandWeight = 0.75

// brand tells whether one name, without a legal form, is the start of the
// other.
func (c *comparison) brand(addedA, addedB float64) bool {
	short, long, used := c.a, c.b, c.usedB
	if addedA > 0 {
		short, long, used = c.b, c.a, c.usedA
	}
	if addedA > 0 && addedB > 0 || len(short.forms) > 0 || short.weight < brandWeight || len(short.core) >= len(long.core) {
		return false
	}
	start := uint32(1)<<len(short.core) - 1
	return c.n == len(short.core) && used&start == start
}

// losePlaces takes away for places that only one name has.
func (c *comparison) losePlaces() {
	a, b := addedPlace(c.a, c.usedA), addedPlace(c.b, c.usedB)
	switch {
	case a != nil && b != nil:
		if c.terms != nil {
			c.lose(lostPlaces, "other places: %q and %q", a.raw, b.raw)
		} else {
			c.score -= lostPlaces
		}
	case a != nil:
		c.losePlace(a, c.b)
	case b != nil:
		c.losePlace(b, c.a)
	}
}

// losePlace takes away for a place that the other name does not have.
func (c *comparison) losePlace(t *token, other *Name) {
	points, what := float64(lostPlaceFirms), "both names are those of firms"
	switch {
	case t.bracket:
		points, what = lostBranch, "a branch"
	case len(other.forms) == 0:
		points, what = lostPlace, "perhaps a branch"
	}
	if c.terms == nil {
		c.score -= points
		return
	}
	c.lose(points, "only one has the place %q: %s", t.raw, what)
}

func addedPlace(n *Name, used uint32) *token {
	for i := range n.core {
		if used&(1<<i) == 0 && n.core[i].kind == place {
			return &n.core[i]
		}
	}
	return nil
}

// loseNumbers takes away for numbers that differ.
func (c *comparison) loseNumbers() {
	a, b := c.a.numbers, c.b.numbers
	if len(a) == 0 && len(b) == 0 || sameWords(a, b) {
		return
	}
	switch {
	case len(a) > 0 && len(b) > 0:
		c.lose(lostSeries, "other numbers: %v and %v", a, b)
	case len(a)+len(b) == 1 && (len(a) == 1 && a[0] == "1" || len(b) == 1 && b[0] == "1"):
		c.lose(lostFirst, "only one has the number 1")
	default:
		c.lose(lostNumber, "only one has the numbers %v", append(a[:len(a):len(a)], b...))
	}
}

// sameWords tells whether two short lists hold the same words, in any order.
func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	var used uint64
next:
	for _, w := range a {
		for j, v := range b {
			if j < 64 && used&(1<<j) == 0 && v == w {
				used |= 1 << j
				continue next
			}
		}
		return false
	}
	return true
}

// loseForms takes away for legal forms that differ.
func (c *comparison) loseForms() {
	a, b := c.a.forms, c.b.forms
	switch {
	case len(a) == 0 && len(b) == 0:
	case len(a) == 0 || len(b) == 0:
		switch {
		case min(len(c.a.core), len(c.b.core)) == 1:
			c.lose(lostNoFormBare, "only one has a legal form, and the name is one word")
		case !c.a.rare && !c.b.rare:
			c.lose(lostNoFormBare, "only one has a legal form, and the words are ordinary")
		default:
			c.lose(lostNoForm, "only one has a legal form")
		}
	case sameForms(a, b):
	case saysFirm(a) && saysFirm(b):
		c.lose(lostFirm, "%s and %s: words for a firm", formNames(a), formNames(b))
	default:
		c.lose(lostOtherForm, "other legal forms: %s and %s", formNames(a), formNames(b))
	}
}

// saysFirm tells whether forms only say that there is a firm, which lists and
// statutes write for companies of any form.
func saysFirm(forms []legalForm) bool {
	for _, f := range forms {
		if f.key != "co" && f.key != "corp" {
			return false
		}
	}
	return true
}

func sameForms(a, b []legalForm) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a { // both are sorted
		if a[i].key != b[i].key {
			return false
		}
	}
	return true
}

func formNames(forms []legalForm) string {
	out := ""
	for i, f := range forms {
		if i > 0 {
			out += "+"
		}
		out += f.key
	}
	return out
}

// commonWeight is the least weight of words in common that tells one firm from
// others.
const commonWeight = 0.5

func (c *comparison) loseRest() {
	if c.together {
		c.lose(lostTogether, "written together in one, apart in the other")
	}
	if c.reordered {
		c.lose(lostOrder, "another order of words")
	}
	if c.a.scripts&^latin != c.b.scripts&^latin {
		c.lose(lostScript, "one is read from %s", (c.a.scripts|c.b.scripts)&^latin)
	}
	common := 0.0
	for _, p := range c.pairs[:c.n] {
		common += p.weight
	}
	if common < commonWeight {
		c.lose(lostOrdinary, "nothing but ordinary words in common")
	}
}
