package carrier

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// tables is what the workers have read, put together. Nothing of it depends on
// how the work was divided.
type tables struct {
	workers []*pathTable
	peers   []mrt.Peer
	peerIDs map[mrt.Peer]uint32
	seen    sightings
	proofs  []proof // of the sightings; their exemplars are indices here
}

// proof is an exemplar as it is shown.
type proof struct {
	place
	prefix netip.Prefix
	note   string // begins with the prefix
}

// merge puts the workers' tables together. It takes them over.
func merge(workers []*pathTable) *tables {
	first := workers[0]
	m := &tables{workers: workers, peers: first.peers, peerIDs: first.peerIDs, seen: first.seen, proofs: first.proofs}
	for _, w := range workers[1:] {
		m.absorb(w)
	}
	return m
}

// upTo returns 0, 1, …, n-1.
func upTo(n uint32) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

func (m *tables) peer(p mrt.Peer) uint32 {
	n, ok := m.peerIDs[p]
	if !ok {
		n = uint32(len(m.peers))
		m.peers = append(m.peers, p)
		m.peerIDs[p] = n
	}
	return n
}

// absorb takes over a worker's sightings with their exemplars.
func (m *tables) absorb(w *pathTable) {
	base := uint32(len(m.proofs))
	m.proofs = append(m.proofs, w.proofs...)
	peers := make([]uint32, len(w.peers)) // number here of each number there
	same := true
	for i, p := range w.peers {
		peers[i] = m.peer(p)
		same = same && peers[i] == uint32(i)
	}
	for i := range w.seen.all.n {
		there := w.seen.all.at(i)
		no := m.seen.number(there.pair)
		here := m.seen.all.at(no)
		here.add(there)
		for _, x := range there.exemplars[:there.kept] {
			m.keep(here, base+x)
		}
		for p := range w.seen.masks.parts(&there.peers) {
			if same {
				*m.seen.masks.of(no, &here.peers, p.word) |= p.mask
				continue
			}
			for peer := range p.peers {
				m.seen.masks.add(no, &here.peers, peers[peer])
			}
		}
	}
}

// add adds up the numbers of two sightings.
func (s *sighting) add(o *sighting) {
	if s.count == 0 {
		s.first, s.last = o.first, o.last
	}
	s.count += o.count
	s.looped += o.looped
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
}

// keep puts an exemplar among the first ones.
func (m *tables) keep(s *sighting, x uint32) {
	i := int(s.kept)
	for i > 0 && m.proofs[x].compare(m.proofs[s.exemplars[i-1]].place) < 0 {
		i--
	}
	if i == keepExemplars {
		return
	}
	s.kept = min(s.kept+1, keepExemplars)
	copy(s.exemplars[i+1:s.kept], s.exemplars[i:])
	s.exemplars[i] = x
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.offset, q.offset), cmp.Compare(p.entry, q.entry))
}

// account tells the shard what was examined and what could not be.
func (m *tables) account(path string, out *evidence.Shard) {
	all := tally{other: make(map[string]uint64)}
	var problems []problem
	for _, w := range m.workers {
		all.records += w.counts.records
		all.entries += w.counts.entries
		all.pathless += w.counts.pathless
		all.lost += w.counts.lost
		all.problems += w.counts.problems
		for name, n := range w.counts.other {
			all.other[name] += n
		}
		problems = append(problems, w.problems...)
	}
	for _, b := range m.broken() {
		all.lost += b.count
		all.problems++
		problems = append(problems, problem{b.offset, fmt.Sprintf("%d entries like that of %s: %v", b.count, b.prefix, b.err)})
	}
	out.Count("mrt: records", all.records)
	out.Count("mrt: RIB entries", all.entries)
	if all.pathless > 0 {
		out.Count("mrt: routes without AS path", all.pathless)
	}
	if all.lost > 0 {
		out.Count("mrt: routes not understood", all.lost)
	}
	m.accountMessages(path, out)
	for _, name := range slices.Sorted(maps.Keys(all.other)) {
		out.Skip(path, fmt.Sprintf("%d %s records: this reader takes routing tables and BGP messages only", all.other[name], name))
	}
	slices.SortFunc(problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.message, b.message))
	})
	problems = problems[:min(len(problems), maxWorkerProblems)] // what each worker kept whole
	for _, p := range problems {
		out.Problem(evidence.Problem{Path: path, Offset: p.offset, Reader: MRT{}.Name(), Message: p.message,
			Next: "the rest was read; fetch the file again if the source is sound"})
	}
	out.MoreProblems(all.problems - uint64(len(problems)))
}

// brokenPaths is a raw path that cannot be decoded, of all peers and workers.
type brokenPaths struct {
	brokenPath
	count uint64
}

// broken returns what could not be decoded, once for each raw path.
func (m *tables) broken() []*brokenPaths {
	var all []*brokenPaths
	byPath := make(map[string]*brokenPaths)
	for _, w := range m.workers {
		for _, b := range w.broken {
			s := w.stats.at(b.no)
			raw := w.keys.get(s.key)
			known, ok := byPath[string(raw)]
			if !ok {
				known = &brokenPaths{brokenPath: b}
				byPath[string(raw)] = known
				all = append(all, known)
			}
			known.count += s.count
			if b.compare(known.place) < 0 {
				known.brokenPath = b
			}
		}
	}
	return all
}
