package bird

import (
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// header says what the file is and how to use it.
func (w *writer) header(p *enforce.Plan, s *sets) {
	w.line("# Filters for BIRD 2, written by cleannet. Do not edit: write it anew instead.")
	w.line("# policy   %s %s: %s", clean(p.Policy.ID), clean(p.Policy.Version), clean(p.Policy.Title))
	w.line("# digest   policy %s, registry %s", clean(p.Policy.Digest), clean(p.Registry))
	w.line("# as of    %s", p.AsOf)
	if !p.Until.IsZero() {
		w.line("# RENEW    on %s at the latest: from then on the policy or the registry says otherwise", p.Until)
	}
	w.line("#")
	for text := range strings.SplitSeq(usage, "\n") {
		w.line("%s", strings.TrimRight("# "+text, " "))
	}
	if len(s.denied)+len(s.allowed) == 0 && s.blocks4 == nil && s.blocks6 == nil {
		w.line("#")
		w.line("# %s", strings.Repeat("!", 74))
		w.line("# THIS FILE CUTS NOTHING. The plan has no network and no prefix to cut, so every")
		w.line("# function below answers false and every route is accepted. If that is not what")
		w.line("# you expect, look at the policy, at its dates and at the entries left out.")
		w.line("# %s", strings.Repeat("!", 74))
	}
}

const usage = `Use: include the file once, near the top of bird.conf, and call the function
as the first step of the import filter of each session to an outside network:

  include "/etc/bird/cleannet-bird.conf";
  protocol bgp upstream {
    local as 64496; neighbor 192.0.2.1 as 64511;
    ipv4 {
      import filter { cleannet_reject(); accept; };
      export none;
    };
  }

cleannet_reject() rejects a route at exactly the levels that the policy asks and
otherwise returns. cleannet_reject_logged() does the same and prints each
rejected route. For a session with a waiver call only the tests that still hold:
  cleannet_is_direct(bgp_path)   the neighbour, the first AS of the path
  cleannet_is_transit(bgp_path)  on the path, but not its origin
  cleannet_is_origin(bgp_path)   the last AS, or a member of the set that ends it
  cleannet_is_prefix(net)        inside a block of a company
Paths are tested as they are received, before your own AS number is prepended.
A route without AS path, as of your own networks, passes the path tests.
After a change run: bird -p, then birdc configure, then reload in the protocol.`

// lists names the entries, and everything that the policy speaks of and the
// file does not cut.
func (w *writer) lists(p *enforce.Plan, domains []string, s *sets) {
	mine := make(map[string]bool)
	w.line("#")
	w.line("# Entries applied:")
	for e := range p.Applied(domains...) {
		mine[e.ID] = true
		kind := ""
		if e.AllBut {
			kind = "; an allow-list"
		}
		w.line("#  entry %s: %s; effect %s; level %s%s; protects %s", cleanID(e.ID), clean(e.Title),
			clean(string(e.Effect)), e.Level, kind, clean(e.Protects))
		w.line("#   authority: %s %s", clean(e.Authority), clean(e.URL))
	}
	if len(mine) == 0 {
		w.line("#  none")
	}
	for _, u := range p.Undecided {
		if !mine[u.Entry] {
			continue
		}
		what := "NOT cut"
		if u.Allow {
			what = "NOT permitted"
		}
		w.line("# UNDECIDED and %s: company %s (%s), entry %s: %s", what, cleanID(u.Company),
			clean(u.CompanyName), cleanID(u.Entry), clean(u.Why()))
	}
	for _, x := range p.Excepted {
		if slices.Contains(domains, x.Item.Domain) {
			w.line("# EXCEPTED until %s: %s of %s (%s), id %s, by exception %s, approved by %s: %s", x.Expires,
				cleanID(x.Item.Identifier.String()), cleanID(x.Item.Company), clean(x.Item.CompanyName),
				cleanID(x.Item.ID), cleanID(x.Exception), clean(x.ApprovedBy), clean(x.Reason))
		}
	}
	for _, l := range p.LeftOut {
		if slices.Contains(domains, l.Domain) {
			w.line("# LEFT OUT: entry %s: %s: %s", cleanID(l.Entry), clean(l.Title), enforce.Comment(l.Reason, 400))
		}
	}
	for _, it := range s.off {
		w.line("# NOT CUT: no path or prefix shows it at level %s: %s of %s, id %s", it.Level,
			cleanID(it.Identifier.String()), cleanID(it.Company), cleanID(it.ID))
	}
	for _, e := range s.partly {
		w.line("# NOT CUT: the allow-list %s is enforced on neighbours only, its level is %s", cleanID(e.ID), e.Level)
	}
	for _, note := range p.Notes {
		w.line("# NOTE: %s", enforce.Comment(note, 400))
	}
	if s.foreign > 0 {
		w.line("# %d further identifiers of these companies (domains, apps) do not occur in routes.", s.foreign)
	}
}
