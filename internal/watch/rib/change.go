package rib

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Pair is whom a fact is about: one network, or two in no order. All facts about
// the same pair are judged together.
type Pair struct{ Low, High uint32 } // Low is 0 for one network

// PairOf returns whom a fact is about.
func PairOf(f carrier.Fact) Pair {
	if f.Right == 0 {
		return Pair{0, f.Left}
	}
	return Pair{min(f.Left, f.Right), max(f.Left, f.Right)}
}

// facts lists all facts that a pair may have.
func (p Pair) facts() []carrier.Fact {
	if p.Low == 0 {
		return []carrier.Fact{{Kind: carrier.KindOrigin, Left: p.High}, {Kind: carrier.KindTransit, Left: p.High}}
	}
	return []carrier.Fact{
		{Kind: carrier.KindAdjacency, Left: p.Low, Right: p.High}, {Kind: carrier.KindAdjacency, Left: p.High, Right: p.Low},
		{Kind: carrier.KindSession, Left: p.Low, Right: p.High}, {Kind: carrier.KindSession, Left: p.High, Right: p.Low},
	}
}

// Change is what is to be known of a pair of which something has changed.
type Change struct {
	Pair Pair
	// Observations are all that is there of it now.
	Observations []evidence.Observation
	// Lost says that something of it went because its feed did: it is not known
	// whether it is gone.
	Lost bool
}

// Pending returns how many facts have changed since [Table.Changed] told of
// them.
func (t *Table) Pending() int { return len(t.changed) }

// Changed returns at most n of the pairs of which something has changed, with
// all that there is of them, and forgets that it has. What is gone is forgotten
// altogether.
func (t *Table) Changed(n int) []Change {
	var out []Change
	at := make(map[Pair]int)
	done := 0
	for _, no := range t.changed {
		s := &t.seen[no]
		pair := PairOf(s.fact)
		i, known := at[pair]
		if !known {
			if len(out) == n {
				break
			}
			i = len(out)
			at[pair] = i
			out = append(out, Change{Pair: pair})
		}
		done++
		s.changed = false
		if s.routes == 0 {
			out[i].Lost = out[i].Lost || s.lost
			delete(t.facts, s.fact)
			*s = sighting{}
			t.free = append(t.free, no)
		}
	}
	t.changed = slices.Delete(t.changed, 0, done)
	for i := range out {
		for _, f := range out[i].Pair.facts() {
			if no, ok := t.facts[f]; ok && t.seen[no].routes > 0 {
				out[i].Observations = append(out[i].Observations, t.observation(no))
			}
		}
	}
	return out
}

// observation makes the observation of a fact.
func (t *Table) observation(no uint32) evidence.Observation {
	s := &t.seen[no]
	slices.SortFunc(s.by, func(a, b witness) int { return cmp.Compare(a.source.Name, b.source.Name) })
	if s.fact.Kind == carrier.KindSession {
		first := s.by[0].source
		proof := carrier.Session{
			Local: s.fact.Left, Remote: s.fact.Right, ByBMP: true, Established: int64(s.routes) + s.ended, Ended: s.ended,
		}
		o := proof.Observation(s.last, s.ref("session "+first.Name))
		o.Count, o.First = s.routes, s.first
		return o
	}
	seen := carrier.Seen{Count: s.routes, Looped: s.looped, First: s.first, Last: s.last}
	for _, w := range s.by {
		if w.paths > 0 {
			seen.Peers = append(seen.Peers, w.source.Peer)
		}
	}
	t.findExample(no)
	prefix := ""
	if s.example.route.Prefix.IsValid() {
		prefix = s.example.route.Prefix.String()
		seen.Prefixes = []string{prefix}
	}
	note := fmt.Sprintf("%s from %s: path %s", cmp.Or(prefix, "routes"), carrier.PeerName(s.example.source.Peer), t.pathText(s.example))
	seen.Refs = []evidence.Ref{s.ref(note)}
	return s.fact.Observation(&seen)
}

func (s *sighting) ref(note string) evidence.Ref {
	r := evidence.Ref{Note: note, Offset: s.example.place.Offset, Length: s.example.place.Length}
	if s.example.source != nil {
		r.Path = s.example.source.Name
	}
	return r
}

// findExample looks for a path that shows a fact, where the route that was kept
// for that is gone and no other has come since.
func (t *Table) findExample(no uint32) {
	s := &t.seen[no]
	if s.example.source != nil {
		return
	}
	source := s.by[0].source
	s.example = example{source: source, path: noPath}
	for i := range source.list {
		if source.list[i].routes > 0 && slices.Contains(source.list[i].shows, no) {
			s.example.path = uint32(i)
			return
		}
	}
}

func (t *Table) pathText(e example) string {
	if e.path == noPath || int(e.path) >= len(e.source.list) || e.source.list[e.path].routes == 0 {
		return "unknown"
	}
	key := []byte(e.source.list[e.path].key)
	if len(key) == 0 || key[0] == 6 && (len(key) < 3 || len(key) < 3+int(binary.BigEndian.Uint16(key[1:]))) {
		return "unknown"
	}
	if err := t.decoded.Decode(mrt.RawPathOf(key)); err != nil {
		return "unknown"
	}
	text, _ := t.decoded.AppendText(nil) // never fails
	return string(text)
}
