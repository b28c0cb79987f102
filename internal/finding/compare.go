package finding

import (
	"cmp"
	"slices"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// VerdictChange is a thing on which two runs over the same evidence differ.
type VerdictChange struct {
	ID       string        `json:"id"` // of the later finding, of the earlier one where there is none
	Entry    string        `json:"entry"`
	Relation string        `json:"relation"`
	Subject  evidence.ID   `json:"subject,omitzero"`
	Party    evidence.ID   `json:"party,omitzero"`
	Company  evidence.ID   `json:"company,omitzero"`
	Before   string        `json:"before,omitempty"` // verdict; empty: no finding
	After    string        `json:"after,omitempty"`  // likewise
	Effect   policy.Effect `json:"effect"`
	Reason   string        `json:"reason"` // of the finding that ID names
}

// Compare returns the verdicts that differ between two runs, in the order of
// entries and then of what they are about. Findings are the same if they are
// of the same entry, relation and parties, whatever policy the entry is of: an
// id holds the policy's name, so that those of two policies differ.
func Compare(before, after []*Finding) []VerdictChange {
	was := byMatter(before)
	var out []VerdictChange
	for _, f := range after {
		key := matterOf(f)
		old, ok := was[key]
		delete(was, key)
		switch {
		case !ok:
			out = append(out, changeOf(f, "", f.Verdict.String()))
		case old.Verdict != f.Verdict || old.Effect != f.Effect:
			out = append(out, changeOf(f, old.Verdict.String(), f.Verdict.String()))
		}
	}
	for _, f := range was {
		out = append(out, changeOf(f, f.Verdict.String(), ""))
	}
	slices.SortFunc(out, func(a, b VerdictChange) int {
		return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Relation, b.Relation),
			a.Company.Compare(b.Company), a.Subject.Compare(b.Subject), a.Party.Compare(b.Party), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func changeOf(f *Finding, before, after string) VerdictChange {
	return VerdictChange{
		ID: f.ID, Entry: f.Entry, Relation: f.Relation, Subject: f.Subject, Party: f.Party, Company: f.Company,
		Before: before, After: after, Effect: f.Effect, Reason: f.Reason,
	}
}

// matter is what a finding is about.
type matter struct {
	entry, relation         string
	subject, party, company evidence.ID
}

func matterOf(f *Finding) matter {
	return matter{f.Entry, f.Relation, f.Subject, f.Party, f.Company}
}

func byMatter(findings []*Finding) map[matter]*Finding {
	out := make(map[matter]*Finding, len(findings))
	for _, f := range findings {
		out[matterOf(f)] = f
	}
	return out
}
