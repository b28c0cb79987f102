package rib

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// interner numbers distinct paths for several workers at once. The peer and the
// network that it has the route from stand before many rests, and a rest behind
// many of them, so a path is a pair: of a head of two networks and of a rest,
// which are far fewer than paths. A path that cannot be cut is a rest alone.
//
// Paths and rests are cut in shards by hash, so that workers rarely wait for each
// other. A number is that in the shard with the shard's own in the low bits,
// which keeps numbers dense because a hash spreads evenly.
type interner struct {
	seed  maphash.Seed
	mix   uint64 // odd
	limit int64
	paths atomic.Int64
	pairs [shardCount]pairShard
	rests [shardCount]shard

	mu    sync.Mutex
	heads map[[2]uint32]uint32 // number, from 1; 0 is no head
	list  [][2]uint32          // AS numbers of each head
}

const (
	shardBits  = 6
	shardCount = 1 << shardBits
)

// pairShard is a part of the paths: an open-addressed table of pairs. The pairs
// lie in the slots themselves, because with tens of millions of paths the time
// goes into waiting for memory, and so one look-up touches one place.
type pairShard struct {
	mu    sync.Mutex
	slots []pairSlot
	n     uint32
}

// pairSlot is a path; without a number it is free.
type pairSlot struct {
	head, rest uint32
	no         uint32 // in the shard, plus one
}

// shard is a part of the rests: an open-addressed table of their keys.
type shard struct {
	mu    sync.Mutex
	slots []uint64 // 32 bits of the key's hash, number in the shard plus one
	keys  [][]byte // blocks that the keys lie in
	spans []keySpan
}

// keySpan is the place of a key.
type keySpan struct{ block, at, n uint32 }

const keyBlock = 1 << 16

func newInterner(limit int) *interner {
	in := &interner{
		seed: maphash.MakeSeed(), limit: int64(limit),
		heads: make(map[[2]uint32]uint32), list: make([][2]uint32, 1),
	}
	in.mix = maphash.Comparable(in.seed, limit) | 1
	for i := range in.rests {
		in.rests[i].slots = make([]uint64, 1<<6)
		in.pairs[i].slots = make([]pairSlot, 1<<6)
	}
	return in
}

// head returns the number of a head.
func (in *interner) head(networks [2]uint32) uint32 {
	in.mu.Lock()
	defer in.mu.Unlock()
	no, ok := in.heads[networks]
	if !ok {
		no = uint32(len(in.list))
		in.list, in.heads[networks] = append(in.list, networks), no
	}
	return no
}

// hash mixes the parts of a pair. The upper bits choose the shard, the others
// the slot.
func (in *interner) hash(head, rest uint32) uint64 {
	pair := uint64(head)<<32 | uint64(rest)
	hash := (pair ^ pair>>29) * in.mix // a multiplication mixes upwards,
	hash ^= hash >> 32                 // so the upper bits are brought down
	return hash * in.mix
}

// path returns the number of the path with the head and rest. The error wraps
// [ErrLimit].
func (in *interner) path(head, rest uint32) (uint32, error) {
	hash := in.hash(head, rest)
	which := uint32(hash >> (64 - shardBits))
	s := &in.pairs[which]
	s.mu.Lock()
	defer s.mu.Unlock()
	at, found := s.find(hash, head, rest)
	if found {
		return (s.slots[at].no-1)<<shardBits | which, nil
	}
	if in.paths.Add(1) > in.limit {
		return 0, fmt.Errorf("%w of %d distinct paths: give fewer files at once", ErrLimit, in.limit)
	}
	s.n++
	s.slots[at] = pairSlot{head, rest, s.n}
	no := s.n
	if 4*int(s.n) > 3*len(s.slots) {
		old := s.slots
		s.slots = make([]pairSlot, 2*len(old))
		for _, p := range old {
			if p.no != 0 {
				at, _ := s.find(in.hash(p.head, p.rest), p.head, p.rest)
				s.slots[at] = p
			}
		}
	}
	return (no-1)<<shardBits | which, nil
}

// find returns the slot of a pair, or the free one that it would take.
func (s *pairShard) find(hash uint64, head, rest uint32) (at uint64, found bool) {
	mask := uint64(len(s.slots) - 1)
	for at = hash >> 20 & mask; s.slots[at].no != 0; at = (at + 1) & mask {
		if p := &s.slots[at]; p.head == head && p.rest == rest {
			return at, true
		}
	}
	return at, false
}

// take returns the pairs by their numbers, and lets go of the table.
func (s *pairShard) take() []uint64 {
	pairs := make([]uint64, s.n)
	for _, p := range s.slots {
		if p.no != 0 {
			pairs[p.no-1] = uint64(p.head)<<32 | uint64(p.rest)
		}
	}
	s.slots = nil
	return pairs
}

// rest returns the number of the rest with the key, which is copied if it is new.
func (in *interner) rest(key []byte) uint32 {
	hash := maphash.Bytes(in.seed, key)
	which := uint32(hash % shardCount)
	s := &in.rests[which]
	s.mu.Lock()
	defer s.mu.Unlock()
	tag := hash >> 32
	mask := uint64(len(s.slots) - 1)
	at := tag & mask
	for ; s.slots[at] != 0; at = (at + 1) & mask {
		slot := s.slots[at]
		if slot>>32 == tag && bytes.Equal(s.key(uint32(slot)-1), key) {
			return (uint32(slot)-1)<<shardBits | which
		}
	}
	no := s.keep(key)
	s.slots[at] = tag<<32 | uint64(no+1)
	if 4*len(s.spans) > 3*len(s.slots) {
		s.slots = doubled(s.slots)
	}
	return no<<shardBits | which
}

func (s *shard) key(no uint32) []byte {
	p := s.spans[no]
	return s.keys[p.block][p.at : p.at+p.n]
}

func (s *shard) keep(key []byte) uint32 {
	last := len(s.keys) - 1
	if last < 0 || cap(s.keys[last])-len(s.keys[last]) < len(key) {
		s.keys = append(s.keys, make([]byte, 0, max(keyBlock, len(key))))
		last++
	}
	at := len(s.keys[last])
	s.keys[last] = append(s.keys[last], key...)
	s.spans = append(s.spans, keySpan{uint32(last), uint32(at), uint32(len(key))})
	return uint32(len(s.spans) - 1)
}

// doubled returns twice as many slots. Their hashes are all that it takes.
func doubled(old []uint64) []uint64 {
	slots := make([]uint64, 2*len(old))
	mask := uint64(len(slots) - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := slot >> 32 & mask
		for slots[at] != 0 {
			at = (at + 1) & mask
		}
		slots[at] = slot
	}
	return slots
}

// size returns a number above that of any path.
func (in *interner) size() int {
	n := 0
	for i := range in.pairs {
		n = max(n, int(in.pairs[i].n))
	}
	return n << shardBits
}
