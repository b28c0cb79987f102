package entity

import (
	"math/bits"
	"slices"
)

// flood computes the two fixpoints from nothing. Every company enters once and
// every holding is counted once, so the cost is linear in what is reached. Who
// was found waits in line by rounds: as all of one round are spread before any
// of the next, a company's round is known when it is found.
type flood struct {
	*cascade
	lacks   [2]needs // of must, of may
	another []int32  // by place: the first of others, plus one; shorter while there are none
	next    []int32  // by number of others: the next in the same company, plus one
	roomy   []int32  // places of who may be controlled though no owner is
	owners  []row
	assets  []row
	tallies []tally
	closed  bool // no company gets a place any more
}

// needs is what one fixpoint lacks. What a holding must know of its asset lies
// together: where most is reached, the time goes into fetching it.
type needs struct {
	may    bool
	first  []need  // by place: of the first kind of interest in the company
	others []need  // of further kinds
	rounds []int32 // by place
}

// few computes both fixpoints if they reach few companies: it looks at no
// others. Otherwise it gives up, with false.
func (f *flood) few() bool {
	f.lacks[1].may = true
	for _, s := range f.seeds {
		f.place(s)
	}
	return f.run(&f.lacks[1]) && f.run(&f.lacks[0])
}

// within computes both fixpoints among the companies that have a place, as if
// there were no others.
func (f *flood) within() {
	f.closed = true
	f.lacks[1].may = true
	for _, company := range f.places.list {
		f.enter(company)
	}
	f.run(&f.lacks[1])
	f.run(&f.lacks[0])
}

// place returns a company's place, a new one if need be.
func (f *flood) place(company int32) int32 {
	if p := f.places.find(company); p >= 0 {
		return p
	}
	p := f.places.add(company)
	f.enter(company)
	return p
}

// enter notes for the next place what is lacking of its company.
func (f *flood) enter(company int32) {
	place := int32(len(f.lacks[0].first))
	for i := range f.lacks {
		l := &f.lacks[i]
		l.first = append(l.first, need{interest: noInterest, done: true})
		l.rounds = append(l.rounds, never)
	}
	f.total(company)
	for i := range f.tallies {
		t := &f.tallies[i]
		must, may := t.need(&f.m, false), t.need(&f.m, true)
		if i == 0 {
			f.lacks[0].first[place], f.lacks[1].first[place] = must, may
		} else {
			f.other(place, must, may)
		}
		if t.roomy(&f.m) && !slices.Contains(f.roomy[max(len(f.roomy)-1, 0):], place) {
			f.roomy = append(f.roomy, place)
		}
	}
}

// other notes what is lacking of a company by a further kind of interest.
func (f *flood) other(place int32, must, may need) {
	for len(f.another) <= int(place) {
		f.another = append(f.another, 0)
	}
	// What is never to be by one interest may be by another: done is asked of
	// the first alone, and says that the company is found.
	for i, n := range []need{must, may} {
		if first := &f.lacks[i].first[place]; first.done {
			first.done, first.shut = false, true
		}
		n.shut, n.done = n.done, false
		f.lacks[i].others = append(f.lacks[i].others, n)
	}
	f.next = append(f.next, f.another[place])
	f.another[place] = int32(len(f.next))
}

// total adds up the holdings in a company by kinds of interest.
func (f *flood) total(company int32) {
	f.tallies = f.tallies[:0]
	f.owners = f.g.owners(company, f.owners)
	for i := range f.owners {
		w := &f.owners[i]
		at := 0
		for at < len(f.tallies) && f.tallies[at].interest != w.interest {
			at++
		}
		if at == len(f.tallies) {
			f.tallies = append(f.tallies, tally{interest: w.interest})
		}
		f.tallies[at].total(w)
	}
	for i := range f.tallies {
		t := &f.tallies[i]
		// Whether all owners are named is asked only where it matters: it lies
		// far away.
		t.close(t.allHi >= whole && f.g.r.complete(company))
	}
}

// run computes one fixpoint. Among few companies it gives up, with false, when
// they become many.
func (f *flood) run(l *needs) bool {
	var front, after []int32
	for _, s := range f.seeds {
		p := f.places.find(s)
		l.first[p].done, l.rounds[p] = true, 0
		front = append(front, p)
	}
	if l.may {
		for _, p := range f.roomy { // in round 1, as if found by round 0
			if l.rounds[p] == never {
				l.first[p].done, l.rounds[p] = true, 1
				after = append(after, p)
			}
		}
	}
	for round := int32(1); len(front)+len(after) > 0; round++ {
		for _, p := range front {
			after = f.spread(l, f.places.company(p), round, after)
			if !f.closed && f.places.crowded() {
				return false
			}
		}
		front, after = after, front[:0]
	}
	if l.may {
		f.may = l.rounds
	} else {
		f.must = l.rounds
	}
	return true
}

// sorted sorts many places that differ.
func (f *flood) sorted(list []int32) []int32 {
	marks := make([]uint64, f.g.n/64+1)
	for _, p := range list {
		marks[p/64] |= 1 << (p % 64)
	}
	list = list[:0]
	for i, word := range marks {
		for ; word != 0; word &= word - 1 {
			list = append(list, int32(64*i+bits.TrailingZeros64(word)))
		}
	}
	return list
}

// spread counts what an owner holds, and adds to those found whom that gives
// control of.
func (f *flood) spread(l *needs, owner, round int32, found []int32) []int32 {
	f.assets = f.g.assets(owner, f.assets)
	for i := range f.assets {
		w := &f.assets[i]
		if w.other == owner {
			continue // treasury stock: no owner
		}
		at := f.places.find(w.other)
		if at < 0 && f.closed {
			continue
		}
		if at < 0 {
			at = f.place(w.other)
		}
		if f.countPlace(l, at, w) {
			l.first[at].done, l.rounds[at] = true, round
			found = append(found, at)
		}
	}
	return found
}

// countPlace counts a holding in the company of a place, and reports whether
// that gives control of it, which nothing gave before.
func (f *flood) countPlace(l *needs, at int32, w *row) bool {
	n := &l.first[at]
	if n.done {
		return false
	}
	if n.interest != w.interest {
		if n = f.otherNeed(l, at, w.interest); n == nil {
			return false
		}
	}
	return !n.shut && n.count(w, &f.m, l.may)
}

// otherNeed returns what is lacking by a further kind of interest, nil if
// nobody holds it.
func (f *flood) otherNeed(l *needs, place int32, interest uint8) *need {
	if int(place) >= len(f.another) {
		return nil
	}
	for at := f.another[place]; at > 0; at = f.next[at-1] {
		if n := &l.others[at-1]; n.interest == interest {
			return n
		}
	}
	return nil
}
