package entity

// need is what the companies found so far lack to control an asset by one kind
// of interest. It counts down, so that a holding costs two subtractions: what
// a tally says of sums, a need says of their distance from the threshold.
type need struct {
	hi       int64 // in upper bounds
	lo       int32 // in lower bounds, at most the whole
	interest uint8
	done     bool // the company is found, or never to be: no more to count
	shut     bool // never to be by this kind of interest, though by another
	torn     bool // sources contradict one another
}

// far is what no holdings add up to.
const far = int64(1) << 62

// noInterest is that of a company which nobody owns.
const noInterest = 1<<8 - 1

// need returns what is lacking of an asset when no owner is found yet. Of the
// cases of [tally.held] it is the distance: must has the asset once lo or hi
// is used up, may once both are.
func (t *tally) need(m *measure, may bool) need {
	reach := m.reachOf(t.interest)
	room := reach - whole + t.allLo // what it takes beside the least shares of the others
	out := need{interest: t.interest, torn: t.torn, hi: far}
	switch {
	case m.control && givesControl(t.interest):
		out.hi = 0 // any holding will do
	case reach > whole, t.torn && !may:
		out.done = true
	case t.torn:
		out.hi = reach
	case may:
		out.lo, out.hi = int32(room), reach
		if m.undefined && !t.complete && !m.single {
			out.hi = 0
		}
	default:
		out.lo = int32(reach)
		if t.complete && m.single {
			out.hi = t.allHi - whole + 1 // not all of them can stay below the threshold
		} else if t.complete {
			out.hi = t.allHi - whole + reach
		}
	}
	return out
}

// roomy reports whether the asset may be controlled though no owner is found,
// because its named owners leave room. Of a company without any named owner
// nothing is known, not even that it has an undisclosed one; it stays out.
func (t *tally) roomy(m *measure) bool { return m.undefined && !t.given && t.reached(m, true) }

// count takes a holding whose owner was found from what is lacking, and
// reports whether nothing is any more.
func (n *need) count(w *row, m *measure, may bool) bool {
	if m.single && (!may || !n.torn) {
		return n.countAlone(w, m.reachOf(n.interest), may)
	}
	n.lo = max(n.lo-w.lo, min(n.lo, 0))
	n.hi -= int64(w.hi)
	if may {
		return n.lo <= 0 && n.hi <= 0
	}
	return n.lo <= 0 || n.hi <= 0
}

// countAlone is count where one owner alone must have enough.
func (n *need) countAlone(w *row, reach int64, may bool) bool {
	if may {
		return w.lo >= n.lo && int64(w.hi) >= n.hi
	}
	n.hi -= max(int64(w.hi)-reach+1, 0)
	return int64(w.lo) >= reach || n.hi <= 0
}
