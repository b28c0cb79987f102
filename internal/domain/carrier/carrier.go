// Package carrier reads evidence of who connects with whom between networks:
// routing tables now, further sources as they are added.
//
// [Domain] returns its kinds and readers. The kinds keep meanings apart that
// are easily mixed up: that two networks stand side by side on AS paths is an
// adjacency, not a proven session.
package carrier

import (
	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
)

// Names of the kinds.
const (
	Name = "carrier"

	KindAdjacency = "adjacency"
	KindOrigin    = "origin"
	KindTransit   = "transit"
)

// Domain returns the carrier domain.
func Domain() domain.Domain {
	return domain.Domain{
		Name: Name,
		Doc:  "Untrusted carriers must not be connected with protected telecom networks.",
		Needs: "a routing table (MRT or as a router prints it), a log of BGP messages (MRT), a router's configuration, " +
			"what a router told a BMP station (a stream or a capture), a validator's JSON with ASPAs, or a list of the members of exchanges",
		Kinds:   Kinds(),
		Readers: []domain.Reader{MRT{}, BMP{}, Text{}, Config{}, ASPA{}, Exchange{}},
	}
}

// Kinds returns the kinds of observation of the domain.
func Kinds() []*evidence.Kind {
	return []*evidence.Kind{
		{
			Domain: Name, Name: KindAdjacency,
			Doc: "Two networks that follow each other on AS paths. It is as good as the paths are: " +
				"a route server in between may hide, and a poisoned path invents, neighbours.",
			Phrase: "{party} and {subject} are neighbours on AS paths",
			Roles: []evidence.Role{
				{Name: "near", Doc: "the network nearer to the collector: it received the routes", Party: true},
				{Name: "far", Doc: "the network nearer to the origin: it announced the routes", Party: true},
			},
			Attrs: append(seenAttrs(), evidence.AttrSpec{Key: attrReserved, Op: evidence.OpSum,
				Doc: "entries, where one of the two numbers is reserved, private or AS_TRANS and so nobody's: not connected"}),
		},
		{
			Domain: Name, Name: KindOrigin,
			Doc:    "A network that announces prefixes of its own: the last AS number of a path, or each member of a set that ends it.",
			Phrase: "{party} announces prefixes",
			Roles:  []evidence.Role{{Name: "origin", Doc: "the announcing network", Party: true}},
			Attrs:  seenAttrs(),
		},
		{
			Domain: Name, Name: KindTransit,
			Doc:    "A network that stands on AS paths without being their origin: it carries others' traffic.",
			Phrase: "{party} stands on AS paths to other networks",
			Roles:  []evidence.Role{{Name: "via", Doc: "the network passed through", Party: true}},
			Attrs:  seenAttrs(),
		},
		sessionKind(), meetingKind(), aspaKind(),
	}
}

// seenAttrs are the attributes of everything that AS paths show.
func seenAttrs() []evidence.AttrSpec {
	return []evidence.AttrSpec{
		{Key: attrLooped, Op: evidence.OpSum,
			Doc: "entries whose path has a loop (A x A): poisoned or forged, so they corroborate nothing"},
		{Key: attrPeerASes, Op: evidence.OpDistinct, Doc: "AS numbers of the peers that showed it on a path without loop"},
		{Key: attrPeers, Op: evidence.OpDistinct, Doc: "peers (address and AS number) that showed it on a path without loop"},
		{Key: attrPrefixes, Op: evidence.OpSet, Doc: "exemplar prefixes"},
	}
}

const (
	attrLooped   = "looped"
	attrPeerASes = "peer_ases"
	attrPeers    = "peers"
	attrPrefixes = "prefixes"
	attrReserved = "reserved"
)
