package entity

import "github.com/cleannet/cleannet/internal/evidence"

// Company is an organisation: a legal entity or a group that acts as one.
type Company struct {
	Slug    string // stable name within the registry: "china-telecom"
	Name    string
	Aliases []string
	Country string // of domicile, ISO 3166-1 alpha-2, empty if not known
	// Headquarters is the country of the principal place of business, ISO
	// 3166-1 alpha-2, empty if not known. Laws differ on which of the two
	// counts, so neither stands in for the other.
	Headquarters string
	Tags         []string
	StateOwned   bool     // a source says so; false means that none does
	Note         string   // one sentence, optional
	Source       string   // id of the Source of these facts
	Also         []string // ids of other sources whose records of the company were merged into this one
	Record       string   // where in the source they stand: "LEI 5493…", "row 17"; optional
	Known        Interval // when the source said so, see [Registry.KnownAt]
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
	Known   Interval // when the source said so, see [Registry.KnownAt]
	Note    string
	Source  string
	Record  string // where in the source it stands; optional
}

// Edge says that Owner holds a share of Asset during an interval. Where both
// are the same it is treasury stock: no owner, but it takes room among them.
//
// An empty Owner stands for holders that are not companies of the registry and
// never will be: natural persons, whom cleannet does not name or judge. Such a
// bucket takes room among the owners and is never a seed; an asset may have
// several.
type Edge struct {
	Owner, Asset string // slugs; Owner may be empty
	Share        Range
	Interest     string // kind of interest, see [Interests]
	Valid        Interval
	Known        Interval // when the source said so, see [Registry.KnownAt]
	Note         string
	Source       string
	Record       string // where in the source it stands; optional
}

// Listing says that a company stands on a published list during an interval:
// a sanctions programme, a statute's list of names.
type Listing struct {
	Company string // slug
	List    string // slug of the list: "ofac-sdn"
	Program string // of the list, as the source writes it; optional
	Valid   Interval
	Known   Interval
	Note    string
	Source  string
	Record  string
}

// Gap says that a source was asked for the owners of a company and gave a
// reason instead of names: the owners are not unknown to us alone.
type Gap struct {
	Company string // slug
	Reason  string // code of the source: "no-known-person", "non-public"
	Valid   Interval
	Known   Interval
	Note    string
	Source  string
	Record  string
}

// Consolidation is the interest of a parent that consolidates the accounts of a
// subsidiary, as the level 2 records of the LEI system state it: control, and
// with it more than half, but no percentage.
const Consolidation = "consolidation"

// interestNames are the interests in the order of their codes in an image.
// Append only.
var interestNames = [...]string{
	"shareholding", "voting-rights", "appointment-of-board", "other-influence-or-control",
	"senior-managing-official", "rights-to-surplus-assets-on-dissolution",
	"rights-to-profit-or-income", "rights-granted-by-contract",
	"conditional-rights-granted-by-contract", "control-via-company-rules-or-articles",
	"control-by-legal-framework", "board-member", "board-chair", "unknown-interest",
	"unpublished-interest", "enjoyment-and-use-of-assets", "right-to-profit-or-income-from-assets",
	"nominee", "nominator", "control-by-contract", Consolidation,
}

// Codes of the interests that the methods treat in a way of their own.
const (
	codeShareholding uint8 = 0
	codeVotes        uint8 = 1
	codeBoard        uint8 = 2
	codeRules        uint8 = 9
	codeLaw          uint8 = 10
	codeContract     uint8 = 19
	codeConsolidated uint8 = 20
)

// Interests returns the codes that [Edge.Interest] may have: the interest
// types of the Beneficial Ownership Data Standard 0.4 that organisations can
// hold in organisations; "control-by-contract", which stands for any contract
// that gives control (variable interest entities); and [Consolidation].
func Interests() []string {
	names := interestNames // a copy: callers may change it
	return names[:]
}

func interestCode(name string) (uint8, bool) {
	for i, n := range interestNames {
		if n == name {
			return uint8(i), true
		}
	}
	return 0, false
}

// interestName returns the name of a code, empty for one that nothing has.
func interestName(code uint8) string {
	if int(code) >= len(interestNames) {
		return ""
	}
	return interestNames[code]
}
