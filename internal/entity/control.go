package entity

import (
	"slices"
)

// ControlRule says when a company counts as controlled by the seeds.
type ControlRule struct {
	Method    Method
	Threshold Share
	Strict    bool     // the sum must exceed the threshold, not only reach it
	Single    bool     // one owner alone must reach it; shares are not added up
	Interests []string // kinds of interest that count, each for itself; nil: all
	// CountUndisclosed counts the part that no owner is named for as if the
	// seeds might hold it, for each company that has a named owner and whose
	// list of owners is not complete.
	CountUndisclosed bool
	// Reach says for MethodFamily who belongs to the family of a seed:
	// "subsidiaries", "parents", "affiliates" (held by a common parent); nil:
	// all of them.
	Reach []string
}

// Method is how control passes along ownership.
type Method string

// The methods. docs/adr/0006-ownership-methods.md defines them exactly.
const (
	// MethodListed is no control at all: the seeds alone.
	MethodListed Method = "listed"
	// MethodCascade is the 50 % rule of OFAC (FAQ 398–402): whoever the seeds
	// and those already found hold to the threshold together is controlled as
	// if listed. It does not multiply shares along a chain.
	MethodCascade Method = "cascade"
	// MethodMultiply adds up effective interests: shares are multiplied along
	// each chain of owners, and cycles are solved.
	MethodMultiply Method = "multiply"
	// MethodMultiplyControl multiplies likewise, but counts a holding of more
	// than half as the whole (the attribution rule of 47 CFR 1.5002).
	MethodMultiplyControl Method = "multiply-control"
	// MethodControl is ownership to the threshold or control by other means:
	// an interest that gives control, whatever the share (see
	// [ControlInterests]), or more than half of the votes or of the board.
	MethodControl Method = "control"
	// MethodFamily is the corporate family by the same measure: see
	// [ControlRule.Reach].
	MethodFamily Method = "family"
)

// ControlInterests returns the interests that by themselves give control under
// [MethodControl], whatever the share that goes with them.
func ControlInterests() []string {
	var out []string
	for code, name := range interestNames {
		if givesControl(uint8(code)) {
			out = append(out, name)
		}
	}
	return out
}

func givesControl(code uint8) bool {
	return code == codeContract || code == codeRules || code == codeLaw || code == codeConsolidated
}

// State is a three-valued answer.
type State uint8

// The states. The zero State is Unknown.
const (
	Unknown State = iota // within the shares' ranges it may be either
	In                   // controlled, whatever the true shares are
	Out                  // not controlled, whatever the true shares are
)

// Control is the answer of [Registry.Control]. It is immutable and safe for
// concurrent use.
type Control struct {
	r     *Registry
	rule  ControlRule
	on    Date
	seeds []int32 // sorted
	answer
}

// answer is what a method finds, beside the seeds.
type answer interface {
	state(company int32) State
	found(yield func(company int32)) // those in state In or Unknown, in any order
	chain(c *Control, company int32) []Proof
}

// Control returns which companies the seeds control at a date. Shares known as
// ranges are read in two ways: "must" gives the seeds the least that they can
// hold, "may" the greatest; a company in may but not in must is Unknown. A
// seed that the registry does not know is left out.
//
// Under MethodListed, MethodCascade, MethodControl and MethodMultiply both
// answers are exact: In holds for every completion of the ranges, Out
// likewise, and Unknown companies are in for some and out for others. The
// other methods are sound: In and Out hold for every completion, but a company
// may stay Unknown of which a finer reckoning would know. docs/adr/0006 gives
// the proofs, and the bounds of reckoning within which they hold.
func (r *Registry) Control(rule ControlRule, seeds []string, on Date) *Control {
	return r.ControlBy(rule, r.Group(seeds, Attributes{}), on)
}

// ControlBy is [Registry.Control] with the seeds as a group of the registry.
func (r *Registry) ControlBy(rule ControlRule, seeds Group, on Date) *Control {
	c := &Control{r: r, rule: rule, on: on, seeds: seeds.numbers, answer: listedOnly{}}
	switch rule.Method {
	case MethodCascade, MethodControl:
		c.answer = newCascade(r.graph(rule, on), rule, c.seeds)
	case MethodMultiply, MethodMultiplyControl:
		c.answer = newMultiply(r.graph(rule, on), rule, c.seeds)
	case MethodFamily:
		c.answer = newFamily(r.graph(rule, on), rule, c.seeds)
	}
	return c
}

