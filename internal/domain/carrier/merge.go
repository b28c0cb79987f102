package carrier

import (
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// tables is what the workers have read, put together. Nothing of it depends on
// how the work was divided.
type tables struct {
	workers []*pathTable
	peers   []mrt.Peer
	peerIDs map[mrt.Peer]uint32
	shown   sightings // their exemplars are indices of proofs
	proofs  []proof   // in the order of the input
}

// proof is an exemplar of a worker.
type proof struct {
	offset   int64 // of its record in the input
	worker   uint32
	exemplar uint32
}

// merge puts the workers' tables together. It takes them over.
func merge(workers []*pathTable) *tables {
	first := workers[0]
	m := &tables{workers: workers, peers: first.peers, peerIDs: first.peerIDs}
	runs := make([][]proof, len(workers))
	for i, w := range workers {
		runs[i] = w.proofs(uint32(i))
	}
	m.proofs = join(runs, mergeProofs)
	if len(workers) == 1 {
		m.shown = first.shown // whose exemplars are the proofs
		return m
	}
	numbers := make([][]uint32, len(workers)) // of each exemplar among the proofs
	for i, w := range workers {
		numbers[i] = make([]uint32, w.exemplars.n)
	}
	for no, p := range m.proofs {
		numbers[p.worker][p.exemplar] = uint32(no)
	}
	for i, w := range workers {
		m.adopt(w, numbers[i])
	}
	for kind := range m.shown {
		runs := make([]*kindSightings, len(workers))
		for i, w := range workers {
			runs[i] = &w.shown[kind]
		}
		m.shown[kind] = *join(runs, mergeSightings)
	}
	return m
}

// join makes one of several, by twos, so that nothing is merged more often than
// need be.
func join[T any](runs []T, merge func(a, b T) T) T {
	if len(runs) == 1 {
		return runs[0]
	}
	half := len(runs) / 2
	return merge(join(runs[:half], merge), join(runs[half:], merge))
}

// proofs lists the exemplars. They lie in the order of the input.
func (t *pathTable) proofs(worker uint32) []proof {
	out := make([]proof, t.exemplars.n)
	for x := range out {
		out[x] = proof{t.spots.at(t.exemplars.at(uint32(x)).spot).offset, worker, uint32(x)}
	}
	return out
}

// mergeProofs merges proofs in the order of the input. A record is read by one
// worker alone.
func mergeProofs(a, b []proof) []proof {
	out := make([]proof, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].offset <= b[0].offset {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
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

// adopt gives the exemplars and peers of a worker's sightings the numbers that
// they have here.
func (m *tables) adopt(w *pathTable, numbers []uint32) {
	peers := make([]uint32, len(w.peers)) // number here of each number there
	same := true
	for i, p := range w.peers {
		peers[i] = m.peer(p)
		same = same && peers[i] == uint32(i)
	}
	for kind := range w.shown {
		k := &w.shown[kind]
		var renamed masks
		for i := range k.all {
			s := &k.all[i]
			for j, x := range s.exemplars[:s.kept] {
				s.exemplars[j] = numbers[x]
			}
			if same {
				continue
			}
			var set peerMask
			for p := range k.masks.parts(&s.peers) {
				for peer := range p.peers {
					renamed.add(uint32(i), &set, peers[peer])
				}
			}
			s.peers = set
		}
		if !same {
			k.masks = renamed
		}
	}
}

// mergeSightings returns the sightings of both.
func mergeSightings(a, b *kindSightings) *kindSightings {
	out := &kindSightings{all: make([]sighting, 0, len(a.all)+len(b.all))}
	for i, j := 0, 0; i < len(a.all) || j < len(b.all); {
		no := uint32(len(out.all))
		switch {
		case j == len(b.all) || i < len(a.all) && a.all[i].networks < b.all[j].networks:
			out.take(no, &a.all[i], &a.masks)
			i++
		case i == len(a.all) || b.all[j].networks < a.all[i].networks:
			out.take(no, &b.all[j], &b.masks)
			j++
		default:
			out.take(no, &a.all[i], &a.masks)
			s, other := &out.all[no], &b.all[j]
			s.add(&other.seen)
			s.looped += other.looped
			out.masks.join(no, &s.peers, &b.masks, &other.peers)
			i, j = i+1, j+1
		}
	}
	return out
}

// take appends a sighting of others.
func (k *kindSightings) take(no uint32, s *sighting, others *masks) {
	k.all = append(k.all, *s)
	to := &k.all[no]
	to.peers = peerMask{}
	k.masks.join(no, &to.peers, others, &s.peers)
}
