package entity

import (
	"cmp"
	"maps"
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

// The methods.
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
	// an interest that gives control, whatever the share.
	MethodControl Method = "control"
	// MethodFamily is the corporate family: see [ControlRule.Reach].
	MethodFamily Method = "family"
)

// State is a three-valued answer.
type State uint8

// The states. The zero State is Unknown.
const (
	Unknown State = iota // within the shares' ranges it may be either
	In                   // controlled, whatever the true shares are
	Out                  // not controlled, whatever the true shares are
)

// Control is the answer of [Registry.Control]. It is immutable.
type Control struct {
	seeds map[string]bool
	must  map[string]Proof
	may   map[string]Proof
}

// Proof is why a company is (or may be) controlled: the edges that were
// counted when its sum crossed the threshold.
type Proof struct {
	Edges []Edge // in the order of their owners
	Sum   Share  // their sum, by lower bounds in a proof of In, else by upper
}

// Control returns which companies the seeds control at a date. With shares
// known as ranges it computes two least fixpoints: "must" with the least part
// that the seeds can hold, "may" with the greatest; a company in may but not
// in must is Unknown. Both answers are exact: In holds for every completion of
// the ranges, Out likewise.
func (r *Registry) Control(rule ControlRule, seeds []string, on Date) *Control {
	c := &Control{seeds: make(map[string]bool, len(seeds))}
	for _, s := range seeds {
		if _, ok := r.companies[s]; ok {
			c.seeds[s] = true
		}
	}
	if rule.Method != MethodCascade {
		return c
	}
	c.must = r.cascade(rule, c.seeds, on, false)
	c.may = r.cascade(rule, c.seeds, on, true)
	return c
}

func (r *Registry) cascade(rule ControlRule, seeds map[string]bool, on Date, may bool) map[string]Proof {
	c := cascade{
		r: r, rule: rule, reach: int64(rule.Threshold), seeds: seeds, on: on, may: may,
		tallies: make(map[tallyKey]*tally), found: make(map[string]Proof),
	}
	if rule.Strict {
		c.reach++
	}
	return c.run()
}

// State returns whether the company is controlled; seeds are.
func (c *Control) State(slug string) State {
	if c.seeds[slug] {
		return In
	}
	if _, ok := c.must[slug]; ok {
		return In
	}
	if _, ok := c.may[slug]; ok {
		return Unknown
	}
	return Out
}

// Listed reports whether the company is itself a seed.
func (c *Control) Listed(slug string) bool { return c.seeds[slug] }

// Members returns every company in state In and those in state Unknown, sorted.
func (c *Control) Members() (in, unknown []string) {
	in = slices.Collect(maps.Keys(c.seeds))
	for slug := range c.may {
		if _, ok := c.must[slug]; ok {
			in = append(in, slug)
		} else if !c.seeds[slug] {
			unknown = append(unknown, slug)
		}
	}
	slices.Sort(in)
	slices.Sort(unknown)
	return slices.Compact(in), unknown
}

// Chain returns the edges from seeds to the company, outermost first: for each
// company on the way, the edges that decided it. It is empty for a seed and
// for a company that is out.
func (c *Control) Chain(slug string) []Proof {
	proofs := c.may
	if c.State(slug) == In {
		proofs = c.must
	}
	var chain []Proof
	seen := map[string]bool{}
	var visit func(string)
	visit = func(slug string) {
		proof, ok := proofs[slug]
		if !ok || seen[slug] || c.seeds[slug] {
			return
		}
		seen[slug] = true
		for _, e := range proof.Edges {
			visit(e.Owner)
		}
		chain = append(chain, proof)
	}
	visit(slug)
	return chain
}

// tally keeps the sums of an asset for one kind of interest. They are wide: a
// thousand owners may each hold up to 100 %.
type tally struct {
	complete     bool  // all owners are named: their shares add up to the whole
	inLo, inHi   int64 // over owners found so far
	allLo, allHi int64 // over all named owners
	single       int64 // most that one owner found so far surely (or perhaps) holds
	below        int64 // over owners found so far, if each stayed below the threshold
	edges        []Edge
}

type tallyKey struct{ asset, interest string }

