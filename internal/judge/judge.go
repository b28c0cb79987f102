// Package judge applies a policy to evidence: evidence set, registry, policy
// and date in, findings out. It is pure: the same four give the same findings,
// and it reads no file and no clock.
//
// [Judge] is the way in. It runs every entry on every observation and never
// stops at the first answer. What it cannot prove it calls unknown, with what
// is missing and the cheapest way to get it; clean is said only of an entry
// whose evidence was read to its end and left nothing open.
package judge

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// Case is what is to be judged. All fields are needed but Run and Needs.
type Case struct {
	Set      *evidence.Set
	Registry *entity.Registry
	Policy   *policy.Policy
	AsOf     entity.Date
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
	parties  map[evidence.ID]party
	byKind   map[string][]*bench // what to try an observation of a kind on
	benches  []*bench            // in the order of the policy
	observed map[string]uint64   // observations by kind
	outdated []*evidence.Input   // that were collected by another lexicon
	notes    []string            // for the coverage
}

// bench is an entry and a relation of it, at which observations are tried.
type bench struct {
	entry    *policy.Entry
	relation policy.Relation
	control  *entity.Control    // by the companies that the entry selects
	guard    *entity.Control    // by those that it protects, nil if it names none
	matters  map[string]*matter // by the id of their finding
	examined uint64             // observations of the kind
	// Identifiers that keep the answer open, with their records: parties that
	// nobody is known to hold, and counterparts that only their address space
	// places outside the protected countries.
	unresolved, unplaced map[evidence.ID]uint64
}

func newJudgement(c *Case) *judgement {
	j := &judgement{
		Case:     c,
		names:    make(map[string]string),
		parties:  make(map[evidence.ID]party),
		byKind:   make(map[string][]*bench),
		observed: make(map[string]uint64),
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

// seat prepares the benches of an entry. One that does not apply leaves only a
// note: it has no verdict, not even clean.
func (j *judgement) seat(e *policy.Entry) {
	if ok, why := j.applies(e); !ok {
		j.notes = append(j.notes, "entry "+e.ID+" does not apply on "+j.AsOf.String()+": "+why)
		return
	}
	control := j.Registry.Control(e.Control, e.Select.Seeds(j.Registry), j.AsOf)
	var guard *entity.Control
	if len(e.Protects.Companies) > 0 {
		majority := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
		guard = j.Registry.Control(majority, e.Protects.Companies, j.AsOf)
	}
	for _, relation := range awaitedAsOne(e) {
		b := &bench{
			entry: e, relation: relation, control: control, guard: guard,
			matters:    make(map[string]*matter),
			unresolved: make(map[evidence.ID]uint64), unplaced: make(map[evidence.ID]uint64),
		}
		j.benches = append(j.benches, b)
		if relation.Kind != nil {
			key := relation.Kind.Domain + "/" + relation.Kind.Name
			j.byKind[key] = append(j.byKind[key], b)
		}
	}
}

// awaitedAsOne returns the relations of an entry; those of one that awaits its
// evidence as a single relation, because there is one answer for all of them.
func awaitedAsOne(e *policy.Entry) []policy.Relation {
	if e.Awaits == "" {
		return e.Relations
	}
	names := make([]string, len(e.Relations))
	for i, r := range e.Relations {
		names[i] = r.Name
	}
	return []policy.Relation{{Name: strings.Join(names, ", ")}}
}

// checkEvery is after how many observations the context is asked.
const checkEvery = 4096

func (j *judgement) findings(ctx context.Context) ([]*finding.Finding, error) {
	n := 0
	for o := range j.Set.Observations() {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		key := o.Domain + "/" + o.Kind
		j.observed[key]++
		for _, b := range j.byKind[key] {
			b.examined++
			j.try(b, o)
		}
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
