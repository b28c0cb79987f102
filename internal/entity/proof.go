package entity

import (
	"cmp"
	"slices"
)

// Proof is why a company is (or may be) controlled: the edges that were
// counted when its sum crossed the threshold.
type Proof struct {
	Asset string // the company that they make controlled
	Edges []Edge // in the order of their owners; empty where only room decides
	// Sums are the running sums after each edge, by lower bounds in a proof of
	// In, else by upper; under the methods that multiply, of effective
	// interests. A sum stops at 100 %.
	Sums []Share
	// Sum is what was compared with the threshold. It may exceed the last of
	// Sums by what must be the edges' owners' since all owners are named, or
	// might be theirs since not all are.
	Sum Share
	// Least and Most are the least and the greatest part that the controlled
	// companies can hold.
	Least, Most Share
	Reach       Share // the least sum that gives control
	// Decides says that the shares behind this proof leave the company
	// Unknown: exact ones would settle it.
	Decides bool
}

// chain implements answer.
func (c *cascade) chain(_ *Control, company int32) []Proof {
	may := c.state(company) != In
	var out []Proof
	seen := map[int32]bool{}
	type visit struct {
		company int32
		proof   *Proof // set once the owners were visited
	}
	// By hand and not by recursion: a chain may be as long as there are
	// companies.
	stack := []visit{{company: company}}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if top.proof != nil {
			out = append(out, *top.proof)
			continue
		}
		if _, seed := slices.BinarySearch(c.seeds, top.company); seed || seen[top.company] {
			continue
		}
		seen[top.company] = true
		proof, owners := c.proof(top.company, may)
		stack = append(stack, visit{proof: &proof})
		for _, o := range slices.Backward(owners) {
			stack = append(stack, visit{company: o})
		}
	}
	return out
}

// proof returns the edges that made a company controlled, and their owners.
func (c *cascade) proof(company int32, may bool) (Proof, []int32) {
	rounds := c.must
	if may {
		rounds = c.may
	}
	roundIn := func(rounds []int32) func(int32) int32 {
		return func(o int32) int32 {
			if p := c.places.find(o); p >= 0 && int(p) < len(rounds) {
				return rounds[p]
			}
			return never
		}
	}
	rows := c.g.owners(company, nil)
	at, _ := crossing(c.g, &c.m, company, rows, roundIn(rounds), may)
	out := Proof{Asset: c.g.r.slug(company), Reach: Share(c.m.reachOf(at.interest))}
	var owners []int32
	var sum int64
	for _, w := range rows {
		if w.interest != at.interest || w.other == company || w.other == noCompany || roundIn(rounds)(w.other) > at.round {
			continue
		}
		if may {
			sum += int64(w.hi)
		} else {
			sum += int64(w.lo)
		}
		out.Edges = append(out.Edges, c.g.edge(w.other, company, w))
		out.Sums = append(out.Sums, Share(min(sum, whole)))
		owners = append(owners, w.other)
	}
	out.Sum = Share(min(at.tally.held(&c.m, int64(out.Reach), may), whole))
	out.Least = c.sumOf(company, rows, at.interest, roundIn(c.must), false)
	out.Most = c.sumOf(company, rows, at.interest, roundIn(c.may), true)
	out.Decides = c.state(company) == Unknown
	return out, owners
}

// sumOf returns what all the companies found hold of an asset.
func (c *cascade) sumOf(company int32, rows []row, interest uint8, roundOf func(int32) int32, may bool) Share {
	t := tally{interest: interest}
	for i := range rows {
		if rows[i].interest == interest {
			t.total(&rows[i])
		}
	}
	t.close(c.g.r.complete(company))
	reach := c.m.reachOf(interest)
	for i := range rows {
		w := &rows[i]
		if w.interest == interest && w.other != noCompany && w.other != company && roundOf(w.other) != never {
			t.add(w, reach, may)
		}
	}
	return Share(max(min(t.held(&c.m, reach, may), whole), 0))
}

// Deciding is what would settle whether a company is controlled.
type Deciding struct {
	// Edges are holdings whose exact share would: of owners that are or may be
	// controlled, and of others where their shares bound what is left.
	Edges []Edge
	// Room names companies of which not all owners are named, where those that
	// are not might decide.
	Room []string
}

// Deciding returns what keeps a company in state Unknown, owners first; nothing
// for one in another state.
func (c *Control) Deciding(slug string) Deciding {
	var out Deciding
	if c.State(slug) != Unknown {
		return out
	}
	for _, p := range c.Chain(slug) {
		if !p.Decides {
			continue
		}
		counted := map[string]bool{}
		for _, e := range p.Edges {
			counted[e.Owner+" "+e.Interest] = true
			if e.Share.Lo < e.Share.Hi {
				out.Edges = append(out.Edges, e)
			}
		}
		if n, ok := c.r.number(p.Asset); ok && c.rule.CountUndisclosed && !c.r.complete(n) {
			out.Room = append(out.Room, p.Asset)
		}
		for _, e := range c.others(p, counted) {
			if e.Share.Lo < e.Share.Hi {
				out.Edges = append(out.Edges, e)
			}
		}
	}
	slices.Sort(out.Room)
	out.Room = slices.Compact(out.Room)
	return out
}

// others returns the holdings in the asset of a proof that were not counted in
// it, of the interests that were, where they bound what can be held.
func (c *Control) others(p Proof, counted map[string]bool) []Edge {
	var out []Edge
	for _, e := range c.r.Owners(p.Asset, c.on) {
		same := len(p.Edges) == 0 || e.Interest == p.Edges[0].Interest
		if same && e.Owner != p.Asset && !counted[e.Owner+" "+e.Interest] {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Edge) int { return cmp.Compare(a.Owner, b.Owner) })
	return out
}
