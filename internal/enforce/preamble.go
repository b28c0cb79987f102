package enforce

import (
	"fmt"
	"slices"
	"strings"
)

// Preamble returns the comments that every file for a router begins with, each
// without the sign that makes it one: what the file is made from, when it must
// be renewed, whether its form was tested on the real device, the usage, and
// everything that the policy speaks of and the file does not cut.
//
// What and proof are short texts of the target's; usage has one element for
// each line.
func (r *Routes) Preamble(p *Plan, what, proof string, usage []string, domains ...string) []string {
	w := new(commentWriter)
	w.line("%s, written by cleannet. Do not edit: write it anew instead.", what)
	w.line("policy   %s %s: %s", clean(p.Policy.ID), clean(p.Policy.Version), clean(p.Policy.Title))
	w.line("digest   policy %s, registry %s", clean(p.Policy.Digest), clean(p.Registry))
	w.line("as of    %s", p.AsOf)
	if !p.Until.IsZero() {
		w.line("RENEW    on %s at the latest: from then on the policy or the registry says otherwise", p.Until)
	}
	w.line("proof    %s", proof)
	w.line("")
	w.lines = append(w.lines, usage...)
	if r.Empty() {
		rule := strings.Repeat("!", 74)
		w.lines = append(w.lines, "", rule,
			"THIS FILE CUTS NOTHING. The plan has no network and no prefix to cut, so every",
			"route is accepted. If that is not what you expect, look at the policy, at its",
			"dates and at the entries left out.", rule)
	}
	w.line("")
	w.entries(p, domains)
	w.waivers(r)
	w.rest(p, r)
	return w.lines
}

// commentWriter collects comments. All text from outside passes through clean.
type commentWriter struct{ lines []string }

func (w *commentWriter) line(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// entries names what is applied, undecided, excepted and left out.
func (w *commentWriter) entries(p *Plan, domains []string) {
	mine := make(map[string]bool)
	w.line("Entries applied:")
	for e := range p.Applied(domains...) {
		mine[e.ID] = true
		kind := ""
		if e.AllBut {
			kind = "; an allow-list"
		}
		w.line(" entry %s: %s; effect %s; level %s%s; protects %s", CommentID(e.ID), clean(e.Title),
			clean(string(e.Effect)), e.Level, kind, clean(e.Protects))
		w.line("  authority: %s %s", clean(e.Authority), clean(e.URL))
	}
	if len(mine) == 0 {
		w.line(" none")
	}
	for _, u := range p.Undecided {
		if !mine[u.Entry] {
			continue
		}
		what := "NOT cut"
		if u.Allow {
			what = "NOT permitted"
		}
		w.line("UNDECIDED and %s: company %s (%s), entry %s: %s", what, CommentID(u.Company),
			clean(u.CompanyName), CommentID(u.Entry), clean(u.Why()))
	}
	for _, x := range p.Excepted {
		if slices.Contains(domains, x.Item.Domain) {
			w.line("EXCEPTED until %s: %s of %s (%s), id %s, by exception %s, approved by %s: %s", x.Expires,
				CommentID(x.Item.Identifier.String()), CommentID(x.Item.Company), clean(x.Item.CompanyName),
				CommentID(x.Item.ID), CommentID(x.Exception), clean(x.ApprovedBy), clean(x.Reason))
		}
	}
	for _, l := range p.LeftOut {
		if slices.Contains(domains, l.Domain) {
			w.line("LEFT OUT: entry %s: %s: %s", CommentID(l.Entry), clean(l.Title), Comment(l.Reason, 400))
		}
	}
}

// waivers names those of single sessions.
func (w *commentWriter) waivers(r *Routes) {
	for _, s := range r.Sessions {
		for _, x := range s.Waivers {
			for _, id := range x.Pass {
				w.line("WAIVED until %s on the session with %s only: %s, by waiver %s, owner %s: %s", x.Until, s.Peer,
					CommentID(id.String()), CommentID(x.ID), clean(x.Owner), clean(x.Reason))
			}
		}
	}
	if len(r.Sessions) > 0 && len(r.Allowed) > 0 {
		w.line("NOTE: a waiver lifts no allow-list: permit the neighbour there")
	}
}

// rest names what routes cannot show.
func (w *commentWriter) rest(p *Plan, r *Routes) {
	for _, it := range r.Off {
		w.line("NOT CUT: no path or prefix shows it at level %s: %s of %s, id %s", it.Level,
			CommentID(it.Identifier.String()), CommentID(it.Company), CommentID(it.ID))
	}
	for _, e := range r.Partly {
		w.line("NOT CUT: the allow-list %s is enforced on neighbours only, its level is %s", CommentID(e.ID), e.Level)
	}
	for _, note := range p.Notes {
		w.line("NOTE: %s", Comment(note, 400))
	}
	if r.Foreign > 0 {
		w.line("%d further identifiers of these companies (domains, apps) do not occur in routes.", r.Foreign)
	}
}

// Notes returns a comment for each item of a member: what is cut, then the id,
// since that is what a person looks up, the company and the reason.
func (m *Member) Notes() []string {
	out := make([]string, len(m.Items))
	for i, it := range m.Items {
		out[i] = it.Identifier.Value() + " " + it.Note()
	}
	return out
}

// Note is the item in a comment: the id first, then company and reason.
func (it Item) Note() string {
	text := CommentID(it.ID) + " " + clean(it.CompanyName) + ": " + clean(it.Reason)
	if !it.Until.IsZero() {
		text += ", until " + it.Until.String()
	}
	return text
}

// clean makes text from outside fit for a comment.
func clean(text string) string { return Comment(text, 160) }

// CommentID is [Comment] for ids, which must not lose their end.
func CommentID(id string) string { return Comment(id, 2048) }
