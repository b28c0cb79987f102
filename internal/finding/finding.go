// Package finding holds what a run says: findings with their chain of proof,
// problems, and the coverage that gives "nothing found" its worth.
//
// The JSON form of these types is the public contract (docs/ has its JSON
// Schema): one message a line, each with exactly one key. Every report is a
// [Handler] of that stream, so that all of them show the same; [Read] replays
// a saved run into any of them.
package finding

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// Finding is the answer of one policy entry about one thing.
type Finding struct {
	ID       string          `json:"id"` // see [Identify]
	Domain   string          `json:"domain"`
	Relation string          `json:"relation"`
	Verdict  policy.Verdict  `json:"verdict"`
	Effect   policy.Effect   `json:"effect"`
	Severity policy.Severity `json:"severity"`
	// Subject is the protected side, or the thing examined; zero where the
	// finding is about the whole evidence.
	Subject     evidence.ID `json:"subject,omitzero"`
	SubjectName string      `json:"subject_name,omitempty"`
	// Party is the identifier that belongs to the company, as it was seen.
	Party       evidence.ID `json:"party,omitzero"`
	PartyName   string      `json:"party_name,omitempty"`
	Company     evidence.ID `json:"company,omitzero"`
	CompanyName string      `json:"company_name,omitempty"`
	Policy      string      `json:"policy"`
	Entry       string      `json:"entry"`
	Reason      string      `json:"reason"` // one sentence
	Remedy      string      `json:"remedy,omitempty"`
	Count       uint64      `json:"count"` // of records that showed it
	Chain       []Step      `json:"chain"`
	Missing     []Missing   `json:"missing,omitempty"` // why it is unknown
}

// Step is a link of the chain from bytes to rule. Text says it in one line for
// people; the other fields say it for programs. Which fields are set depends
// on Kind.
type Step struct {
	Kind     StepKind              `json:"step"`
	Text     string                `json:"text"`
	Ref      *evidence.Ref         `json:"ref,omitempty"`         // bytes
	Name     string                `json:"name,omitempty"`        // bytes: of the input
	Observed *evidence.Observation `json:"observation,omitempty"` // observation, without its refs
	From     evidence.ID           `json:"from,omitzero"`         // identifier, ownership
	To       evidence.ID           `json:"to,omitzero"`
	Relation string                `json:"relation,omitempty"`
	Share    string                `json:"share,omitempty"` // ownership
	Sum      string                `json:"sum,omitempty"`   // ownership: running sum that is compared with the threshold
	Valid    string                `json:"valid,omitempty"` // interval
	Source   *Source               `json:"source,omitempty"`
	File     string                `json:"file,omitempty"` // rule
	Line     int                   `json:"line,omitempty"`
}

// StepKind is what a step of a chain is.
type StepKind string

// The kinds of steps, in the order of a chain.
const (
	StepBytes       StepKind = "bytes"
	StepObservation StepKind = "observation"
	StepIdentifier  StepKind = "identifier"
	StepOwnership   StepKind = "ownership"
	StepException   StepKind = "exception"
	StepRule        StepKind = "rule"
)

// Source is a cited source.
type Source struct {
	ID        string      `json:"id,omitempty"`
	Title     string      `json:"title,omitempty"`
	URL       string      `json:"url,omitempty"`
	Retrieved entity.Date `json:"retrieved,omitzero"`
	Licence   string      `json:"licence,omitempty"`
}

// Missing is what would have to be known, and the cheapest way to learn it.
type Missing struct {
	What string `json:"what"`
	Next string `json:"next"`
}

// Identify returns the id of a finding: the first 16 hexadecimal digits of
// SHA-256 over policy, entry, relation, subject, party and company. It leaves
// out bytes and counts, so that tomorrow's evidence of the same thing has the
// same id and files made from findings change only where the findings do.
func Identify(f *Finding) string {
	h := sha256.New()
	for _, part := range []string{
		f.Policy, f.Entry, f.Relation, f.Subject.String(), f.Party.String(), f.Company.String(),
	} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// ShortID is how many digits of an id people are shown.
const ShortID = 8
