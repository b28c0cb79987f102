package bird

import (
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// sets writes the definitions, a member to a line with its id.
func (w *writer) sets(s *sets) {
	all := append(append([]*set(nil), s.denied...), s.allowed...)
	for _, blocks := range []*set{s.blocks4, s.blocks6} {
		if blocks != nil {
			all = append(all, blocks)
		}
	}
	for _, one := range all {
		w.line("")
		w.line("# %s", clean(one.title))
		if len(one.members) == 0 {
			w.line("# THE LIST IS EMPTY: every neighbour is denied, see cleannet_is_direct.")
			continue
		}
		w.line("define %s = [", one.name)
		for i, m := range one.members {
			comma := ","
			if i == len(one.members)-1 {
				comma = ""
			}
			w.line("  %s%s # %s", m.text, comma, note(m.items[0]))
			for _, it := range m.items[1:] {
				w.line("    # also %s", note(it))
			}
		}
		w.line("];")
	}
}

// note is the comment of a member: the id first, since that is what a person
// looks up.
func note(it enforce.Item) string {
	text := cleanID(it.ID) + " " + clean(it.CompanyName) + ": " + clean(it.Reason)
	if !it.Until.IsZero() {
		text += ", until " + it.Until.String()
	}
	return text
}

// functions writes the tests and what applies them. They declare no variables
// and take one argument each, because the syntax of both changed within the 2
// series of BIRD.
func (w *writer) functions(s *sets) {
	w.test("direct", s.denied, enforce.Direct, "p ~ [= %s * =]")
	for _, one := range s.allowed {
		if len(one.members) == 0 {
			w.line("  if p.len > 0 then return true;")
			continue
		}
		w.line("  if p.len > 0 && !(p ~ [= %s * =]) then return true;", one.name)
	}
	w.end()
	w.test("origin", s.denied, enforce.Origin, "p ~ [= * %s =]")
	w.end()
	w.line("")
	w.line("# For cleannet_is_transit: the path holds a number anywhere.")
	w.line("function cleannet_passes(bgppath p)")
	w.line("{")
	w.conditions(s.denied, enforce.Transit, "p ~ %s")
	w.end()
	w.line("")
	for text := range strings.SplitSeq(precedes, "\n") {
		w.line("%s", text)
	}
	w.conditions(s.denied, enforce.Transit, "p.len > 1 && delete(p, %[1]s).last = 0 && delete(p, %[1]s).len < p.len")
	w.conditions(s.denied, enforce.Transit, "p.len > delete(p, %s).len + 1")
	w.end()
	w.line("")
	w.line("# p.last is 0 where the path is empty or ends in a set; otherwise the origin and")
	w.line("# its prepends are taken away first.")
	w.line("function cleannet_is_transit(bgppath p)")
	w.line("{")
	w.line("  if p.last = 0 then return cleannet_precedes(p);")
	w.line("  return cleannet_passes(delete(p, p.last));")
	w.line("}")
	w.line("")
	w.line("function cleannet_is_prefix(prefix n)")
	w.line("{")
	if s.blocks4 != nil {
		w.line("  if n.type = NET_IP4 then return n ~ %s;", s.blocks4.name)
	}
	if s.blocks6 != nil {
		w.line("  if n.type = NET_IP6 then return n ~ %s;", s.blocks6.name)
	}
	w.end()
	w.forbidden(s)
	for text := range strings.SplitSeq(tail, "\n") {
		w.line("%s", text)
	}
}

const precedes = `# For cleannet_is_transit: a number stands before the set that ends the path. A
# mask cannot ask this, since BIRD lets a set match several elements of a mask.
# But without the numbers the path is shorter by each of their hops, and by one
# more only if the last set had no other member; then it ends in a hop.
function cleannet_precedes(bgppath p)
{`

// forbidden writes the test of all levels. A number that is forbidden at every
// level is forbidden anywhere, which is one look-up instead of three.
func (w *writer) forbidden(s *sets) {
	w.line("")
	w.line("# All levels that the policy asks, each number at the levels meant for it.")
	w.line("function cleannet_is_forbidden(bgppath p)")
	w.line("{")
	var rest enforce.Level
	for _, one := range s.denied {
		if one.level == enforce.Any {
			w.line("  if p ~ %s then return true;", one.name)
		} else {
			rest |= one.level
		}
	}
	if rest.Has(enforce.Direct) || len(s.allowed) > 0 {
		w.line("  if cleannet_is_direct(p) then return true;")
	}
	if rest.Has(enforce.Origin) {
		w.line("  if cleannet_is_origin(p) then return true;")
	}
	if rest.Has(enforce.Transit) {
		w.line("  if cleannet_is_transit(p) then return true;")
	}
	w.end()
}

// test begins the function of a level.
func (w *writer) test(word string, denied []*set, level enforce.Level, condition string) {
	w.line("")
	w.line("function cleannet_is_%s(bgppath p)", word)
	w.line("{")
	w.conditions(denied, level, condition)
}

func (w *writer) conditions(denied []*set, level enforce.Level, condition string) {
	for _, one := range denied {
		if one.level.Has(level) {
			w.line("  if "+condition+" then return true;", one.name)
		}
	}
}

func (w *writer) end() {
	w.line("  return false;")
	w.line("}")
}

// tail is the part that is the same in every file.
const tail = `
function cleannet_reject()
{
  if cleannet_is_forbidden(bgp_path) then reject;
  if cleannet_is_prefix(net) then reject;
}

function cleannet_reject_logged()
{
  if cleannet_is_forbidden(bgp_path) || cleannet_is_prefix(net) then {
    print "cleannet rejects ", net, " path ", bgp_path;
    reject;
  }
}`
