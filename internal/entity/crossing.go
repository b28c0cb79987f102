package entity

import "slices"

// crossing finds the round in which owners found in given rounds first hold a
// company to the threshold: the least k such that those of rounds up to k do.
// It also returns by which interest, and false if they never do.
func crossing(g *graph, m *measure, company int32, owners []row, roundOf func(int32) int32, may bool) (at cross, ok bool) {
	type dated struct {
		w     *row
		round int32
	}
	at.round = never
	var seen uint32
	var few [16]dated // most companies have no more owners
	list := few[:0]
	for first := range owners {
		interest := owners[first].interest
		if seen>>interest&1 != 0 {
			continue
		}
		seen |= 1 << interest
		t := tally{interest: interest}
		list = list[:0]
		for i := first; i < len(owners); i++ {
			w := &owners[i]
			if w.interest != interest {
				continue
			}
			t.total(w)
			if w.other != noCompany && w.other != company {
				if round := roundOf(w.other); round != never {
					list = append(list, dated{w, round})
				}
			}
		}
		t.close(t.allHi >= whole && g.r.complete(company)) // which lies far away
		slices.SortFunc(list, func(a, b dated) int { return int(a.round) - int(b.round) })
		reach := m.reachOf(interest)
		for i, round := 0, int32(0); ; {
			for i < len(list) && list[i].round <= round {
				t.add(list[i].w, reach, may)
				i++
			}
			if t.reached(m, may) {
				if round < at.round || !ok {
					at, ok = cross{round: round, interest: interest, tally: t}, true
				}
				break
			}
			if i == len(list) {
				break
			}
			round = list[i].round
		}
	}
	return at, ok
}

// cross is how a company crosses the threshold.
type cross struct {
	round    int32
	interest uint8
	tally    tally
}
