package enforce

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
)

// blockOf returns the block of a prefix or ip identifier. A block of
// IPv4-mapped addresses is IPv4, as routes are.
func blockOf(id evidence.ID) (netip.Prefix, bool) {
	if id.Scheme() != evidence.SchemePrefix && id.Scheme() != evidence.SchemeIP {
		return netip.Prefix{}, false
	}
	a, ok := id.IP()
	if !ok {
		return netip.Prefix{}, false
	}
	bits := a.BitLen()
	if p, err := netip.ParsePrefix(id.Value()); err == nil {
		bits = p.Bits()
	}
	if a.Is4In6() && bits >= 96 {
		a, bits = a.Unmap(), bits-96
	}
	p := netip.PrefixFrom(a, bits)
	return p.Masked(), p.IsValid()
}

// checkBlock refuses blocks that would cut off a part of the Internet: IPv4
// blocks wider than /8, the most that IANA ever gave to one holder, and IPv6
// blocks of /12 and wider, which IANA gives to whole regional registries.
func checkBlock(p netip.Prefix) error {
	if p.Bits() < widest(p) {
		return errWide
	}
	return nil
}

// widest is the shortest length that a block may have.
func widest(p netip.Prefix) int {
	if p.Addr().Is4() {
		return 8
	}
	return 13
}

func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

// aggregate returns the fewest blocks that cover exactly the same addresses:
// it takes in blocks that lie in others, and joins halves. The items of what
// is taken in or joined go to the block that stands for it. No block grows
// wider than one company can hold.
func aggregate(members []*Member) []*Member {
	slices.SortFunc(members, func(a, b *Member) int { return comparePrefixes(a.Block, b.Block) })
	var out []*Member
	for _, m := range members {
		m = &Member{Block: m.Block, Level: m.Level, Items: slices.Clone(m.Items)}
		for {
			k := len(out) - 1
			if k >= 0 && holds(out[k].Block, m.Block) {
				out[k].Items = append(out[k].Items, m.Items...)
				break
			}
			joined, ok := netip.Prefix{}, false
			if k >= 0 {
				joined, ok = join(out[k].Block, m.Block)
			}
			if !ok {
				out = append(out, m)
				break
			}
			m = &Member{Block: joined, Level: out[k].Level | m.Level, Items: append(out[k].Items, m.Items...)}
			out = out[:k]
		}
	}
	for _, m := range out {
		slices.SortFunc(m.Items, compareItems)
	}
	return out
}

// holds reports whether all of b lies in a.
func holds(a, b netip.Prefix) bool { return a.Bits() <= b.Bits() && a.Contains(b.Addr()) }

// join returns the block whose two halves are a and b, in this order.
func join(a, b netip.Prefix) (netip.Prefix, bool) {
	if a.Bits() != b.Bits() || a.Addr().BitLen() != b.Addr().BitLen() || a.Bits() <= widest(a) {
		return netip.Prefix{}, false
	}
	parent := netip.PrefixFrom(a.Addr(), a.Bits()-1).Masked()
	return parent, parent.Addr() == a.Addr() && parent.Contains(b.Addr()) && a != b
}
