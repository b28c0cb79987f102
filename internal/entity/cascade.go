package entity

import "math"

// never is the round of a company that is not found.
const never = math.MaxInt32

// cascade is the answer of MethodCascade and MethodControl: for each company
// the round in which it was found. Round 0 are the seeds; round k+1 are those
// that the companies of rounds up to k hold to the threshold. Rounds do not
// depend on the order of anything, so proofs that follow them do not either.
type cascade struct {
	g         *graph
	m         measure
	seeds     []int32
	places    places
	must, may []int32 // rounds by place
}

func newCascade(g *graph, rule ControlRule, seeds []int32) *cascade {
	return floodAll(g, rule.measure(), seeds)
}

// floodAll computes both fixpoints from nothing.
func floodAll(g *graph, m measure, seeds []int32) *cascade {
	c := &cascade{g: g, m: m, seeds: seeds, places: places{n: g.n}}
	if !m.undefined { // else all must be looked at for what is undisclosed of them
		f := flood{cascade: c}
		if f.few() {
			return c
		}
	}
	c.places = places{n: g.n, all: true}
	d := dense{flood: flood{cascade: c}}
	d.many()
	return c
}

func (c *cascade) state(company int32) State {
	place := c.places.find(company)
	switch {
	case place < 0 || int(place) >= len(c.may):
		return Out
	case c.must[place] != never:
		return In
	case c.may[place] != never:
		return Unknown
	}
	return Out
}

func (c *cascade) found(yield func(int32)) {
	for place := range c.may {
		if c.may[place] != never || c.must[place] != never {
			yield(c.places.company(int32(place)))
		}
	}
}
