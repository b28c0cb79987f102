package carrier

import (
	"slices"
	"strconv"

	"github.com/cleannet/cleannet/internal/evidence"
)

// rows is the result of a reading in the form in which evidence takes it. It
// implements evidence.Rows.
//
// Words are numbered in three ranges: networks, prefixes, other texts.
type rows struct {
	path     string
	forms    []evidence.Form // by kind
	shown    sightings       // their exemplars are numbers of refs, in order
	lists    []evidence.Attr
	refs     []ref // in the order of evidence.Ref
	tails    []link
	asns     []uint32 // words for networks
	names    networks // numbers of these words
	prefixes []*spot  // words for prefixes
	texts    []string // other words
}

// rows returns the result. The tables are of no use afterwards.
func (m *tables) rows(path string) *rows {
	r := &rows{path: path, forms: forms(), shown: m.shown}
	// Every network is an origin or a transit of something.
	for _, kind := range []int{isOrigin, isTransit} {
		for i := range r.shown[kind].all {
			asn := uint32(r.shown[kind].all[i].networks)
			if no := r.names.at(asn); *no == 0 {
				r.asns = append(r.asns, asn)
				*no = uint32(len(r.asns))
			}
		}
	}
	p := newProver(m, r)
	p.run()
	sets := newPeerSets(m.peers)
	for kind := range r.shown {
		k := &r.shown[kind]
		for i := range k.all {
			s := &k.all[i]
			s.lists = sets.of(&k.masks, &s.peers)
			refs := s.exemplars[:s.kept]
			for j, x := range refs {
				refs[j] = p.numbers[x]
			}
			slices.Sort(refs)
			s.kept = uint32(len(slices.Compact(refs)))
		}
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

// Len implements evidence.Rows.
func (r *rows) Len() int {
	n := 0
	for kind := range r.shown {
		n += len(r.shown[kind].all)
	}
	return n
}

// Form implements evidence.Rows.
func (r *rows) Form(no uint32) evidence.Form { return r.forms[no] }

// AppendWord implements evidence.Rows.
func (r *rows) AppendWord(dst []byte, no uint32) []byte {
	if no < uint32(len(r.asns)) {
		return strconv.AppendUint(append(dst, "asn:"...), uint64(r.asns[no]), 10)
	}
	if no -= uint32(len(r.asns)); no < uint32(len(r.prefixes)) {
		return r.prefixes[no].prefix().AppendTo(dst)
	}
	return append(dst, r.texts[no-uint32(len(r.prefixes))]...)
}

// List implements evidence.Rows.
func (r *rows) List(no uint32) evidence.Attr { return r.lists[no] }

// Refs implements evidence.Rows.
func (r *rows) Refs() int { return len(r.refs) }

// Ref implements evidence.Rows.
func (r *rows) Ref(no uint32, to *evidence.RefRow) {
	x := &r.refs[no]
	prefix := uint32(len(r.asns))
	*to = evidence.RefRow{
		Path: r.path, Offset: x.offset, Length: int64(x.length),
		Head: prefix + x.prefix, Body: prefix + uint32(len(r.prefixes)) + x.text, Tail: x.tail,
	}
}

// Tail implements evidence.Rows.
func (r *rows) Tail(no uint32) (number, rest uint32) { return r.tails[no].asn, r.tails[no].rest }

// Row implements evidence.Rows.
func (r *rows) Row(i int, to *evidence.Row) {
	kind := 0
	for i >= len(r.shown[kind].all) {
		i -= len(r.shown[kind].all)
		kind++
	}
	s := &r.shown[kind].all[i]
	to.Form = uint32(kind)
	if kind == isAdjacency {
		to.Subjects = append(to.Subjects, *r.names.at(uint32(s.networks >> 32))-1)
	}
	to.Subjects = append(to.Subjects, *r.names.at(uint32(s.networks))-1)
	to.Count = s.count
	to.First = clock(s.first)
	to.Last = clock(s.last)
	to.Refs = append(to.Refs, s.exemplars[:s.kept]...)
	to.Values = append(to.Values,
		evidence.Value{Number: int64(s.looped)},
		evidence.Value{List: s.lists.ases},
		evidence.Value{List: s.lists.peers},
		evidence.Value{Heads: true})
	if kind == isAdjacency {
		nobodys := uint64(0)
		if reserved(uint32(s.networks>>32)) || reserved(uint32(s.networks)) {
			nobodys = s.count
		}
		to.Values = append(to.Values, evidence.Value{Number: int64(nobodys)})
	}
}

// networks numbers networks: the numbers, plus one. Almost all AS numbers in use
// are small and index a page.
type networks struct {
	small [128]*[networkPage]uint32
	large map[uint32]*uint32
}

const networkPage = 1 << 12

func (n *networks) at(asn uint32) *uint32 {
	if int(asn/networkPage) < len(n.small) {
		page := &n.small[asn/networkPage]
		if *page == nil {
			*page = new([networkPage]uint32)
		}
		return &(*page)[asn%networkPage]
	}
	no, ok := n.large[asn]
	if !ok {
		if n.large == nil {
			n.large = make(map[uint32]*uint32)
		}
		no = new(uint32)
		n.large[asn] = no
	}
	return no
}