// cascade is one fixpoint being computed.
type cascade struct {
	r       *Registry
	rule    ControlRule
	reach   int64 // the least sum that reaches the threshold
	seeds   map[string]bool
	on      Date
	may     bool
	tallies map[tallyKey]*tally
	found   map[string]Proof
}

// run computes the fixpoint. Every company enters once and every edge is
// counted once, so the cost is linear in companies and edges.
func (c *cascade) run() map[string]Proof {
	queue := slices.Sorted(maps.Keys(c.seeds))
	if c.may && c.rule.CountUndisclosed {
		queue = append(queue, c.undisclosed()...)
	}
	for len(queue) > 0 {
		owner := queue[0]
		queue = queue[1:]
		for _, e := range c.r.assets[owner] {
			if !c.counts(e) {
				continue
			}
			t := c.tally(e)
			c.add(t, e)
			if _, ok := c.found[e.Asset]; ok {
				continue
			}
			if sum := c.held(t); sum >= c.reach {
				c.found[e.Asset] = t.proof(sum)
				queue = append(queue, e.Asset)
			}
		}
	}
	return c.found
}

func (c *cascade) counts(e Edge) bool {
	return e.Valid.Contains(c.on) && !c.seeds[e.Asset] &&
		(c.rule.Interests == nil || slices.Contains(c.rule.Interests, e.Interest))
}

// undisclosed returns the companies that even without a known owner among the
// seeds may be held to the threshold, because their named owners leave room.
// Of a company without any named owner nothing is known, not even that it has
// an undisclosed one; it stays out.
func (c *cascade) undisclosed() []string {
	var out []string
	for _, slug := range c.r.slugs {
		for _, e := range c.r.owners[slug] {
			if !c.counts(e) {
				continue
			}
			t := c.tally(e)
			if sum := c.held(t); sum >= c.reach {
				c.found[slug] = t.proof(sum)
				out = append(out, slug)
				break
			}
		}
	}
	return out
}

// tally returns the sums for the asset and interest of an edge.
func (c *cascade) tally(e Edge) *tally {
	key := tallyKey{e.Asset, e.Interest}
	t, ok := c.tallies[key]
	if !ok {
		t = new(tally)
		for _, o := range c.r.owners[e.Asset] {
			if o.Interest == e.Interest && o.Valid.Contains(c.on) {
				t.allLo += int64(o.Share.Lo)
				t.allHi += int64(o.Share.Hi)
			}
		}
		// Shares of a company whose owners are all named reach the whole, which
		// New has checked; of its other interests perhaps not all are known.
		t.complete = c.r.companies[e.Asset].OwnersComplete && t.allHi >= int64(Whole)
		c.tallies[key] = t
	}
	return t
}

// add counts an edge whose owner was found.
func (c *cascade) add(t *tally, e Edge) {
	lo, hi := int64(e.Share.Lo), int64(e.Share.Hi)
	t.inLo += lo
	t.inHi += hi
	t.below += min(hi, c.reach-1)
	if c.may {
		t.single = max(t.single, min(hi, int64(Whole)-(t.allLo-lo)))
	} else {
		t.single = max(t.single, lo)
	}
	t.edges = append(t.edges, e)
}

// held returns the least (or, for may, the greatest) part of the asset that
// the companies found so far can hold, given that the whole is 100 %.
func (c *cascade) held(t *tally) int64 {
	const whole = int64(Whole)
	outLo, outHi := t.allLo-t.inLo, t.allHi-t.inHi
	undisclosed := c.rule.CountUndisclosed && !t.complete
	switch {
	case c.rule.Single && c.may && undisclosed:
		return max(t.single, whole-t.allLo)
	case c.rule.Single && !c.may && t.complete && t.below+outHi < whole:
		return max(t.single, c.reach) // not all of them can stay below it
	case c.rule.Single:
		return t.single
	case !c.may && t.complete:
		return max(t.inLo, whole-outHi)
	case !c.may:
		return t.inLo
	case undisclosed:
		return whole - outLo
	}
	return min(t.inHi, whole-outLo)
}

func (t *tally) proof(sum int64) Proof {
	edges := slices.Clone(t.edges)
	slices.SortFunc(edges, func(a, b Edge) int { return cmp.Compare(a.Owner, b.Owner) })
	return Proof{edges, Share(min(sum, int64(Whole)))}
}
