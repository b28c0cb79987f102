package carrier

import (
	"strconv"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// finish adds up the paths, once all are there.
func (t *pathTable) finish() {
	t.slots = nil
	for no := range t.stats.n {
		s := t.stats.at(no)
		for _, g := range t.shows.get(s.shows) {
			t.seen.count(g, s, &t.masks)
		}
	}
	t.prove()
}

// prove writes down what stands at the exemplars.
func (t *pathTable) prove() {
	t.proofs = make([]proof, 0, t.exemplars.n)
	names := make([]string, len(t.peers))
	for i, p := range t.peers {
		names[i] = peerName(p)
	}
	var notes notes
	for no := range t.exemplars.n {
		x := t.exemplars.at(no)
		notes.text = x.prefix.AppendTo(notes.text)
		notes.text = append(append(append(notes.text, " from "...), names[x.peer]...), ": path "...)
		if err := t.path.Decode(mrt.RawPathOf(t.keys.get(x.path))); err == nil { // as it was before
			notes.text, _ = t.path.AppendText(notes.text) // never fails
		}
		notes.text = notes.text[:min(len(notes.text), notes.start+evidence.MaxNote)]
		t.proofs = append(t.proofs, proof{place: x.place, prefix: x.prefix})
		if notes.end() {
			notes.cut(t.proofs)
		}
	}
	notes.cut(t.proofs)
}

func peerName(p mrt.Peer) string {
	return p.Addr.String() + " " + networkName(p.ASN)
}

func networkName(asn uint32) string { return "AS" + strconv.FormatUint(uint64(asn), 10) }

// notes collects texts, so that many become strings with one allocation.
type notes struct {
	text  []byte
	start int   // of the text being written
	ends  []int // of those that are written
}

const notesBlock = 32 << 10

// end ends a text. It reports whether it is time to cut.
func (n *notes) end() bool {
	n.start = len(n.text)
	n.ends = append(n.ends, n.start)
	return n.start >= notesBlock
}

// cut makes the texts the notes of the last proofs.
func (n *notes) cut(proofs []proof) {
	all, start := string(n.text), 0
	proofs = proofs[len(proofs)-len(n.ends):]
	for i, end := range n.ends {
		proofs[i].note, start = all[start:end], end
	}
	n.text, n.start, n.ends = n.text[:0], 0, n.ends[:0]
}
