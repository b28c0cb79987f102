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
	Unconfirmed  []string    // what its sources leave open, a sentence each
	Known        entity.Date // what was published later is left out, see [Policy.KnownAt]; zero: nothing is
	Authorities  []Authority
	Controls     []Control
	Entries      []*Entry
	Exceptions   []*Exception
	Tests        []Test

	allExceptions []*Exception         // of every time of knowledge
	document      any                  // as JSON has it, for Diff
	clauses       map[kindKey][]Clause // see EntriesFor
}

// Control is a named rule of control of the document.
type Control struct {
	ID        string
	Rule      entity.ControlRule
	OnUnknown OnUnknown
	Note      string
}

// OnUnknown is what an entry makes of a company of which the shares do not say
// whether it is controlled. The zero value leaves it unknown.
type OnUnknown string

// The answers to an undecided control.
const (
	UnknownStays    OnUnknown = "unknown"   // the finding is unknown
	UnknownReview   OnUnknown = "review"    // a violation of effect review (red flag 29 of the affiliates rule, 90 FR 47201)
	UnknownViolates OnUnknown = "violation" // as if it were controlled
	UnknownIgnored  OnUnknown = "ignore"    // as if it were not; the roll-up says how many
)

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
	Known       entity.Date // when it was published; zero: with the policy
	Withdrawn   entity.Date // of its publication, which then never was in force; zero if it stands
	Select      Selection
	ControlName string // name of the control rule in the document
	Control     entity.ControlRule
	OnUnknown   OnUnknown // of the control rule
	Relations   []Relation
	Protects    Protection
	InForce     []entity.Interval // as known, see [Policy.KnownAt]
	Suspended   []Suspension      // likewise
	Requires    []Requirement
	Uses        []string   // "to the extent used for": see [Entry.Concerns]
	When        *Condition // nil: always
	Also        []Also     // second observations about the same thing that must exist
	Phases      []Phase    // nil: all at once, see [Entry.Phase]
	Except      []Carve    // exceptions inside the rule itself
	Unless      *Unless    // nil: unconditional
	Awaits      string     // not empty: no reader yields its evidence yet; says which is awaited
	Effect      Effect
	Severity    Severity
	Remedy      string
	Unconfirmed []string // what the sources leave open, a sentence each

	history   history
	withdrawn entity.Date // of the policy, see State
	published entity.Date // of the policy or the entry, if later than what is known
}

// Conditional reports whether only an observation can show that the entry
// applies: that a company is selected is then not enough to act on.
func (e *Entry) Conditional() bool {
	return e.When != nil || len(e.Uses)+len(e.Also)+len(e.Phases)+len(e.Except) > 0 || !e.Select.Class.IsZero()
}

// Selection says which companies an entry is about, before control is applied.
// The parts are alternatives: a company in any of them is selected. Only Class
// narrows: with it, the thing observed must be of the class too.
type Selection struct {
	Companies    []string // slugs, sorted; groups of the document are written out
	Countries    []string // of domicile
	Headquarters []string // countries of the principal place of business
	Lists        []string // slugs of published lists on which a company stands at the date
	Tags         []string
	StateOwned   bool          // companies that a source calls state-owned, within Countries if given
	IDs          []evidence.ID // parties and things themselves, whoever holds them
	Class        Class
	// AllBut turns the selection round: every company is meant except those
	// selected and those they control. A party nobody can name is Unknown.
	AllBut bool
}

// ByCompany reports whether the selection asks who a party is. One that names
// a class alone means the products of everyone.
func (s *Selection) ByCompany() bool {
	return s.AllBut || s.StateOwned ||
		len(s.Companies)+len(s.Countries)+len(s.Headquarters)+len(s.Lists)+len(s.Tags) > 0
}

// Class is a class of products. The zero Class holds everything.
type Class struct {
	Products        []string // words of the attribute product_class
	ProducedIn      []string // countries, of the attribute produced_in
	ProducedOutside []string // produced in any country but these
}

// IsZero reports whether the class holds everything.
func (c Class) IsZero() bool { return len(c.Products)+len(c.ProducedIn)+len(c.ProducedOutside) == 0 }

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
	Known  entity.Interval // when this was the published state; zero: always
}

// Requirement is corroboration that an observation needs before it counts: an
// attribute of at least so much. Less gives unknown, not a violation. It is asked
// of those relations of the entry whose kind has the attribute: how many peers
// show a path says nothing of a session that its own router testifies.
type Requirement struct {
	Attr    string
	AtLeast int64
}

// Concerns reports whether observations of the kind have to meet the requirement.
func (r Requirement) Concerns(k *evidence.Kind) bool {
	_, ok := k.Attr(r.Attr)
	return ok
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
	Conditions []string        // duties that come with it, for people
	When       *Condition      // nil: always; undecided makes the finding unknown
	Term       entity.Interval // To is the mandatory expiry
	Known      entity.Interval // when this was the published state; zero: always
	Entries    []string        // scope: all given parts must match; an empty part matches all
	Companies  []string
	IDs        []evidence.ID
}

// Test is an example in the document: observations above, verdicts below.
type Test struct {
	Name         string
	Place        yamldoc.Place
	AsOf         entity.Date
	AsKnownAt    entity.Date // zero: today's knowledge
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
	// Suppose asks what the entry says if the company, or the identifier
	// Subject, stands in one of the entry's relations to somebody protected,
	// with the attributes of Supposed. It needs no evidence, so that rules can
	// be tested that await theirs.
	Suppose  bool
	Supposed []evidence.Attr
	State    *EntryState // of the entry at the test's date
	Due      *int        // phases of the entry that are due
	Judges   bool        // a verdict is wanted, beside or instead of State and Due
}
