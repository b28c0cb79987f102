package carrier

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// ref is a proof in its place.
type ref struct {
	offset             int64
	length             uint32
	prefix, text, tail uint32 // numbers: of the words in their ranges, of the trail
}

// prover makes refs of the proofs. What stands at one is "192.0.2.0/24 from
// 198.51.100.1 AS64496: path 64496 64497": the prefix, a text for the peer, and
// the trail of a plain path.
type prover struct {
	*tables
	rows     *rows
	numbers  []uint32             // of the ref of each proof
	used     []bool               // by proof
	prefixes map[prefixKey]uint32 // once the input is out of their order
	texts    map[string]uint32
	voices   [][]voice  // by worker and peer
	tails    [][]uint32 // by worker and trail: the trail of the first worker
	group    []candidate
	scratch  []byte
	chain    []uint32
}

// prefixKey is the prefix of a spot.
type prefixKey struct {
	addr [16]byte
	bits uint8
	ipv4 bool
}

// voice is a peer as a ref names it.
type voice struct {
	text uint32 // number of "from 198.51.100.1 AS64496: path"
	rank int    // of this text among those of all peers
}

// candidate is a proof of a record.
type candidate struct {
	proof
	no   uint32 // of the proof
	spot *spot
	rank int
	note []byte // if need be
}

func newProver(m *tables, r *rows) *prover {
	p := &prover{
		tables: m, rows: r, numbers: make([]uint32, len(m.proofs)), used: make([]bool, len(m.proofs)),
		texts: make(map[string]uint32), tails: make([][]uint32, len(m.workers)),
	}
	for i, w := range m.workers[1:] {
		p.tails[i+1] = make([]uint32, len(w.trails.links))
	}
	p.name()
	return p
}

// name makes the texts of the peers.
func (p *prover) name() {
	ranked := make([]string, 0, len(p.peers))
	for _, peer := range p.peers {
		ranked = append(ranked, string(appendVoice(nil, peer)))
	}
	slices.Sort(ranked)
	ranked = slices.Compact(ranked)
	for _, w := range p.workers {
		voices := make([]voice, len(w.peers))
		for i, peer := range w.peers {
			p.scratch = appendVoice(p.scratch[:0], peer)
			rank, _ := slices.BinarySearchFunc(ranked, p.scratch, func(s string, b []byte) int {
				return cmp.Compare(s, string(b))
			})
			voices[i] = voice{p.text(p.scratch), rank}
		}
		p.voices = append(p.voices, voices)
	}
}

func appendVoice(b []byte, peer mrt.Peer) []byte {
	return append(append(append(b, "from "...), peerName(peer)...), ": path"...)
}

// text returns the number of a word that is neither network nor prefix.
func (p *prover) text(b []byte) uint32 {
	no, ok := p.texts[string(b)]
	if !ok {
		no = uint32(len(p.rows.texts))
		p.rows.texts = append(p.rows.texts, string(b))
		p.texts[string(b)] = no
	}
	return no
}

// run makes the refs, in order: by offset, then by what stands there.
func (p *prover) run() {
	for kind := range p.rows.shown {
		k := &p.rows.shown[kind]
		for i := range k.all {
			s := &k.all[i]
			for _, x := range s.exemplars[:s.kept] {
				p.used[x] = true
			}
		}
	}
	p.rows.refs = make([]ref, 0, len(p.proofs))
	for no, proof := range p.proofs {
		if !p.used[no] {
			continue
		}
		if len(p.group) > 0 && p.group[0].offset != proof.offset {
			p.record()
		}
		w := p.workers[proof.worker]
		x := w.exemplars.at(proof.exemplar)
		p.group = append(p.group, candidate{
			proof: proof, no: uint32(no), spot: w.spots.at(x.spot), rank: p.voices[proof.worker][x.peer].rank,
		})
	}
	p.record()
	p.rows.tails = p.workers[0].trails.links
}

