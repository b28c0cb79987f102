package entity

// tally keeps the sums of an asset for one kind of interest. They are wide: a
// thousand owners may each hold up to 100 %.
type tally struct {
	allLo, allHi int64 // over all owners
	inLo, inHi   int64 // over owners found so far
	below        int64 // over owners found so far, if each stayed below the threshold
	single       int64 // most that one owner found so far surely (or perhaps) holds
	interest     uint8
	complete     bool // all owners are named: their shares add up to the whole
	torn         bool // sources contradict one another: together more than the whole
	given        bool // an owner found so far has an interest that gives control
}

const whole = int64(Whole)

// total counts a holding among all.
func (t *tally) total(w *row) {
	t.allLo += int64(w.lo)
	t.allHi += int64(w.hi)
}

// close ends the counting of all holdings. Only of shareholders does a company
// say whether all are named; where sources differ, their shares may still fall
// short of the whole, and then the list is not complete after all.
func (t *tally) close(complete bool) {
	t.torn = t.allLo > whole
	t.complete = complete && t.interest == codeShareholding && t.allHi >= whole && !t.torn
}

// add counts a holding whose owner was found.
func (t *tally) add(w *row, reach int64, may bool) {
	lo, hi := int64(w.lo), int64(w.hi)
	t.inLo += lo
	t.inHi += hi
	t.below += min(hi, reach-1)
	if may {
		t.single = max(t.single, min(hi, max(whole-(t.allLo-lo), 0)))
	} else {
		t.single = max(t.single, lo)
	}
	t.given = t.given || givesControl(w.interest)
}

// held returns the least (or, for may, the greatest) part of the asset that
// the companies found so far can hold, given that the whole is 100 %.
func (t *tally) held(m *measure, reach int64, may bool) int64 {
	outLo, outHi := t.allLo-t.inLo, t.allHi-t.inHi
	open := m.undefined && !t.complete
	switch {
	case t.torn && may: // the sources cannot all be right: anything that one of them allows
		return min(t.inHi, whole)
	case t.torn:
		return 0
	case m.single && may && open:
		return max(t.single, whole-t.allLo)
	case m.single && !may && t.complete && t.below+outHi < whole:
		return max(t.single, reach) // not all of them can stay below it
	case m.single:
		return t.single
	case !may && t.complete:
		return max(t.inLo, whole-outHi)
	case !may:
		return t.inLo
	case open:
		return whole - outLo
	}
	return min(t.inHi, whole-outLo)
}

// reached reports whether what is held gives control.
func (t *tally) reached(m *measure, may bool) bool {
	if t.given && m.control {
		return true
	}
	reach := m.reachOf(t.interest)
	return reach > 0 && t.held(m, reach, may) >= reach
}
