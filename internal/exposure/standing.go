package exposure

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// Standing is what policy and registry say of a network at the date. The zero
// value is Unresolved: nobody is known to hold it.
type Standing uint8

// The standings, each before those that outweigh it but for Unresolved, which
// outweighs Cleared.
const (
	Unresolved Standing = iota // no company is known to hold it
	Cleared                    // a company holds it that the policy does not bar, or the policy asks for numbers only
	Undecided                  // shares, attributes or a condition leave it open
	Untrusted                  // the policy bars the company that holds it, or the number itself
)

// String returns the word for the standing.
func (s Standing) String() string {
	return [...]string{"unresolved", "cleared", "undecided", "untrusted"}[s]
}

// outweighs reports whether s decides over o where several entries speak.
func (s Standing) outweighs(o Standing) bool {
	rank := func(s Standing) int { return [...]int{1, 0, 2, 3}[s] }
	return rank(s) > rank(o)
}

// Network is an AS number and what is known of it.
type Network struct {
	ASN      uint32
	Standing Standing
	Company  string // slug of who holds it, may be empty
	Name     string // of the company, else of the holder in the table of numbers
	Country  string // of the company, else of the holder
	Entries  []string
}

// Key names what is cut as one: the company, or the network of none.
func (n *Network) Key() string {
	if n.Company != "" {
		return n.Company
	}
	return fmt.Sprintf("AS%d", n.ASN)
}

// Roll answers for every network how it stands by a policy at a date. It goes
// by the same rules as package judge: the entries of the domain carrier that
// apply, the companies that they select, those that these control, and the AS
// numbers that all of them hold. It is not safe for concurrent use.
type Roll struct {
	Entries []Entry
	Notes   []string // entries that do not apply, and why

	registry *entity.Registry
	on       entity.Date
	rules    []rule
	known    map[uint32]*Network
}

// Entry is an entry of the policy that applies.
type Entry struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Authority string   `json:"authority,omitempty"`
	Relations []string `json:"relations"`
}

// rule is an entry with its answer about control.
type rule struct {
	entry   *policy.Entry
	control *entity.Control
}

// domainCarrier is the domain whose entries are about networks.
const domainCarrier = "carrier"

// NewRoll prepares the answers. A policy without an entry about carriers that
// applies at the date has nothing to say here, which is an error.
func NewRoll(p *policy.Policy, reg *entity.Registry, on entity.Date) (*Roll, error) {
	r := &Roll{registry: reg, on: on, known: make(map[uint32]*Network)}
	for _, e := range p.Entries {
		if e.Domain != domainCarrier {
			continue
		}
		if why := idle(e, on); why != "" {
			r.Notes = append(r.Notes, fmt.Sprintf("entry %s does not apply on %s: %s", e.ID, on, why))
			continue
		}
		r.rules = append(r.rules, rule{e, reg.ControlBy(e.Control, e.Select.Group(reg, on), on)})
		info := Entry{ID: e.ID, Title: e.Title, Authority: e.Citation}
		if e.Authority != nil {
			info.Authority = e.Authority.Title
		}
		for _, rel := range e.Relations {
			info.Relations = append(info.Relations, rel.Name)
		}
		r.Entries = append(r.Entries, info)
		if e.Conditional() {
			r.Notes = append(r.Notes, "entry "+e.ID+" has a condition that only an observation can meet: whom it selects is undecided here")
		}
	}
	if len(r.rules) == 0 {
		return nil, fmt.Errorf("policy %q has no entry of the domain carrier that applies on %s: choose another policy, or a date with --as-of", p.ID, on)
	}
	return r, nil
}

// idle says why an entry does not apply, empty if it does.
func idle(e *policy.Entry, on entity.Date) string {
	if state, why := e.State(on); state != policy.InForce {
		return why
	}
	if e.Unless != nil {
		if state, why := e.Unless.Status(on); state == policy.UnlessSatisfied {
			return why
		}
	}
	return ""
}

// Network returns how a network stands.
func (r *Roll) Network(asn uint32) *Network {
	if n, ok := r.known[asn]; ok {
		return n
	}
	n := &Network{ASN: asn, Standing: Cleared} // unless an entry says otherwise
	id := evidence.ASN(asn)
	var company *entity.Company
	if h, ok := r.registry.Resolve(id, r.on); ok {
		company = h.Company
		n.Company, n.Name, n.Country = company.Slug, company.Name, company.Country
	}
	if numbers := r.registry.Numbers(); numbers != nil && (n.Name == "" || n.Country == "") {
		if holder, ok := numbers.Holder(asn); ok {
			n.Name, n.Country = cmp.Or(n.Name, holder.Name), cmp.Or(n.Country, holder.Country)
		}
	}
	for i := range r.rules {
		s := r.rules[i].standing(id, company)
		if s == Untrusted {
			n.Entries = append(n.Entries, r.rules[i].entry.ID)
		}
		if s.outweighs(n.Standing) {
			n.Standing = s
		}
	}
	r.known[asn] = n
	return n
}

// standing is how the network stands by one entry. It follows the rules of the
// judge.
func (r *rule) standing(id evidence.ID, company *entity.Company) Standing {
	sel := &r.entry.Select
	barred := Untrusted
	if r.entry.Conditional() {
		barred = Undecided
	}
	switch {
	case slices.Contains(sel.IDs, id):
		return barred
	case company == nil:
		if sel.ByCompany() {
			return Unresolved
		}
		return Cleared // by this entry, which is about its own numbers only
	case !sel.ByCompany():
		return Cleared
	}
	switch state := r.control.State(company.Slug); {
	case state == entity.Unknown:
		return Undecided
	case (state == entity.In) != sel.AllBut:
		return barred
	case sel.Doubts() && sel.Doubtful(company) != "":
		return Undecided
	}
	return Cleared
}