// record makes the refs of the proofs of one record. Proofs that look the same
// get one: a peer may announce a prefix twice over the same path, and long notes
// are cut.
func (p *prover) record() {
	same := func(a, b *candidate) bool { return a.rank == b.rank }
	slices.SortFunc(p.group, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	if !p.apart() {
		for i := range p.group {
			c := &p.group[i]
			c.note = p.appendNote(nil, c)
		}
		same = func(a, b *candidate) bool { return bytes.Equal(a.note, b.note) }
		slices.SortFunc(p.group, func(a, b candidate) int { return bytes.Compare(a.note, b.note) })
	}
	for i := range p.group {
		c := &p.group[i]
		if i == 0 || !same(&p.group[i-1], c) {
			p.rows.refs = append(p.rows.refs, p.ref(c))
		}
		p.numbers[c.no] = uint32(len(p.rows.refs) - 1)
	}
	p.group = p.group[:0]
}

// apart reports whether the proofs of a record are of one prefix and of
// different peers, so that the peers' texts, by which they are sorted, decide
// their order.
func (p *prover) apart() bool {
	for i := range p.group {
		if p.group[i].spot != p.group[0].spot || i > 0 && p.group[i].rank == p.group[i-1].rank {
			return false
		}
	}
	return true
}

// ref makes a ref.
func (p *prover) ref(c *candidate) ref {
	r := ref{offset: c.spot.offset, length: c.spot.length, prefix: p.prefix(c.spot)}
	w := p.workers[c.worker]
	x := w.exemplars.at(c.exemplar)
	r.text = p.voices[c.worker][x.peer].text
	var plain bool
	if r.tail, plain = p.tail(c); plain {
		return r
	}
	note := evidence.ParseNote(string(p.appendNote(p.scratch[:0], c)))
	r.text = p.text([]byte(note.Body))
	for _, asn := range slices.Backward(note.Tail) {
		r.tail = p.workers[0].trails.step(asn, r.tail)
	}
	return r
}

// maxPlain is the longest path, in bytes, whose note is never cut.
const maxPlain = 180

// tail returns the trail of a proof, if it is a plain one.
func (p *prover) tail(c *candidate) (no uint32, plain bool) {
	w := p.workers[c.worker]
	x := w.exemplars.at(c.exemplar)
	if no = w.ends[x.path]; no == 0 || w.stats.at(x.path).key.n > maxPlain {
		return 0, false
	}
	no = p.translate(c.worker, no)
	if x.head != 0 {
		asns := headOf(w.keys.get(w.stats.at(x.head - 1).key))
		trails := &p.workers[0].trails
		no = trails.step(asns[0], trails.step(asns[1], no))
	}
	return no, true
}

// translate returns the trail of the first worker that is that of another one.
func (p *prover) translate(worker, no uint32) uint32 {
	if worker == 0 {
		return no
	}
	known, links := p.tails[worker], p.workers[worker].trails.links
	p.chain = p.chain[:0]
	for ; no != 0 && known[no] == 0; no = links[no].rest {
		p.chain = append(p.chain, no)
	}
	here := uint32(0)
	if no != 0 {
		here = known[no]
	}
	for _, no := range slices.Backward(p.chain) {
		here = p.workers[0].trails.step(links[no].asn, here)
		known[no] = here
	}
	return here
}

// prefix returns the number of the word for the prefix of a spot. Tables are
// mostly in the order of their prefixes, and then nothing is looked up.
func (p *prover) prefix(s *spot) uint32 {
	words := p.rows.prefixes
	if p.prefixes == nil {
		order := 1
		if n := len(words); n > 0 {
			order = s.comparePrefix(words[n-1])
		}
		switch {
		case order > 0:
			p.rows.prefixes = append(words, s)
			return uint32(len(words))
		case order == 0:
			return uint32(len(words) - 1)
		}
		p.prefixes = make(map[prefixKey]uint32, 2*len(words))
		for no, word := range words {
			p.prefixes[prefixKey{word.addr, word.bits, word.ipv4}] = uint32(no)
		}
	}
	key := prefixKey{s.addr, s.bits, s.ipv4}
	no, ok := p.prefixes[key]
	if !ok {
		no = uint32(len(words))
		p.prefixes[key] = no
		p.rows.prefixes = append(words, s)
	}
	return no
}

// appendNote appends the whole note of a proof.
func (p *prover) appendNote(b []byte, c *candidate) []byte {
	start := len(b)
	w := p.workers[c.worker]
	x := w.exemplars.at(c.exemplar)
	b = append(c.spot.prefix().AppendTo(b), ' ')
	b = appendVoice(b, w.peers[x.peer])
	b = append(b, ' ')
	if x.head != 0 {
		asns := headOf(w.keys.get(w.stats.at(x.head - 1).key))
		for _, asn := range asns[:2] {
			b = append(strconv.AppendUint(b, uint64(asn), 10), ' ')
		}
	}
	raw := mrt.RawPathOf(w.keys.get(w.stats.at(x.path).key))
	if err := w.path.Decode(raw); err == nil { // as it was before
		b, _ = w.path.AppendText(b) // never fails
	}
	return b[:min(len(b), start+evidence.MaxNote)]
}

// headOf returns the three numbers of the key of a head.
func headOf(key []byte) (asns [3]uint32) {
	for i := range asns {
		asns[i] = binary.LittleEndian.Uint32(key[1+4*i:])
	}
	return asns
}
