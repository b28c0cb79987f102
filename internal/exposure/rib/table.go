package rib

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"
)

// Table is what the peers of one or more collectors announced. It is immutable
// and safe for concurrent use.
type Table struct {
	Peers  []Peer
	ASNs   []uint32 // of all networks on paths, ascending; a network is an index here
	Counts Counts

	prefixes []Prefix
	starts   []uint32 // first row of each prefix, and the end
	rows     []rowAt  // by prefix, then as they were read
	blocks   [][][]Route
	paths    pathList
}

// Peer is a BGP speaker whose table was read.
type Peer struct {
	Addr netip.Addr
	ASN  uint32
	// Routes is how many it announced, IPv4 first.
	Routes [2]uint64
}

// Prefix is a destination. Its zero value is no prefix.
type Prefix struct {
	Hi, Lo uint64 // address; an IPv4 address is the upper half of Hi
	Bits   uint8
	V6     bool
}

// rowAt is the place of a row.
type rowAt struct{ worker, block, at, n uint32 }

// Family returns 0 for IPv4 and 1 for IPv6.
func (p Prefix) Family() int {
	if p.V6 {
		return 1
	}
	return 0
}

// Netip returns the prefix in its usual form.
func (p Prefix) Netip() netip.Prefix {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], p.Hi)
	if !p.V6 {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte(b[:4])), int(p.Bits))
	}
	binary.BigEndian.PutUint64(b[8:], p.Lo)
	return netip.PrefixFrom(netip.AddrFrom16(b), int(p.Bits))
}

// Size returns how many addresses an IPv4 prefix has.
func (p Prefix) Size() uint64 { return 1 << (32 - p.Bits) }

// First returns the first address of an IPv4 prefix, as a number.
func (p Prefix) First() uint64 { return p.Hi >> 32 }

// Covers reports whether o lies in p or is p.
func (p Prefix) Covers(o Prefix) bool {
	if p.V6 != o.V6 || p.Bits > o.Bits {
		return false
	}
	if p.Bits > 64 {
		return p.Hi == o.Hi && (p.Lo^o.Lo)>>(128-p.Bits) == 0
	}
	return (p.Hi^o.Hi)>>(64-p.Bits) == 0
}

// Prefixes returns all prefixes: IPv4 before IPv6, by address, the shorter
// first. The caller must not change the slice.
func (t *Table) Prefixes() []Prefix { return t.prefixes }

// Routes yields the routes to a prefix, given by its index, in parts: in each
// as they were read. Where a peer announced several paths to it, the one read
// first comes first. A path that could not be decoded is empty.
func (t *Table) Routes(prefix int) iter.Seq[[]Route] {
	return func(yield func([]Route) bool) {
		for _, r := range t.rows[t.starts[prefix]:t.starts[prefix+1]] {
			if !yield(t.blocks[r.worker][r.block][r.at : r.at+r.n]) {
				return
			}
		}
	}
}

// Network returns the index of a network in ASNs, false if no path has it.
func (t *Table) Network(asn uint32) (int, bool) { return slices.BinarySearch(t.ASNs, asn) }

// PathCount returns a number above that of any path. Not every number below it
// need be a path's; the others are empty.
func (t *Table) PathCount() int { return t.paths.size }

// Sound reports whether a path could be decoded.
func (t *Table) Sound(path uint32) bool { return t.Counts.BadPaths == 0 || t.Path(path).Len() > 0 }

// Path returns a path by its number.
func (t *Table) Path(no uint32) Path { return t.paths.at(no) }
