package carrier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/ixlist"
	"github.com/cleannet/cleannet/internal/source"
)

// Exchange reads lists of who is connected to which Internet exchange, and says
// who meets whom there. Of the pairs, which grow with the square of the members,
// it takes those in which the lexicon knows one side.
type Exchange struct{}

// Name implements domain.Reader.
func (Exchange) Name() string { return "exchange/1" }

// Match implements domain.Reader; the file's name does not matter.
func (Exchange) Match(_ string, head []byte) bool { return ixlist.Detect(head) != ixlist.None }

// Selects implements domain.Selective.
func (Exchange) Selects() string { return "AS numbers of one of two networks that meet at an exchange" }

// Bounds of a list.
const (
	maxPorts = 1 << 20
	maxPairs = 1 << 22
)

var errManyPorts = fmt.Errorf("more than %d ports: split the list by exchange", maxPorts)

// Read implements domain.Reader.
func (x Exchange) Read(ctx context.Context, f *source.File, env domain.Env, out *evidence.Shard) error {
	head, err := f.Head(source.HeadMax)
	if err != nil {
		return err
	}
	exchanges := make(map[string][]ixlist.Port)
	ports, doubtful := 0, uint64(0)
	malformed, err := ixlist.Read(f, ixlist.Detect(head), func(p ixlist.Port) error {
		if ports++; ports > maxPorts {
			return errManyPorts
		}
		if p.Doubtful {
			doubtful++
			return nil
		}
		exchanges[p.Exchange] = append(exchanges[p.Exchange], p)
		return nil
	})
	out.Count("exchange: ports", uint64(ports))
	if doubtful > 0 {
		out.Count("exchange: ports about which the list doubts", doubtful)
	}
	out.Count("exchange: exchanges", uint64(len(exchanges)))
	if malformed > 0 {
		out.Problem(evidence.Problem{
			Path: f.Path(), Offset: -1, Reader: x.Name(),
			Message: fmt.Sprintf("%d entries of the list could not be understood", malformed),
			Next:    "the others were read; fetch the list again",
		})
	}
	return errors.Join(err, meet(ctx, f.Path(), exchanges, env.Lexicon, out))
}

// meet makes the pairs of those who are at the same exchange. Without a lexicon
// every network counts as known.
func meet(ctx context.Context, path string, exchanges map[string][]ixlist.Port, lexicon *evidence.Lexicon, out *evidence.Shard) error {
	left := maxPairs
	for _, name := range slices.Sorted(maps.Keys(exchanges)) {
		members := exchanges[name]
		slices.SortStableFunc(members, func(a, b ixlist.Port) int { return cmp.Compare(a.ASN, b.ASN) })
		members = slices.CompactFunc(members, func(a, b ixlist.Port) bool { return a.ASN == b.ASN })
		known := make([]bool, len(members))
		for i, m := range members {
			known[i] = lexicon == nil || lexicon.Contains(evidence.ASN(m.ASN))
		}
		for i, a := range members {
			if err := ctx.Err(); err != nil {
				return err
			}
			for j, b := range members[i+1:] {
				if !known[i] && !known[i+1+j] {
					continue
				}
				if left--; left < 0 {
					return fmt.Errorf("more than %d pairs of networks at exchanges: split the list by exchange", maxPairs)
				}
				out.Observe(met(path, name, a, b))
			}
		}
	}
	return nil
}

// met returns the observation that two networks are at one exchange.
func met(path, exchange string, a, b ixlist.Port) evidence.Observation {
	o := evidence.Observation{
		Domain: Name, Kind: KindMeeting, Count: 1,
		Subjects: []evidence.Subject{{Role: roleMember, ID: evidence.ASN(a.ASN)}, {Role: roleFellow, ID: evidence.ASN(b.ASN)}},
		Attrs:    []evidence.Attr{evidence.Words(attrExchanges, exchange)},
	}
	for _, p := range []ixlist.Port{a, b} {
		note := fmt.Sprintf("%s: port of AS%d", exchange, p.ASN)
		if p.Addr.IsValid() {
			note += " at " + p.Addr.String()
		}
		o.Refs = append(o.Refs, evidence.Ref{Path: path, Offset: max(p.Offset, 0), Length: p.Length, Note: note})
	}
	return o
}
