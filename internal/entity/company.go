package entity

import "github.com/cleannet/cleannet/internal/evidence"

// Company is an organisation: a legal entity or a group that acts as one.
type Company struct {
	Slug       string // stable name within the registry: "china-telecom"
	Name       string
	Aliases    []string
	Country    string // of domicile, ISO 3166-1 alpha-2, empty if not known
	Tags       []string
	StateOwned bool   // a source says so; false means that none does
	Note       string // one sentence, optional
	Source     string // id of the Source of these facts
	// OwnersComplete says that the registry names every shareholder: whenever
	// it names one, the shares of all add up to 100 %.
	OwnersComplete bool
}

// ID returns the company's identifier.
func (c *Company) ID() evidence.ID { return evidence.Company(c.Slug) }

// Identifier says that a company holds an identifier during an interval.
type Identifier struct {
	ID      evidence.ID
	Company string // slug
	Valid   Interval
	Note    string
	Source  string
}

// Edge says that Owner holds a share of Asset during an interval. Where both
// are the same it is treasury stock: no owner, but it takes room among them.
type Edge struct {
	Owner, Asset string // slugs
	Share        Range
	Interest     string // kind of interest, a code of BODS 0.4: "shareholding"
	Valid        Interval
	Note         string
	Source       string
}

// Interests returns the codes that [Edge.Interest] may have: the interest
// types of the Beneficial Ownership Data Standard 0.4 that organisations can
// hold in organisations, and "control-by-contract", which stands for any
// contract that gives control (variable interest entities).
func Interests() []string {
	return []string{
		"shareholding", "voting-rights", "appointment-of-board", "other-influence-or-control",
		"senior-managing-official", "rights-to-surplus-assets-on-dissolution",
		"rights-to-profit-or-income", "rights-granted-by-contract",
		"conditional-rights-granted-by-contract", "control-via-company-rules-or-articles",
		"control-by-legal-framework", "board-member", "board-chair", "unknown-interest",
		"unpublished-interest", "enjoyment-and-use-of-assets", "right-to-profit-or-income-from-assets",
		"nominee", "nominator", "control-by-contract",
	}
}

// Records are the facts that a loader read, before they are checked. Loaders
// append to one another's; [New] checks the whole.
type Records struct {
	Sources     []Source
	Companies   []Company
	Identifiers []Identifier
	Edges       []Edge
}

// Append adds the records of another loader. Sources with equal ids must be
// equal; New reports where they are not.
func (r *Records) Append(other Records) {
	r.Sources = append(r.Sources, other.Sources...)
	r.Companies = append(r.Companies, other.Companies...)
	r.Identifiers = append(r.Identifiers, other.Identifiers...)
	r.Edges = append(r.Edges, other.Edges...)
}
