package evidence_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/evidence"
)

func ids(t testing.TB, texts ...string) []evidence.ID {
	t.Helper()
	out := make([]evidence.ID, len(texts))
	for i, text := range texts {
		id, err := evidence.ParseID(text)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = id
	}
	return out
}

// TestLexiconAgainstReference compares every search with a walk over all
// identifiers.
func TestLexiconAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	name := func() string {
		labels := make([]string, 1+r.IntN(4))
		for i := range labels {
			labels[i] = string(rune('a' + r.IntN(3)))
		}
		return strings.Join(labels, ".")
	}
	addr := func() netip.Addr {
		if r.IntN(2) == 0 {
			return netip.AddrFrom4([4]byte{192, 0, byte(r.IntN(4)), byte(r.IntN(256))})
		}
		return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(r.IntN(4)), 15: byte(r.IntN(4))})
	}
	for range 200 {
		var all []evidence.ID
		for range r.IntN(40) {
			a := addr()
			all = append(all, ids(t, "domain:"+name(), "dex:"+name(), fmt.Sprint("asn:", r.IntN(5)))...)
			all = append(all, evidence.Addr(a), evidence.Prefix(netip.PrefixFrom(a, r.IntN(a.BitLen()+1))))
		}
		lexicon := evidence.NewLexicon(slices.Values(all))
		shuffled := slices.Clone(all)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		other := evidence.NewLexicon(slices.Values(append(shuffled, shuffled...)))
		if lexicon.Digest() != other.Digest() || lexicon.Len() != other.Len() {
			t.Fatal("the lexicon depends on order or repetition")
		}
		for range 50 {
			host, class, a := name(), name(), addr()
			gotHost, okHost := lexicon.MatchDomain(host)
			check(t, host, gotHost, okHost, longest(all, evidence.SchemeDomain, func(v string) bool {
				return host == v || strings.HasSuffix(host, "."+v)
			}))
			gotClass, okClass := lexicon.MatchClass(class)
			check(t, class, gotClass, okClass, longest(all, evidence.SchemeDex, func(v string) bool {
				return class == v || strings.HasPrefix(class, v+".")
			}))
			gotBlock, okBlock := lexicon.MatchIP(a)
			check(t, a.String(), gotBlock, okBlock, longestBlock(all, a))
			if otherBlock, _ := other.MatchIP(a); otherBlock != gotBlock {
				t.Fatalf("%s is in %s or in %s, by the order", a, gotBlock, otherBlock)
			}
			if id := ids(t, fmt.Sprint("asn:", r.IntN(9)))[0]; lexicon.Contains(id) != slices.Contains(all, id) {
				t.Fatalf("Contains(%s) is wrong", id)
			}
		}
	}
}

func check(t *testing.T, what string, got evidence.ID, ok bool, want evidence.ID) {
	t.Helper()
	if got != want || ok == want.IsZero() {
		t.Fatalf("%s: got %q, %t, want %q", what, got, ok, want)
	}
}

func longest(all []evidence.ID, scheme evidence.Scheme, match func(string) bool) (best evidence.ID) {
	for _, id := range all {
		if id.Scheme() == scheme && match(id.Value()) && len(id.Value()) > len(best.Value()) {
			best = id
		}
	}
	return best
}

// longestBlock prefers the block of one address to the address itself.
func longestBlock(all []evidence.ID, a netip.Addr) (best evidence.ID) {
	bits := -1
	for _, id := range all {
		p, err := netip.ParsePrefix(id.Value())
		if id.Scheme() == evidence.SchemeIP {
			at, _ := id.IP()
			p, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil || !p.Contains(a) {
			continue
		}
		if p.Bits() > bits || p.Bits() == bits && id.Scheme() == evidence.SchemePrefix {
			best, bits = id, p.Bits()
		}
	}
	return best
}

func TestNoLexicon(t *testing.T) {
	var none *evidence.Lexicon
	_, ip := none.MatchIP(netip.MustParseAddr("192.0.2.1"))
	_, domain := none.MatchDomain("example.org")
	_, class := none.MatchClass("com.example")
	if ip || domain || class || none.Len() != 0 || none.Digest() != "" || none.Contains(evidence.ASN(1)) {
		t.Error("the nil lexicon knows something")
	}
	known := evidence.NewLexicon(slices.Values(ids(t, "prefix:192.0.2.0/24", "prefix:fe80::/10")))
	for _, text := range []string{"::ffff:192.0.2.1", "fe80::1%eth0"} {
		if _, ok := known.MatchIP(netip.MustParseAddr(text)); !ok {
			t.Errorf("%s is not found", text)
		}
	}
}
