package sarif

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// grade is the kind of a result (section 3.27.9) and its level (3.27.10),
// which must be none unless the kind is fail.
type grade struct{ kind, level string }

// gradeOf maps verdict and effect. An excepted finding is a failure that is
// suppressed, so that dashboards show it as waived and not as solved.
func gradeOf(v policy.Verdict, e policy.Effect) grade {
	switch v {
	case policy.Violation, policy.Excepted:
		switch {
		case e == policy.Restrict:
			return grade{"fail", "warning"}
		case e == policy.Review && v == policy.Violation:
			return grade{"review", "none"}
		case e == policy.Review:
			return grade{"fail", "note"}
		}
		return grade{"fail", "error"}
	case policy.Pending:
		return grade{"review", "none"}
	case policy.Clean:
		return grade{"pass", "none"}
	}
	return grade{"open", "none"}
}

// fingerprint names the finding's id among the partial fingerprints; the
// version changes if [finding.Identify] ever does (section 3.27.17).
const fingerprint = "cleannetFinding/v1"

// result is a finding as a result.
func (r *report) result(f *finding.Finding, rule int) result {
	g := gradeOf(f.Verdict, f.Effect)
	out := result{
		RuleID: cmp.Or(f.Entry, "unnamed"), RuleIndex: rule, Kind: g.kind, Level: g.level,
		Message:      message{text(cmp.Or(f.Reason, f.Entry, "no reason given"))},
		Fingerprints: map[string]string{fingerprint: f.ID},
		Occurrences:  int64(min(f.Count, math.MaxInt32)),
		Properties: map[string]any{
			"domain": f.Domain, "relation": f.Relation, "verdict": f.Verdict, "effect": f.Effect,
			"severity": f.Severity, "count": f.Count,
		},
	}
	for key, id := range map[string]evidence.ID{"subject": f.Subject, "party": f.Party, "company": f.Company} {
		if !id.IsZero() {
			out.Properties[key] = id
		}
	}
	if f.Remedy != "" {
		out.Properties["remedy"] = f.Remedy
	}
	if len(f.Missing) > 0 {
		out.Properties["missing"] = f.Missing
	}
	names := logical(f)
	for i, s := range f.Chain {
		at := r.step(i, &s)
		if s.Kind == finding.StepBytes && s.Ref != nil {
			out.Locations = append(out.Locations, location{Physical: at.Physical, Logical: names})
		}
		out.Related = append(out.Related, at)
	}
	if out.Locations == nil && names != nil {
		out.Locations = []location{{Logical: names}}
	}
	if f.Verdict == policy.Excepted {
		out.Suppressions = []suppression{r.suppression(f)}
	}
	return out
}

// logical names the subject and the party of a finding.
func logical(f *finding.Finding) []logicalLocation {
	var out []logicalLocation
	for _, p := range []struct {
		name string
		id   evidence.ID
	}{{f.SubjectName, f.Subject}, {f.PartyName, f.Party}} {
		if !p.id.IsZero() {
			out = withLogical(out, p.name, p.id)
		}
	}
	return out
}

// withLogical adds an identifier to a list, which must not hold it twice
// (section 3.28.4).
func withLogical(list []logicalLocation, name string, id evidence.ID) []logicalLocation {
	l := logicalLocation{Name: cmp.Or(name, id.Value()), Full: id.String(), Kind: string(id.Scheme())}
	if slices.ContainsFunc(list, func(o logicalLocation) bool { return o.Full == l.Full }) {
		return list
	}
	return append(list, l)
}

// step is a step of the chain as a related location: its place, if it has
// one, and its sentence with source and date.
func (r *report) step(i int, s *finding.Step) location {
	said := string(s.Kind) + ": " + s.Text
	if src := s.Source; src != nil {
		said += " (source: " + cmp.Or(src.Title, src.ID, src.URL)
		if !src.Retrieved.IsZero() {
			said += ", retrieved " + src.Retrieved.String()
		}
		said += ")"
	}
	at := location{ID: i + 1, Message: &message{text(said)}}
	switch {
	case s.Ref != nil:
		at.Physical = r.bytes(s)
	case s.File != "":
		at.Physical = &physicalLocation{Artifact: artifactLocation{URI: reference(s.File), Index: -1}}
		if s.Line > 0 {
			at.Physical.Region = &region{StartLine: s.Line}
		}
	}
	for _, id := range []evidence.ID{s.From, s.To} {
		if !id.IsZero() {
			at.Logical = withLogical(at.Logical, "", id)
		}
	}
	return at
}

// bytes is the place of the bytes that a step points at.
func (r *report) bytes(s *finding.Step) *physicalLocation {
	ref := s.Ref
	at := &physicalLocation{Artifact: r.files.locate(s.Name, ref.Input, ref.Path)}
	if ref.Offset < 0 {
		return at
	}
	offset, length := ref.Offset, max(ref.Length, 0)
	at.Region = &region{Offset: &offset, Length: &length}
	if ref.Note != "" {
		at.Region.Snippet = &content{ref.Note}
	}
	return at
}

// suppression tells of the waiver (section 3.35).
func (r *report) suppression(f *finding.Finding) suppression {
	out := suppression{Kind: "external", Status: "accepted", Why: f.Reason}
	for i, s := range f.Chain {
		if s.Kind == finding.StepException {
			at := r.step(i, &s)
			at.ID = 0
			out.Why, out.Location = s.Text, &at
		}
	}
	return out
}

// problemID is the descriptor of all notifications.
const problemID = "unread-evidence"

// notification is a problem as a notification (section 3.58).
func (r *report) notification(p *finding.Problem) notification {
	said := p.Message
	if p.Next != "" {
		said += "; next: " + p.Next
	}
	out := notification{
		Descriptor: descriptorRef{ID: problemID}, Level: "error", Message: message{text(said)},
		Locations: []location{{Physical: &physicalLocation{Artifact: r.files.locate(p.Input, p.SHA256, p.Path)}}},
	}
	if p.Offset >= 0 {
		zero := int64(0)
		out.Locations[0].Physical.Region = &region{Offset: &p.Offset, Length: &zero}
	}
	if p.Reader != "" {
		out.Properties = map[string]any{"reader": p.Reader}
	}
	return out
}

// ruleOf describes the entry of a finding by the rule step of its chain.
func ruleOf(f *finding.Finding) rule {
	out := rule{ID: cmp.Or(f.Entry, "unnamed"), Properties: map[string]any{"policy": f.Policy, "tags": []string{f.Domain}}}
	out.Default.Level = gradeOf(policy.Violation, f.Effect).level
	for _, s := range f.Chain {
		if s.Kind != finding.StepRule {
			continue
		}
		out.Short = &message{text(cmp.Or(s.Text, f.Entry))}
		if s.Source != nil {
			out.HelpURI = finding.WebAddress(s.Source.URL)
			if s.Source.Title != "" {
				out.Full = &message{text("Authority: " + s.Source.Title)}
			}
		}
	}
	if f.Remedy != "" {
		out.Help = &message{text(f.Remedy)}
	}
	return out
}

// text makes evidence harmless in a message: braces, which mean placeholders,
// are doubled (section 3.11.5), and what would read as an embedded link is
// taken apart (section 3.11.6), so that evidence cannot plant one.
func text(s string) string {
	return strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(s)
}
