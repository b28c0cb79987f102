package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/delimited"
	"github.com/cleannet/cleannet/internal/name"
	"github.com/cleannet/cleannet/internal/policy"
)

// What screen says of a row. None of them is violation, since a name alone
// never is one, or clean.
const (
	verdictListed    = "listed"
	verdictNotListed = "not-listed"
	verdictMatch     = "match"
	verdictReview    = "review"
	verdictUnknown   = "unknown"
	verdictUnread    = "unread"
)

func screenVerdicts() []string {
	return []string{verdictListed, verdictNotListed, verdictMatch, verdictReview, verdictUnknown, verdictUnread}
}

// rule is an entry in force and whom it controls.
type rule struct {
	entry   *policy.Entry
	control *entity.Control
}

func rulesInForce(p *policy.Policy, reg *entity.Registry, on entity.Date) []rule {
	var out []rule
	for _, e := range p.Entries {
		if state, _ := e.State(on); state == policy.InForce {
			out = append(out, rule{e, reg.ControlBy(e.Control, e.Select.Group(reg, on), on)})
		}
	}
	return out
}

// screener says of a name which company it may be that of, and of the company
// whether a policy lists it. It is safe for concurrent use.
type screener struct {
	book   *nameBook
	judged bool // there is a policy
	rules  []rule
	// assumed is what the user supposes, which the reason of a row says where it
	// may have decided.
	assumed []string
}

// screened is a row and what was found of it.
type screened struct {
	row     delimited.Row
	name    string
	company *entity.Company
	control []string
	verdict string
	score   name.Score
	scored  bool
	reason  string
}

// screenBatch fills in what is found of the names of rows, on all processors.
// The error is that of the context.
func (s *screener) screenBatch(ctx context.Context, batch []*screened) error {
	var rows []*screened
	var asked []*name.Name
	for _, r := range batch {
		if r.verdict != "" {
			continue
		}
		n := s.book.matcher.Prepare(r.name)
		if n.Empty() {
			r.verdict, r.reason = verdictUnread, "the row has no name"
			continue
		}
		rows, asked = append(rows, r), append(asked, n)
	}
	if len(rows) == 0 {
		return ctx.Err()
	}
	near, err := s.book.find(ctx, asked)
	if err != nil {
		return err
	}
	var next atomic.Int64
	return parallel(func() {
		for i := int(next.Add(1)) - 1; i < len(rows); i = int(next.Add(1)) - 1 {
			s.screen(rows[i], asked[i], near[i])
		}
	})
}

// screen fills in what is found of a name.
func (s *screener) screen(r *screened, n *name.Name, near []nearName) {
	found, rejected := s.book.lookup(n, near)
	var notes []string
	for _, d := range rejected {
		notes = append(notes, fmt.Sprintf("not proposed: company:%s, %s", d.Company, said(&d)))
	}
	if len(found) == 0 {
		r.verdict = verdictUnknown
		r.reason = strings.Join(append([]string{"no company of the registry has a name near this one"}, notes...), "; ")
		return
	}
	best := found[0]
	r.company, r.score, r.scored = best.company, best.score, best.as != nil
	listed, perhaps := s.listed(best.company.Slug)
	r.control = append(listed, perhaps...)
	why := "as " + strconv.Quote(best.company.Name)
	if best.as != nil {
		why = fmt.Sprintf("as %q: %s", best.as.Text, reasons(name.Explain(n, best.as)))
	}
	if best.decision != nil {
		why = said(best.decision)
	}
	tie := len(found) > 1 && best.decision == nil && found[1].score == best.score
	switch {
	case !best.accepted():
		r.verdict, why = verdictReview, "a name near it, "+why
	case tie:
		r.verdict, why = verdictReview, fmt.Sprintf("as near to company:%s; %s", found[1].company.Slug, why)
	case len(listed) > 0:
		r.verdict = verdictListed
	case len(perhaps) > 0:
		r.verdict = verdictReview
	case s.judged:
		r.verdict = verdictNotListed
	default:
		r.verdict = verdictMatch
	}
	if s.judged && len(s.assumed) > 0 {
		why += "; assuming that " + strings.Join(s.assumed, ", and that ")
	}
	for _, c := range found[1:min(len(found), 3)] {
		notes = append(notes, fmt.Sprintf("also near: company:%s (%.1f)", c.company.Slug, float64(c.score)))
	}
	r.reason = strings.Join(append([]string{why}, notes...), "; ")
}

// listed names the entries in force that a company falls under, and those that
// it may fall under.
func (s *screener) listed(slug string) (listed, perhaps []string) {
	for _, r := range s.rules {
		state := r.control.State(slug)
		how := "controlled by a listed company"
		switch {
		case r.entry.Select.AllBut:
			how = "not among the trusted companies"
		case r.control.Listed(slug):
			how = "listed"
		}
		switch {
		case state == entity.Unknown:
			perhaps = append(perhaps, r.entry.ID+": perhaps "+how)
		case (state == entity.In) != r.entry.Select.AllBut:
			listed = append(listed, r.entry.ID+": "+how)
		}
	}
	return listed, perhaps
}
