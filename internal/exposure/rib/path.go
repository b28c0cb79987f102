package rib

import (
	"slices"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Path is a distinct AS path: a list of hops, the nearest to the peer first and
// the origin last. Prepends are one hop. It shares memory with the table.
//
// The members of a set have no order and stand together: its hop is a [Path.Hop]
// of several networks.
type Path struct {
	head []uint32 // networks that the path begins with
	rest []uint32 // words
}

// setMark marks the word before the members of a set, whose lower bits are
// their number.
const setMark = 1 << 31

// Len returns the number of words, an upper bound for that of networks. It is 0
// for a path that could not be decoded.
func (p Path) Len() int {
	if len(p.rest) == 0 {
		return 0
	}
	return len(p.head) + len(p.rest)
}

// Hops yields the hops in order. A hop of one network is part of a sequence,
// one of several is a set; both are indexes in Table.ASNs.
func (p Path) Hops(yield func(hop []uint32) bool) {
	if len(p.rest) == 0 {
		return
	}
	for i := range p.head {
		if !yield(p.head[i : i+1]) {
			return
		}
	}
	for i := 0; i < len(p.rest); {
		n := 1
		if w := p.rest[i]; w&setMark != 0 {
			i, n = i+1, int(w&^setMark)
		}
		if !yield(p.rest[i : i+n]) {
			return
		}
		i += n
	}
}

// Origins returns the networks that announce the prefix: the last of the path,
// or all members of a set that ends it, since the route arose in any of them.
func (p Path) Origins() []uint32 {
	if n := len(p.rest); n > 0 && p.plain() {
		return p.rest[n-1:]
	}
	var last []uint32
	for hop := range p.Hops {
		last = hop
	}
	return last
}

// AppendPlain appends the networks of a path without a set; ok is false for one
// with a set, of which nothing is appended.
func (p Path) AppendPlain(dst []uint32) (networks []uint32, ok bool) {
	if len(p.rest) == 0 || !p.plain() {
		return dst, false
	}
	return append(append(dst, p.head...), p.rest...), true
}

func (p Path) plain() bool {
	for _, w := range p.rest {
		if w&setMark != 0 {
			return false
		}
	}
	return true
}

// Shares yields every network of the path once, with the number by which its
// share of the path's weight is to be divided: 1 for one in a sequence, the size
// of the set for a member of a set. A network that stands in both counts as one
// in the sequence: aggregation leaves it so. Of several sets that hold it, the
// first counts.
func (p Path) Shares(yield func(network uint32, parts int) bool) {
	var singles, seen []uint32
	for hop := range p.Hops {
		if len(hop) == 1 {
			singles = append(singles, hop[0])
		}
	}
	for hop := range p.Hops {
		for _, network := range hop {
			if slices.Contains(seen, network) || len(hop) > 1 && slices.Contains(singles, network) {
				continue
			}
			seen = append(seen, network)
			if !yield(network, len(hop)) {
				return
			}
		}
	}
}

// pathList is all paths, by their numbers: pairs of a head and a rest.
type pathList struct {
	heads [][2]uint32
	pairs [shardCount][]uint64
	rests [shardCount]restList
	size  int
}

// restList is the rests of a shard.
type restList struct {
	spans  []span
	words  []uint32
	broken int // how many could not be decoded
}

// span is the place of a rest in the words of its shard.
type span struct{ at, n uint32 }

func (l *pathList) at(no uint32) Path {
	pairs := l.pairs[no%shardCount]
	if int(no>>shardBits) >= len(pairs) {
		return Path{}
	}
	pair := pairs[no>>shardBits]
	rests := &l.rests[pair%shardCount]
	s := rests.spans[uint32(pair)>>shardBits]
	p := Path{rest: rests.words[s.at : s.at+s.n : s.at+s.n]}
	if head := pair >> 32; head != 0 {
		p.head = l.heads[head][:]
	}
	return p
}

// appendWords appends the words of a decoded path. number gives the index of an
// AS number. A set of one member is that member; one that repeats a member has
// it once.
func appendWords(dst []uint32, path *mrt.Path, number func(uint32) uint32) []uint32 {
	var last uint32
	started := false
	for _, s := range path.Segments {
		if s.Type == mrt.ASSequence || s.Type == mrt.ConfedSequence || len(s.ASNs) == 1 {
			for _, asn := range s.ASNs {
				if n := number(asn); !started || n != last {
					dst, last, started = append(dst, n), n, true
				}
			}
			continue
		}
		if len(s.ASNs) == 0 {
			continue
		}
		mark := len(dst)
		dst = append(dst, 0)
		for _, asn := range s.ASNs {
			n := number(asn)
			known := false
			for _, m := range dst[mark+1:] {
				known = known || m == n
			}
			if !known {
				dst = append(dst, n)
			}
		}
		started = false
		if n := len(dst) - mark - 1; n > 1 {
			dst[mark] = setMark | uint32(n)
		} else { // it says one member several times
			dst = append(dst[:mark], dst[mark+1])
		}
	}
	return dst
}
