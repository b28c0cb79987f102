package carrier

import (
	"slices"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// Fact is one thing that an AS path shows, or a session: the kind of an
// observation and the networks in its roles. It is comparable.
type Fact struct {
	Kind        string
	Left, Right uint32 // Right is 0 for an origin or a transit
}

// AppendFacts appends what a path shows to dst, once each. The readers of files
// count the same, in a way that is made for tables of millions.
func AppendFacts(dst []Fact, path *mrt.Path) []Fact {
	from := len(dst)
	show := func(f Fact) {
		if !slices.Contains(dst[from:], f) {
			dst = append(dst, f)
		}
	}
	origins := path.Origins()
	for asn := range path.ASNs {
		kind := KindTransit
		if slices.Contains(origins, asn) {
			kind = KindOrigin
		}
		show(Fact{Kind: kind, Left: asn})
	}
	for near, far := range path.Adjacencies {
		show(Fact{KindAdjacency, near, far})
	}
	return dst
}

// Seen is how a fact was seen.
type Seen struct {
	Count, Looped uint64 // routes, and those of them whose path has a loop
	Peers         []mrt.Peer
	Prefixes      []string
	First, Last   time.Time
	Refs          []evidence.Ref
}

// Observation returns a fact of a path as an observation.
func (f Fact) Observation(s *Seen) evidence.Observation {
	roles := []string{"near", "far"}
	switch f.Kind {
	case KindOrigin:
		roles = []string{"origin"}
	case KindTransit:
		roles = []string{"via"}
	}
	o := evidence.Observation{
		Domain: Name, Kind: f.Kind, Count: s.Count, First: s.First, Last: s.Last, Refs: s.Refs,
		Subjects: []evidence.Subject{{Role: roles[0], ID: evidence.ASN(f.Left)}},
	}
	if len(roles) > 1 {
		o.Subjects = append(o.Subjects, evidence.Subject{Role: roles[1], ID: evidence.ASN(f.Right)})
	}
	ases, peers := make([]string, len(s.Peers)), make([]string, len(s.Peers))
	for i, p := range s.Peers {
		ases[i], peers[i] = networkName(p.ASN), peerName(p)
	}
	o.Attrs = []evidence.Attr{
		evidence.Sum(attrLooped, int64(s.Looped)),
		evidence.Distinct(attrPeerASes, ases...),
		evidence.Distinct(attrPeers, peers...),
		evidence.Words(attrPrefixes, s.Prefixes...),
	}
	if f.Kind == KindAdjacency {
		nobody := uint64(0)
		if reserved(f.Left) || reserved(f.Right) {
			nobody = s.Count
		}
		o.Attrs = append(o.Attrs, evidence.Sum(attrReserved, int64(nobody)))
	}
	return o
}

// PeerName writes a peer as observations name it: its address and AS number.
func PeerName(p mrt.Peer) string { return peerName(p) }
