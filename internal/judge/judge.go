// Package judge applies a policy to evidence: evidence set, registry, policy
// and date in, findings out. It is pure: the same four give the same findings,
// and it reads no file and no clock.
//
// [Judge] is the way in. It runs every entry on every observation that can
// concern it and never stops at the first answer. What it cannot prove it calls
// unknown, with what is missing and the cheapest way to get it; clean is said
// only of an entry whose evidence was read to its end and left nothing open.
package judge

import (
	"cmp"
	"context"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// Case is what is to be judged. All fields are needed but Run and Needs.
type Case struct {
	Set      *evidence.Set
	Registry *entity.Registry
	// Policy may be a document as it was known at a date, see
	// [policy.Policy.KnownAt]; the registry is then to be of the same date.
	Policy *policy.Policy
	AsOf   entity.Date
	// Needs says for each domain which evidence its readers take: the next
	// step where there is none.
	Needs map[string]string
	// Run holds what the caller knows of the run: tool, version, start,
	// attributions. Judge fills in the rest.
	Run finding.Run
}

// Judge sends the whole stream of the case to the handler, which it does not
// close. Findings come in the order of the policy's entries, within an entry
// the worst verdict first, then by company, subject and party. The error is
// the context's or the handler's.
func Judge(ctx context.Context, c Case, h finding.Handler) error {
	j := newJudgement(&c)
	if err := h.Run(j.run()); err != nil {
		return err
	}
	findings, err := j.findings(ctx)
	if err != nil {
		return err
	}
	for _, f := range findings {
		if err := h.Finding(f); err != nil {
			return err
		}
	}
	for _, p := range j.problems() {
		if err := h.Problem(p); err != nil {
			return err
		}
	}
	return h.Coverage(j.coverage())
}

// judgement is one run of Judge.
type judgement struct {
	*Case
	names    map[string]string // of inputs, by digest
	parties  map[evidence.ID]*party
	ruled    ruled
	stations map[kindKey]*station // what to try an observation of a kind on
	benches  []*bench             // in the order of the policy
	seconds  seconds
	unread   map[string][]finding.Missing // by domain, see gaps
	notes    []string                     // for the coverage
	others   []*party                     // see counterparts
	outdated []*evidence.Input            // that were collected by another lexicon
	current  *evidence.Observation        // see subjects
	present  []*party                     // likewise
}

// kindKey names a kind of observation.
type kindKey struct{ domain, name string }

func newJudgement(c *Case) *judgement {
	j := &judgement{
		Case:     c,
		names:    make(map[string]string),
		parties:  make(map[evidence.ID]*party),
		ruled:    newRuled(),
		stations: make(map[kindKey]*station),
		unread:   make(map[string][]finding.Missing),
		outdated: outdated(c),
	}
	for _, s := range c.Set.Shards() {
		if len(s.Input.Names) > 0 {
			j.names[s.Input.Digest] = s.Input.Names[0]
		}
	}
	for _, e := range c.Policy.Entries {
		j.seat(e)
	}
	return j
}

// applies reports whether the entry applies at the date, and if not why.
func (j *judgement) applies(e *policy.Entry) (bool, string) {
	if state, why := e.State(j.AsOf); state != policy.InForce {
		return false, why
	}
	if e.Unless != nil {
		if state, why := e.Unless.Status(j.AsOf); state == policy.UnlessSatisfied {
			return false, why
		}
	}
	return true, ""
}

// checkEvery is after how many observations the context is asked.
const checkEvery = 4096

func (j *judgement) findings(ctx context.Context) ([]*finding.Finding, error) {
	if err := j.seconds.gather(ctx, j); err != nil {
		return nil, err
	}
	n := 0
	var at *station // observations come sorted by kind
	var key kindKey
	for o := range j.Set.Observations() {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if at == nil || o.Kind != key.name || o.Domain != key.domain {
			key = kindKey{o.Domain, o.Kind}
			at = j.station(key)
		}
		at.observed++
		j.try(at, o)
	}
	var all []*finding.Finding
	for _, b := range j.benches {
		list := make([]*finding.Finding, 0, len(b.matters)+1)
		for _, m := range b.matters {
			list = append(list, j.settle(b, m))
		}
		if f := j.rollUp(b); f != nil {
			list = append(list, f)
		}
		slices.SortFunc(list, compareFindings)
		all = append(all, list...)
	}
	return all, ctx.Err()
}

// compareFindings orders the findings of one entry and relation.
func compareFindings(a, b *finding.Finding) int {
	order := policy.Verdicts()
	return cmp.Or(
		cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict)),
		a.Company.Compare(b.Company),
		a.Subject.Compare(b.Subject),
		a.Party.Compare(b.Party),
		cmp.Compare(a.ID, b.ID),
	)
}
