package policy

import "github.com/cleannet/cleannet/internal/evidence"

// Condition is a compiled `when:` expression in CEL. It is immutable and safe
// for concurrent use.
type Condition struct {
	source  string
	program evaluator
}

// evaluator is a checked program of the expression language.
type evaluator interface {
	eval(Facts) (Truth, []string, error)
}

// Truth is a three-valued answer. The zero value is Undecided.
type Truth uint8

// The truth values.
const (
	Undecided Truth = iota // something that it depends on was not observed
	True
	False
)

// String returns the value in one word.
func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	}
	return "undecided"
}

// Facts are what a condition is asked about.
type Facts struct {
	Observation *evidence.Observation
	Party       FactsOf // the side that belongs to a selected company
	Counterpart FactsOf // the other side, zero where the kind has none
}

// FactsOf are what is known of one side. Whatever is empty is not known.
type FactsOf struct {
	ID      evidence.ID
	Name    string
	Country string // ISO 3166-1 alpha-2
	Company string // slug
}

// maxCondition is the longest expression, in bytes.
const maxCondition = 4096

// String returns the expression as written.
func (c *Condition) String() string { return c.source }

// Eval answers the condition. What was not observed is unknown and never
// false: an expression that depends on it is Undecided, and the strings name
// what is missing, sorted: "attrs.peers", "party.country". An expression that
// does not depend on it, as in false && attrs.peers > 1, is decided. A list of
// words that was cut at [evidence.MaxSet] counts as not observed. An error
// means that the expression could not be carried out, for example because it
// cost too much; the answer is then Undecided.
func (c *Condition) Eval(f Facts) (Truth, []string, error) { return c.program.eval(f) }

// compile checks an expression about the kinds. The problems are for people;
// with any there is no condition. The expression language is set up by the
// first call, so that a document without conditions does not pay for it.
func (ce *conditionEnv) compile(source string, kinds []*evidence.Kind) (*Condition, []string) {
	key := kindsKey(kinds) + "\n" + source
	if c, ok := ce.compiled[key]; ok {
		return c, nil
	}
	program, problems := ce.program(source, kinds)
	if len(problems) > 0 {
		return nil, problems
	}
	if ce.compiled == nil {
		ce.compiled = map[string]*Condition{}
	}
	c := &Condition{source, program}
	ce.compiled[key] = c
	return c, nil
}
