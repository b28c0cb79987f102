package carrier

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

func peerName(p mrt.Peer) string {
	return p.Addr.String() + " " + networkName(p.ASN)
}

func networkName(asn uint32) string { return "AS" + strconv.FormatUint(uint64(asn), 10) }

// peerLists are the numbers of the lists that a set of peers gives.
type peerLists struct{ ases, peers uint32 }

// peerSets finds the different sets of peers. A table has few of them and many
// sightings.
type peerSets struct {
	known map[string]peerLists // by their masks
	texts map[string]uint32    // lists by their words
	few   map[uint64]peerLists // the same of sets within the first 64 peers
	lists []evidence.Attr
	key   []byte
	peers []mrt.Peer
}

func newPeerSets(peers []mrt.Peer) peerSets {
	return peerSets{
		known: make(map[string]peerLists), texts: make(map[string]uint32),
		few: make(map[uint64]peerLists), peers: peers,
	}
}

// of returns the lists of the peers in a set.
func (p *peerSets) of(masks *masks, s *peerMask) peerLists {
	if s.word != 0 || s.next != 0 {
		return p.ofMany(masks, s)
	}
	lists, ok := p.few[s.mask]
	if !ok {
		lists = p.ofMany(masks, s)
		p.few[s.mask] = lists
	}
	return lists
}

func (p *peerSets) ofMany(masks *masks, s *peerMask) peerLists {
	p.key = p.key[:0]
	for part := range masks.parts(s) {
		if part.mask != 0 {
			p.key = binary.LittleEndian.AppendUint64(p.key, part.mask)
			p.key = binary.LittleEndian.AppendUint32(p.key, part.word)
		}
	}
	set, ok := p.known[string(p.key)]
	if !ok {
		var peers, ases []string
		for part := range masks.parts(s) {
			for no := range part.peers {
				peer := p.peers[no]
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
