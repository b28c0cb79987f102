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

// pairShard is a part of the paths: an open-addressed table of pairs.
type pairShard struct {
	mu    sync.Mutex
	slots []uint64 // 32 bits of the pair's hash, number in the shard plus one
	pairs []uint64 // head, rest
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
		in.pairs[i].slots = make([]uint64, 1<<6)
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

// path returns the number of the path with the head and rest. The error wraps
// [ErrLimit].
func (in *interner) path(head, rest uint32) (uint32, error) {
	pair := uint64(head)<<32 | uint64(rest)
	hash := (pair ^ pair>>29) * in.mix // a multiplication mixes upwards,
	hash ^= hash >> 32                 // so the upper bits are brought down
	hash *= in.mix
	which := uint32(hash >> (64 - shardBits))
	s := &in.pairs[which]
	s.mu.Lock()
	defer s.mu.Unlock()
	tag := hash >> (32 - shardBits) & (1<<32 - 1)
	mask := uint64(len(s.slots) - 1)
	at := tag & mask
	for ; s.slots[at] != 0; at = (at + 1) & mask {
		slot := s.slots[at]
		if slot>>32 == tag && s.pairs[uint32(slot)-1] == pair {
			return (uint32(slot)-1)<<shardBits | which, nil
		}
	}
	if in.paths.Add(1) > in.limit {
		return 0, fmt.Errorf("%w of %d distinct paths: give fewer files at once", ErrLimit, in.limit)
	}
	s.pairs = append(s.pairs, pair)
	no := uint32(len(s.pairs))
	s.slots[at] = tag<<32 | uint64(no)
	if 4*len(s.pairs) > 3*len(s.slots) {
		s.slots = doubled(s.slots)
	}
	return (no-1)<<shardBits | which, nil
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
		n = max(n, len(in.pairs[i].pairs))
	}
	return n << shardBits
}
