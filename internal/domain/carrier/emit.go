package carrier

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
)

// rows is the result of a reading in the form in which evidence takes it. It
// implements evidence.Rows.
type rows struct {
	path  string
	rows  []row
	forms []evidence.Form // by the kind of a pair
	words []string
	lists []evidence.Attr
	refs  []ref // in the order of evidence.Ref
}

// row is a sighting in its place, with all that is needed to show it.
type row struct {
	kind          uint8
	kept          uint8 // of refs
	reserved      bool  // one of the two numbers belongs to nobody
	left, right   uint32
	first, last   uint32
	count, looped uint64
	peers         peerLists
	refs          [keepExemplars]uint32 // in order
}

// ref is a proof in its place.
type ref struct {
	offset       int64
	length, word uint32 // word: the prefix
	note         string
}

// rows returns the result. The tables are of no use afterwards.
func (m *tables) rows(path string) *rows {
	r := &rows{path: path, rows: make([]row, m.seen.all.n), forms: forms()}
	numbers := r.sortRefs(m.proofs)
	var names networks // the first of the two numbers: the word's, plus one
	name := func(asn uint32) uint32 {
		no := &names.at(asn)[0]
		if *no == 0 {
			r.words = append(r.words, evidence.ASN(asn).String())
			*no = uint32(len(r.words))
		}
		return *no - 1
	}
	sets := peerSets{known: make(map[string]peerLists), texts: make(map[string]uint32)}
	for i, no := range m.seen.sorted() {
		s, to := m.seen.all.at(no), &r.rows[i]
		*to = row{
			kind: s.kind, left: name(s.left), first: s.first, last: s.last,
			count: s.count, looped: s.looped, peers: sets.of(m, s),
		}
		if s.kind == isAdjacency {
			to.right = name(s.right)
			to.reserved = reserved(s.left) || reserved(s.right)
		}
		refs := to.refs[:0]
		for _, x := range s.exemplars[:s.kept] {
			refs = append(refs, numbers[x])
		}
		slices.Sort(refs)
		to.kept = uint8(len(slices.Compact(refs)))
	}
	r.lists = sets.lists
	return r
}

// forms returns what the observations of each kind have in common.
func forms() []evidence.Form {
	var forms []evidence.Form
	for _, kind := range Kinds() {
		f := evidence.Form{Domain: kind.Domain, Kind: kind.Name, Attrs: kind.Attrs}
		for _, role := range kind.Roles {
			f.Roles = append(f.Roles, role.Name)
		}
		forms = append(forms, f)
	}
	return forms
}

// sortRefs makes refs of the proofs, and returns for each proof the number of
// its ref. Proofs that look the same get one: a peer may announce a prefix twice
// over the same path, and long notes are cut.
func (r *rows) sortRefs(proofs []proof) []uint32 {
	order := upTo(uint32(len(proofs)))
	// A worker's proofs are in the order of places, so of one worker there is
	// nothing to do but within a record.
	slices.SortFunc(order, func(a, b uint32) int { return proofs[a].compare(proofs[b].place) })
	for from, to := 0, 0; from < len(order); from = to {
		for to < len(order) && proofs[order[to]].offset == proofs[order[from]].offset {
			to++
		}
		slices.SortFunc(order[from:to], func(a, b uint32) int {
			return strings.Compare(proofs[a].note, proofs[b].note)
		})
	}
	r.refs = make([]ref, 0, len(proofs))
	numbers := make([]uint32, len(proofs))
	words := make(map[netip.Prefix]uint32, len(proofs))
	var last *proof
	for _, x := range order {
		p := &proofs[x]
		if last == nil || last.offset != p.offset || last.note != p.note {
			r.refs = append(r.refs, ref{p.offset, p.length, r.prefix(words, last, p), p.note})
			last = p
		}
		numbers[x] = uint32(len(r.refs) - 1)
	}
	return numbers
}

