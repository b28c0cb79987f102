package exposure

// reach adds up how the peers reach the space of each country: IPv4 by
// addresses, IPv6 by prefixes.
type reach struct {
	peers []*[countries][2]tally // nil for peers that count nothing
	last  []uint32               // prefix that each peer was counted for last, plus one
}

// tally is a sum for each bucket.
type tally [buckets]uint64

func (t *tally) total() uint64 {
	sum := uint64(0)
	for _, n := range t {
		sum += n
	}
	return sum
}

func newReach(peers int) reach {
	return reach{peers: make([]*[countries][2]tally, peers), last: make([]uint32, peers)}
}

// first reports whether this is the peer's first route to the prefix, the only
// one that counts.
func (r *reach) first(peer uint32, prefix int) bool {
	is := r.last[peer] != uint32(prefix)+1
	r.last[peer] = uint32(prefix) + 1
	return is
}

func (r *reach) of(peer uint32) *[countries][2]tally {
	if r.peers[peer] == nil {
		r.peers[peer] = new([countries][2]tally)
	}
	return r.peers[peer]
}

// count adds a route.
func (r *reach) count(peer uint32, family int, home country, pieces []piece, b bucket) {
	of := r.of(peer)
	if family == 1 {
		of[home][1][b]++
		return
	}
	for _, p := range pieces {
		of[p.country][0][b] += p.addresses
	}
}

// add adds the sums of another.
func (r *reach) add(o *reach) {
	for i, of := range o.peers {
		if of == nil {
			continue
		}
		sum := r.of(uint32(i))
		for c := range of {
			for f := range of[c] {
				for b, n := range of[c][f] {
					sum[c][f][b] += n
				}
			}
		}
	}
}
