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
	guards   map[string]*entity.Control // companies controlled by protected ones, by entry
	byKind   map[string][]*bench        // what to try an observation of a kind on
	benches  []*bench                   // in the order of the policy
	observed map[string]uint64          // observations by kind
	notes    []string                   // for the coverage
}

// bench is an entry and a relation of it, at which observations are tried.
type bench struct {
	entry      *policy.Entry
	rank       int // of the entry in the policy
	relation   policy.Relation
	control    *entity.Control
	found      map[string]*finding.Finding // by id
	unresolved map[evidence.ID]uint64      // parties that nobody is known to hold, with records
	examined   uint64                      // observations of the kind
}

func newJudgement(c *Case) *judgement {
	j := &judgement{
		Case:     c,
		names:    make(map[string]string),
		parties:  make(map[evidence.ID]party),
		guards:   make(map[string]*entity.Control),
		byKind:   make(map[string][]*bench),
		observed: make(map[string]uint64),
	}
	for _, s := range c.Set.Shards() {
		if len(s.Input.Names) > 0 {
			j.names[s.Input.Digest] = s.Input.Names[0]
		}
	}
	for rank, e := range c.Policy.Entries {
		j.seat(rank, e)
	}
	return j
}

// seat prepares the benches of an entry, unless it is not in force.
func (j *judgement) seat(rank int, e *policy.Entry) {
	if state, why := e.State(j.AsOf); state != policy.InForce {
		j.notes = append(j.notes, "entry "+e.ID+" does not apply on "+j.AsOf.String()+": "+why)
		return
	}
	control := j.Registry.Control(e.Control, e.Select.Seeds(j.Registry), j.AsOf)
	for _, relation := range awaitedAsOne(e) {
		b := &bench{entry: e, rank: rank, relation: relation, control: control,
			found: make(map[string]*finding.Finding), unresolved: make(map[evidence.ID]uint64)}
		j.benches = append(j.benches, b)
		if relation.Kind != nil {
			key := relation.Kind.Domain + "/" + relation.Kind.Name
			j.byKind[key] = append(j.byKind[key], b)
		}
	}
	if len(e.Protects.Companies) > 0 {
		majority := entity.ControlRule{Method: entity.MethodCascade, Threshold: entity.Whole / 2}
		j.guards[e.ID] = j.Registry.Control(majority, e.Protects.Companies, j.AsOf)
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
			if err := j.try(b, o); err != nil {
				return nil, err
			}
		}
	}
	var all []*finding.Finding
	for _, b := range j.benches {
		list := make([]*finding.Finding, 0, len(b.found)+1)
		for _, f := range b.found {
			list = append(list, f)
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