// prefix returns the number of the word for the prefix of a proof.
func (r *rows) prefix(words map[netip.Prefix]uint32, last, p *proof) uint32 {
	if last != nil && last.prefix == p.prefix {
		return r.refs[len(r.refs)-1].word
	}
	no, ok := words[p.prefix]
	if !ok {
		no = uint32(len(r.words))
		words[p.prefix] = no
		text, _, _ := strings.Cut(p.note, " ")
		r.words = append(r.words, text)
	}
	return no
}

// peerLists are the numbers of the lists that a set of peers gives.
type peerLists struct{ ases, peers uint32 }

// peerSets finds the different sets of peers. A table has few of them and many
// sightings.
type peerSets struct {
	known map[string]peerLists // by their masks
	texts map[string]uint32    // lists by their words
	lists []evidence.Attr
	key   []byte
}

func (p *peerSets) of(m *tables, s *sighting) peerLists {
	p.key = p.key[:0]
	for part := range m.seen.masks.parts(&s.peers) {
		if part.mask != 0 {
			p.key = binary.LittleEndian.AppendUint64(p.key, part.mask)
			p.key = binary.LittleEndian.AppendUint32(p.key, part.word)
		}
	}
	set, ok := p.known[string(p.key)]
	if !ok {
		var peers, ases []string
		for part := range m.seen.masks.parts(&s.peers) {
			for no := range part.peers {
				peer := m.peers[no]
				peers, ases = append(peers, peerName(peer)), append(ases, networkName(peer.ASN))
			}
		}
		set = peerLists{ases: p.list(ases), peers: p.list(peers)}
		p.known[string(p.key)] = set
	}
	return set
}

// list returns the number of the list of words.
func (p *peerSets) list(words []string) uint32 {
	slices.Sort(words)
	words = slices.Compact(words)
	text := strings.Join(words, "\n")
	no, ok := p.texts[text]
	if !ok {
		no = uint32(len(p.lists))
		p.texts[text] = no
		p.lists = append(p.lists, evidence.Distinct("", words...))
	}
	return no
}

// Len implements evidence.Rows.
func (r *rows) Len() int { return len(r.rows) }

// Form implements evidence.Rows.
func (r *rows) Form(no uint32) evidence.Form { return r.forms[no] }

// Word implements evidence.Rows.
func (r *rows) Word(no uint32) string { return r.words[no] }

// List implements evidence.Rows.
func (r *rows) List(no uint32) evidence.Attr { return r.lists[no] }

// Ref implements evidence.Rows.
func (r *rows) Ref(no uint32) evidence.Ref {
	x := &r.refs[no]
	return evidence.Ref{Path: r.path, Offset: x.offset, Length: int64(x.length), Note: x.note}
}

// Row implements evidence.Rows.
func (r *rows) Row(i int, to *evidence.Row) {
	s := &r.rows[i]
	to.Form = uint32(s.kind)
	to.Subjects = append(to.Subjects, s.left)
	if s.kind == isAdjacency {
		to.Subjects = append(to.Subjects, s.right)
	}
	to.Count = s.count
	to.First = clock(s.first)
	to.Last = clock(s.last)
	to.Refs = append(to.Refs, s.refs[:s.kept]...)
	to.Words = r.prefixes(to.Words, to.Refs)
	to.Values = append(to.Values,
		evidence.Value{Number: int64(s.looped)},
		evidence.Value{List: s.peers.ases},
		evidence.Value{List: s.peers.peers},
		evidence.Value{Words: to.Words})
	if s.kind == isAdjacency {
		nobody := uint64(0)
		if s.reserved {
			nobody = s.count
		}
		to.Values = append(to.Values, evidence.Value{Number: int64(nobody)})
	}
}

// prefixes appends the prefixes of refs, sorted as words.
func (r *rows) prefixes(dst, refs []uint32) []uint32 {
	for _, x := range refs {
		word := r.refs[x].word
		if slices.Contains(dst, word) {
			continue
		}
		i := len(dst)
		for i > 0 && r.words[dst[i-1]] > r.words[word] {
			i--
		}
		dst = slices.Insert(dst, i, word)
	}
	return dst
}
