package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"
)

// Lexicon is the set of identifiers that a registry knows, compiled for search
// by readers that cannot emit everything they meet. It is immutable and safe
// for concurrent use. The nil Lexicon knows nothing.
type Lexicon struct {
	ids    map[ID]struct{}
	blocks bart.Table[ID]
	digest string
}

// NewLexicon compiles the identifiers; their order does not matter.
func NewLexicon(ids iter.Seq[ID]) *Lexicon {
	l := &Lexicon{ids: make(map[ID]struct{})}
	for id := range ids {
		if !id.IsZero() {
			l.ids[id] = struct{}{}
		}
	}
	// In order, so that of "ip:192.0.2.1" and "prefix:192.0.2.1/32" it is
	// always the latter that an address matches.
	var all []string
	for _, id := range slices.SortedFunc(maps.Keys(l.ids), ID.Compare) {
		all = append(all, id.s)
		if p, err := netip.ParsePrefix(id.Value()); err == nil && id.Scheme() == SchemePrefix {
			l.blocks.Insert(p, id)
		} else if a, ok := id.IP(); ok {
			l.blocks.Insert(netip.PrefixFrom(a, a.BitLen()), id)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	l.digest = hex.EncodeToString(sum[:])
	return l
}

// Digest identifies the content; a set records it, so that judging with a
// newer registry can say what the collection could not have known.
func (l *Lexicon) Digest() string {
	if l == nil {
		return ""
	}
	return l.digest
}

// Len returns how many identifiers the lexicon holds.
func (l *Lexicon) Len() int {
	if l == nil {
		return 0
	}
	return len(l.ids)
}

// Contains reports whether the identifier itself is known.
func (l *Lexicon) Contains(id ID) bool {
	if l == nil {
		return false
	}
	_, ok := l.ids[id]
	return ok
}

// MatchIP returns the longest known block that contains the address.
func (l *Lexicon) MatchIP(addr netip.Addr) (ID, bool) {
	if l == nil {
		return ID{}, false
	}
	return l.blocks.Lookup(addr.Unmap().WithZone(""))
}

// MatchDomain returns the nearest known domain at or above the host name,
// which must be in canonical form.
func (l *Lexicon) MatchDomain(host string) (ID, bool) {
	return l.matchUp(SchemeDomain, host, func(v string) string { _, rest, _ := strings.Cut(v, "."); return rest })
}

// MatchClass returns the longest known class prefix of a dotted class name,
// matching whole segments only.
func (l *Lexicon) MatchClass(name string) (ID, bool) {
	return l.matchUp(SchemeDex, name, func(v string) string { return v[:max(strings.LastIndexByte(v, '.'), 0)] })
}

func (l *Lexicon) matchUp(scheme Scheme, v string, up func(string) string) (ID, bool) {
	for ; l != nil && v != ""; v = up(v) {
		id := ID{string(scheme) + ":" + v}
		if _, ok := l.ids[id]; ok {
			return id, true
		}
	}
	return ID{}, false
}
