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
	city         bool // the place at the start of one name is no matter
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
	if c.terms == nil {
		c.score -= lostAcronym
	} else {
		c.lose(lostAcronym, "%q are the initials of %q", short.Text, long.Text)
	}
	if len(short.forms) > 0 { // initials alone are how people write, not a firm's name
		c.loseForms()
	}
	return true
}