// At returns the answer for another date. Under MethodCascade and
// MethodControl it costs as much as ownership changed between the two dates,
// not as much as there is; otherwise it is as [Registry.Control].
func (c *Control) At(on Date) *Control {
	next := *c
	next.on = on
	switch old := c.answer.(type) {
	case *cascade:
		next.answer = old.at(on)
	case listedOnly:
	case *multiply, anyOf:
		next.answer = newMultiply(c.r.graph(c.rule, on), c.rule, c.seeds)
	case *family:
		next.answer = newFamily(c.r.graph(c.rule, on), c.rule, c.seeds)
	}
	return &next
}

// listedOnly is the answer of MethodListed.
type listedOnly struct{}

func (listedOnly) state(int32) State             { return Out }
func (listedOnly) found(func(int32))             {}
func (listedOnly) chain(*Control, int32) []Proof { return nil }

// State returns whether the company is controlled; seeds are.
func (c *Control) State(slug string) State {
	n, ok := c.r.number(slug)
	switch {
	case !ok:
		return Out
	case c.seed(n):
		return In
	}
	return c.state(n)
}

func (c *Control) seed(company int32) bool {
	_, ok := slices.BinarySearch(c.seeds, company)
	return ok
}

// Listed reports whether the company is itself a seed.
func (c *Control) Listed(slug string) bool {
	n, ok := c.r.number(slug)
	return ok && c.seed(n)
}

// Members returns every company in state In and those in state Unknown, sorted.
func (c *Control) Members() (in, unknown []string) {
	for _, s := range c.seeds {
		in = append(in, c.r.slug(s))
	}
	c.found(func(company int32) {
		switch {
		case c.seed(company):
		case c.state(company) == In:
			in = append(in, c.r.slug(company))
		default:
			unknown = append(unknown, c.r.slug(company))
		}
	})
	slices.Sort(in)
	slices.Sort(unknown)
	return in, unknown
}

// Chain returns the edges from seeds to the company, outermost first: for each
// company on the way, the edges that decided it. It is empty for a seed and
// for a company that is out.
func (c *Control) Chain(slug string) []Proof {
	n, ok := c.r.number(slug)
	if !ok || c.seed(n) || c.state(n) == Out {
		return nil
	}
	return c.chain(c, n)
}

// measure is a rule in the form in which sums are compared with it.
type measure struct {
	reach     int64 // the least sum that reaches the threshold
	mask      uint32
	strict    bool // reach is one unit above the threshold itself
	single    bool
	undefined bool // what no owner is named for may be the seeds'
	control   bool // some interests give control by themselves
}

func (rule ControlRule) measure() measure {
	m := measure{
		reach: int64(rule.Threshold), strict: rule.Strict, single: rule.Single, undefined: rule.CountUndisclosed,
		mask: 1<<len(interestNames) - 1, control: rule.Method == MethodControl || rule.Method == MethodFamily,
	}
	if rule.Strict {
		m.reach++
	}
	m.reach = max(m.reach, 1) // who holds nothing of it does not control it
	if rule.Interests != nil {
		m.mask = 0
		for _, name := range rule.Interests {
			if code, ok := interestCode(name); ok {
				m.mask |= 1 << code
			}
		}
	}
	return m
}

// counted returns the interests that are looked at: the rule's, and those that
// give control.
func (m measure) counted() uint32 {
	mask := m.mask
	if m.control {
		mask |= 1<<codeVotes | 1<<codeBoard
		for code := range uint8(len(interestNames)) {
			if givesControl(code) {
				mask |= 1 << code
			}
		}
	}
	return mask
}

// reachOf returns the least sum of an interest that reaches control.
func (m measure) reachOf(interest uint8) int64 {
	const majority = int64(Whole)/2 + 1
	owned := m.mask>>interest&1 != 0
	switch {
	case !m.control:
		return m.reach
	case givesControl(interest):
		return 0
	case interest != codeVotes && interest != codeBoard:
		return m.reach
	case owned:
		return min(m.reach, majority)
	}
	return majority
}
