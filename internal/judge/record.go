package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// matter is a finding in the making: what an entry says about one pair of
// parties, by all the observations that show them.
type matter struct {
	finding  *finding.Finding
	party    *party
	other    *party
	draft    draft
	seen     []finding.Step // bytes and observation of each sighting
	sighted  int            // observations
	peers    evidence.Attr  // of the sighting that most peers showed
	hasPeers bool
}

// mostProofs is how many observations a finding's chain holds. All count.
const mostProofs = 8

// record notes a sighting. Sightings of the same parties, such as the two
// directions of an adjacency, are one matter.
func (j *judgement) record(b *bench, o *evidence.Observation, p, other *party, d *draft) {
	e := b.entry
	f := &finding.Finding{
		Domain: e.Domain, Relation: b.relation.Name, Effect: e.Effect, Severity: e.Severity,
		Subject: other.id, SubjectName: other.name,
		Party: p.id, PartyName: p.name,
		Policy: j.Policy.ID, Entry: e.ID, Remedy: e.Remedy,
	}
	if p.slug != "" {
		f.Company, f.CompanyName = p.holding.Company.ID(), p.holding.Company.Name
	}
	f.ID = finding.Identify(f)
	m, ok := b.matters[f.ID]
	if !ok {
		m = &matter{finding: f, party: p, other: other, draft: *d}
		b.matters[f.ID] = m
	} else {
		m.draft.join(d)
	}
	m.finding.Count += min(o.Count, ^uint64(0)-m.finding.Count)
	if m.sighted++; m.sighted <= mostProofs {
		m.seen = append(m.seen, j.seenSteps(o)...)
		for _, second := range d.seconds {
			m.seen = append(m.seen, j.seenSteps(second)...)
		}
	}
	if a, ok := o.Attr("peers"); ok && (!m.hasPeers || a.Number() > m.peers.Number()) {
		m.peers, m.hasPeers = a, true
	}
}

// join takes in the draft of another sighting of the same matter. One that is
// proved stands, whatever a weaker one leaves open; else the worse decides.
func (d *draft) join(o *draft) {
	rank := func(v policy.Verdict) int {
		if v == policy.Unknown {
			return len(policy.Verdicts())
		}
		return slices.Index(policy.Verdicts(), v)
	}
	switch c := cmp.Compare(rank(o.verdict), rank(d.verdict)); {
	case c < 0:
		*d = *o
	case c == 0:
		for _, m := range o.missing {
			if !slices.Contains(d.missing, m) {
				d.missing = append(d.missing, m)
			}
		}
	}
}

// settle writes the finding of a matter.
func (j *judgement) settle(b *bench, m *matter) *finding.Finding {
	f := m.finding
	f.Verdict, f.Missing = m.draft.verdict, m.draft.missing
	f.Effect = cmp.Or(m.draft.effect, f.Effect)
	f.Reason = m.reason(b)
	f.Chain = append(m.seen, j.groundSteps(b, m)...)
	return f
}

// reason says in a sentence what was seen and why it matters.
func (m *matter) reason(b *bench) string {
	phrase := cmp.Or(b.relation.Kind.Phrase, "{party}: "+b.relation.Name)
	var text strings.Builder
	text.WriteString(strings.NewReplacer("{party}", m.party.String(), "{subject}", m.other.String()).Replace(phrase))
	text.WriteString(", in " + plural(m.finding.Count, "record", "records"))
	switch {
	case m.hasPeers && m.peers.Number() == 0: // each record has a peer, but none that counts
		text.WriteString(" of no peer that corroborates it")
	case m.hasPeers:
		text.WriteString(" of ")
		if m.sighted > 1 { // the sightings may be of the same peers or of others
			text.WriteString("at least ")
		}
		if m.peers.Error() > 0 {
			text.WriteString("about ")
		}
		text.WriteString(plural(uint64(m.peers.Number()), "peer", "peers"))
	}
	for _, x := range m.draft.missing {
		text.WriteString("; not known: " + x.What)
	}
	for _, r := range m.draft.reasons {
		text.WriteString("; " + r)
	}
	return strings.TrimSuffix(text.String(), ".") + "." // a name may end in one: "Co., Ltd."
}

// plural writes a number with its noun.
func plural(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
