package watch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/judge"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

// judge judges the pairs of which something has changed, and notes what became
// of the findings about them.
func (w *Watcher) judge(ctx context.Context, changes []rib.Change) error {
	if len(changes) == 0 {
		return nil
	}
	begun := time.Now()
	set := new(evidence.Set)
	shard := evidence.NewShard(evidence.Input{
		Digest: strings.Repeat("0", 64), Names: []string{"live"}, Status: evidence.StatusRead, Domains: []string{"carrier"},
	})
	for i := range changes {
		for _, o := range changes[i].Observations {
			shard.Observe(o)
		}
	}
	set.Add(shard)
	found := collector{tells: w.tells, of: make(map[rib.Pair][]*finding.Finding)}
	err := judge.Judge(ctx, judge.Case{
		Set: set, Registry: w.config.Registry, Policy: w.config.Policy, AsOf: w.asOf(),
	}, &found)
	if err != nil {
		return err
	}
	now := w.now()
	for _, c := range changes {
		if refused := w.records.note(&c, found.of[c.Pair], now, w.config.MaxFindings, &w.config.Damping); refused {
			w.mu.Lock()
			w.event(EventLimit, "", fmt.Sprintf("more than %d findings: further ones are left out; narrow the policy, or raise the limit", w.config.MaxFindings))
			w.mu.Unlock()
		}
	}
	w.stats.judged(len(changes), time.Since(begun))
	return nil
}

// collector keeps the findings that are about a party, by whom they are about.
// It implements finding.Handler.
type collector struct {
	tells func(v verdict) bool
	of    map[rib.Pair][]*finding.Finding
}

// Run implements finding.Handler.
func (c *collector) Run(*finding.Run) error { return nil }

// Finding implements finding.Handler.
func (c *collector) Finding(f *finding.Finding) error {
	party, ok := f.Party.AS()
	if !ok || !c.tells(f.Verdict) {
		return nil
	}
	pair := rib.Pair{High: party}
	if subject, ok := f.Subject.AS(); ok {
		pair = rib.Pair{Low: min(party, subject), High: max(party, subject)}
	}
	c.of[pair] = append(c.of[pair], f)
	return nil
}

// Problem implements finding.Handler.
func (c *collector) Problem(*finding.Problem) error { return nil }

// Coverage implements finding.Handler.
func (c *collector) Coverage(*finding.Coverage) error { return nil }

// Close implements finding.Handler.
func (c *collector) Close() error { return nil }
