package policy

import (
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Policy is a checked policy document. It is immutable and safe for concurrent
// use; [Compile] makes one.
type Policy struct {
	ID           string // slug: "clean-network"
	Version      string
	Title        string
	Issuer       string // the government body or company that decides
	Jurisdiction string // ISO 3166-1 alpha-2, "EU", or empty for a company's own policy
	Summary      string
	Published    entity.Date
	Withdrawn    entity.Date // zero if it never was
	Digest       string      // SHA-256 of the document's canonical JSON (RFC 8785), lower-case hex
	File         string      // name of the document, for citations
	Authorities  []Authority
	Entries      []*Entry
	Exceptions   []*Exception
	Tests        []Test

	clauses map[kindKey][]Clause // see EntriesFor
}

// Authority is the act that an entry rests on.
type Authority struct {
	ID        string
	Title     string
	URL       string
	Date      entity.Date // of the act
	Retrieved entity.Date // when the text was read
	Note      string
}

// Entry is one rule: these companies, in these relations, to these protected
// parties, from this date.
type Entry struct {
	ID          string
	Title       string
	Place       yamldoc.Place // where it stands in the document
	Authority   *Authority
	Citation    string // section or page of the authority
	Domain      string
	Select      Selection
	ControlName string // name of the control rule in the document
	Control     entity.ControlRule
	Relations   []Relation
	Protects    Protection
	InForce     []entity.Interval
	Suspended   []Suspension
	Requires    []Requirement
	When        *Condition // nil: always
	Unless      *Unless    // nil: unconditional
	Awaits      string     // not empty: no reader yields its evidence yet; says which is awaited
	Effect      Effect
	Severity    Severity
	Remedy      string

	withdrawn entity.Date // of the policy, see State
}

// Selection says which companies an entry is about, before control is applied.
// The parts are alternatives: a company in any of them is selected.
type Selection struct {
	Companies  []string // slugs, sorted; groups of the document are written out
	Countries  []string // of domicile
	Tags       []string
	StateOwned bool // companies that a source calls state-owned, within Countries if given
	// AllBut turns the selection round: every company is meant except those
	// selected and those they control. A party nobody can name is Unknown.
	AllBut bool
}

// Relation is a kind of observation and the roles in it that the selected
// companies may have.
type Relation struct {
	Name  string
	Kind  *evidence.Kind // nil for an entry that awaits its evidence
	Roles []string       // of the kind, in its order
}

// Protection says whose side must be protected: the counterpart must be one of
// these. The zero Protection protects everyone.
type Protection struct {
	Countries []string // in which the counterpart is registered
	Companies []string // slugs of companies, with those they wholly or mainly own
	IDs       []evidence.ID
}

// IsZero reports whether everyone is protected.
func (p Protection) IsZero() bool {
	return len(p.Countries)+len(p.Companies)+len(p.IDs) == 0
}

// Suspension is a time during which an entry does not apply, and why.
type Suspension struct {
	entity.Interval
	Reason string
}

// Requirement is corroboration that an observation needs before it counts: an
// attribute of at least so much. Less gives unknown, not a violation.
type Requirement struct {
	Attr    string
	AtLeast int64
}

// Unless is a condition that keeps an entry from applying. Only a recorded
// determination moves it; a deadline that passes without one leaves it unknown.
type Unless struct {
	Event         string
	By            entity.Date // deadline
	Determination *Determination
}

// Determination records how a condition was decided.
type Determination struct {
	Outcome  string // "satisfied" or "lapsed"
	Date     entity.Date
	By       string // the body that decided
	Document string // SHA-256 of the document, lower-case hex, optional
	URL      string
}

// Exception is a waiver: during its term, violations within its scope are
// reported as excepted. It always expires.
type Exception struct {
	ID         string
	Place      yamldoc.Place
	Who        string // body that asked for it; never the approver
	ApprovedBy string
	Authority  string
	Reason     string
	Term       entity.Interval // To is the mandatory expiry
	Entries    []string        // scope: all given parts must match; an empty part matches all
	Companies  []string
	IDs        []evidence.ID
}

// Test is an example in the document: observations above, verdicts below.
type Test struct {
	Name         string
	Place        yamldoc.Place
	AsOf         entity.Date
	Observations []evidence.Observation
	Expect       []Expectation
}

// Expectation is a verdict that a test wants. Empty fields match anything.
type Expectation struct {
	Place   yamldoc.Place
	Entry   string
	Company string // slug
	Subject evidence.ID
	Verdict Verdict
	None    bool // no finding may match, instead of at least one
}

// Verdict is the answer of a rule about one thing. The zero value is Unknown.
type Verdict uint8

// The verdicts. What is not proved is Unknown, never Clean.
const (
	Unknown   Verdict = iota
	Violation         // the rule is broken, with proof
	Pending           // a deadline or condition is not decided yet
	Excepted          // a waiver in force covers it
	Clean             // examined as far as the rule asks, and nothing found
)

// Verdicts returns the verdicts in order of precedence: the roll-up of several
// takes the first that occurs.
func Verdicts() []Verdict { return []Verdict{Violation, Unknown, Pending, Excepted, Clean} }

// String returns the word used in documents and reports.
func (v Verdict) String() string {
	switch v {
	case Violation:
		return "violation"
	case Pending:
		return "pending"
	case Excepted:
		return "excepted"
	case Clean:
		return "clean"
	}
	return "unknown"
}

// MarshalText implements encoding.TextMarshaler with the verdict's word.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the verdict's word; any other word is Unknown, so that a
// reader of a newer report never takes a new verdict for clean.
func (v *Verdict) UnmarshalText(b []byte) error {
	*v = Unknown
	for _, w := range Verdicts() {
		if w.String() == string(b) {
			*v = w
		}
	}
	return nil
}

// Effect is what an entry asks for where it applies.
type Effect string

// The effects.
const (
	Prohibit Effect = "prohibit"
	Restrict Effect = "restrict"
	Review   Effect = "review"
)

// Severity orders findings for people.
type Severity string

// The severities, from worst to least.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)
