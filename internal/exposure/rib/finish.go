package rib

import (
	"cmp"
	"slices"
	"sync"

	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Table returns what was read. The builder is of no use afterwards.
func (b *Builder) Table() *Table {
	t := &Table{}
	var first uint64
	for _, w := range b.workers {
		t.Counts.add(&w.counts)
		if w.counts.Problem != "" && (t.Counts.Problem == "" || w.first < first) {
			t.Counts.Problem, first = w.counts.Problem, w.first
		}
		t.blocks = append(t.blocks, w.blocks)
	}
	t.prefix(b.workers)
	t.decode(b.paths, len(b.workers))
	t.number(b.peers.list, len(b.workers))
	return t
}

func (c *Counts) add(o *Counts) {
	c.Records += o.Records
	c.Other += o.Other
	c.Routes += o.Routes
	c.Pathless += o.Pathless
	c.Default += o.Default
	c.NonIP += o.NonIP
	c.Bad += o.Bad
	c.Gaps += o.Gaps
}

// prefix sorts the rows of all workers and numbers the prefixes.
func (t *Table) prefix(workers []*worker) {
	type sorted struct {
		row
		worker uint32
	}
	var all []sorted
	for i, w := range workers {
		for _, r := range w.rows {
			all = append(all, sorted{r, uint32(i)})
		}
		w.rows = nil
	}
	slices.SortFunc(all, func(a, b sorted) int { return compareRows(&a.row, &b.row) })
	t.rows = make([]rowAt, len(all))
	for i := range all {
		r := &all[i]
		if i == 0 || !r.same(&all[i-1].row) {
			t.prefixes = append(t.prefixes, Prefix{r.hi, r.lo, r.bits, r.v6})
			t.starts = append(t.starts, uint32(i))
		}
		t.rows[i] = rowAt{r.worker, r.block, r.at, r.n}
	}
	t.starts = append(t.starts, uint32(len(all)))
}

// compareRows orders rows by prefix: family, address, length; then by place.
func compareRows(a, b *row) int {
	if a.v6 != b.v6 {
		if b.v6 {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo),
		cmp.Compare(a.bits, b.bits), cmp.Compare(a.place, b.place))
}

// maxPath is the number of words of the longest path that is taken: longer ones
// than a tenth of this are prepends gone wrong, and work grows with the square.
const maxPath = 512

// decode decodes the rests of paths and numbers the networks by AS number. It
// goes over them twice, because networks can be numbered only when all are
// known, and keeping their numbers twice would cost more than decoding.
func (t *Table) decode(in *interner, workers int) {
	var seen [shardCount]pages
	each(workers, shardCount, func(i int) {
		var path mrt.Path
		s := &in.rests[i]
		s.slots = nil
		t.paths.pairs[i] = in.pairs[i].take()
		for no := range s.spans {
			if path.Decode(mrt.RawPathOf(s.key(uint32(no)))) == nil {
				for asn := range path.ASNs {
					*seen[i].at(asn) = 1
				}
			}
		}
	})
	var numbers pages
	for i := range seen {
		for asn := range seen[i].all {
			*numbers.at(asn) = 1
		}
		seen[i] = pages{}
	}
	for _, head := range in.list[1:] {
		*numbers.at(head[0]), *numbers.at(head[1]) = 1, 1
	}
	for asn := range numbers.all {
		t.ASNs = append(t.ASNs, asn)
	}
	slices.Sort(t.ASNs)
	for i, asn := range t.ASNs {
		*numbers.at(asn) = uint32(i) + 1
	}
	t.paths.heads = make([][2]uint32, len(in.list))
	for i, head := range in.list[1:] {
		t.paths.heads[i+1] = [2]uint32{numbers.get(head[0]) - 1, numbers.get(head[1]) - 1}
	}
	each(workers, shardCount, func(i int) {
		var path mrt.Path
		s := &in.rests[i]
		rests := &t.paths.rests[i]
		rests.spans = make([]span, len(s.spans))
		for no := range s.spans {
			at := len(rests.words)
			if path.Decode(mrt.RawPathOf(s.key(uint32(no)))) == nil {
				rests.words = appendWords(rests.words, &path, func(asn uint32) uint32 { return numbers.get(asn) - 1 })
			}
			n := len(rests.words) - at
			if n == 0 || n > maxPath {
				rests.words, n = rests.words[:at], 0
				rests.broken++
			}
			rests.spans[no] = span{uint32(at), uint32(n)}
		}
		s.keys, s.spans = nil, nil
	})
	t.paths.size = in.size()
	for i := range t.paths.rests {
		t.Counts.BadPaths += uint64(t.paths.rests[i].broken)
	}
}

// number puts the peers in order and counts their routes.
func (t *Table) number(list []mrt.Peer, workers int) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(list[a].ASN, list[b].ASN), list[a].Addr.Compare(list[b].Addr))
	})
	to := make([]uint32, len(list))
	for i, from := range order {
		to[from] = uint32(i)
		t.Peers = append(t.Peers, Peer{Addr: list[from].Addr, ASN: list[from].ASN})
	}
	for _, blocks := range t.blocks {
		each(workers, len(blocks), func(i int) {
			for k := range blocks[i] {
				blocks[i][k].Peer = to[blocks[i][k].Peer]
			}
		})
	}
	for i, p := range t.prefixes {
		for routes := range t.Routes(i) {
			for _, r := range routes {
				t.Peers[r.Peer].Routes[p.Family()]++
			}
		}
	}
}

// each calls f for 0 to n-1 on some workers.
func each(workers, n int, f func(i int)) {
	var wg sync.WaitGroup
	for w := range min(workers, n) {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// pages is a table by AS number. Those in use crowd together, so it is made of
// pages, and only large private numbers need the map.
type pages struct {
	small [pageCount]*[pageSize]uint32
	large map[uint32]*uint32
}

const (
	pageSize  = 1 << 12
	pageCount = 1 << 8 // up to AS1048575
)

func (p *pages) at(asn uint32) *uint32 {
	if asn < pageCount*pageSize {
		page := &p.small[asn/pageSize]
		if *page == nil {
			*page = new([pageSize]uint32)
		}
		return &(*page)[asn%pageSize]
	}
	v, ok := p.large[asn]
	if !ok {
		if p.large == nil {
			p.large = make(map[uint32]*uint32)
		}
		v = new(uint32)
		p.large[asn] = v
	}
	return v
}

// get returns the value without making room for it.
func (p *pages) get(asn uint32) uint32 {
	if asn < pageCount*pageSize {
		if page := p.small[asn/pageSize]; page != nil {
			return page[asn%pageSize]
		}
		return 0
	}
	if v := p.large[asn]; v != nil {
		return *v
	}
	return 0
}

// all yields the numbers with a value, in no order that means anything.
func (p *pages) all(yield func(asn uint32) bool) {
	for i, page := range p.small {
		if page == nil {
			continue
		}
		for k, v := range page {
			if v != 0 && !yield(uint32(i*pageSize+k)) {
				return
			}
		}
	}
	for asn, v := range p.large {
		if *v != 0 && !yield(asn) {
			return
		}
	}
}
