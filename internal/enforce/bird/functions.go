package bird

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
)

// symbol is the name of a set in BIRD.
func symbol(s *enforce.RouteSet) string {
	return "CLEANNET_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// sets writes the definitions, a member to a line with its id.
func (w *writer) sets(r *enforce.Routes) {
	for _, one := range r.All() {
		w.line("")
		w.line("# %s", enforce.Comment(one.Title, 160))
		if len(one.Members) == 0 {
			w.line("# THE LIST IS EMPTY: every neighbour is denied, see cleannet_is_direct.")
			continue
		}
		w.line("define %s = [", symbol(one))
		for i, m := range one.Members {
			text := strconv.FormatUint(uint64(m.AS), 10)
			if m.Block.IsValid() {
				text = m.Block.String() + "+"
			}
			comma := ","
			if i == len(one.Members)-1 {
				comma = ""
			}
			w.line("  %s%s # %s", text, comma, m.Items[0].Note())
			for _, it := range m.Items[1:] {
				w.line("    # also %s", it.Note())
			}
		}
		w.line("];")
	}
}

// view is what one session sees of the sets.
type view struct {
	denied, allowed []*enforce.RouteSet
	blocks          []*enforce.RouteSet
}

func viewOf(r *enforce.Routes, session string) view {
	v := view{allowed: r.Allowed}
	for _, s := range r.Denied {
		if s.Binds(session) {
			v.denied = append(v.denied, s)
		}
	}
	for _, s := range r.Blocks {
		if s.Binds(session) {
			v.blocks = append(v.blocks, s)
		}
	}
	return v
}

// functions writes the tests and what applies them. They declare no variables
// and take one argument each, because the syntax of both changed within the 2
// series of BIRD.
// A session with waivers gets functions of its own, whose names end in its.
func (w *writer) functions(r *enforce.Routes, session string) {
	s := viewOf(r, session)
	out := w
	w = new(writer)
	defer func() {
		text := w.buf.String()
		if session != "" {
			text = regexp.MustCompile(`(cleannet_[a-z_]+)\(`).ReplaceAllString(text, "${1}_for_"+session+"(")
		}
		out.buf.WriteString(text)
		out.lines += w.lines
	}()
	w.test("direct", s.denied, enforce.Direct, "p ~ [= %s * =]")
	for _, one := range s.allowed {
		if len(one.Members) == 0 {
			w.line("  if p.len > 0 then return true;")
			continue
		}
		w.line("  if p.len > 0 && !(p ~ [= %s * =]) then return true;", symbol(one))
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
	for _, one := range s.blocks {
		kind := "NET_IP6"
		if one.Members[0].Block.Addr().Is4() {
			kind = "NET_IP4"
		}
		w.line("  if n.type = %s && n ~ %s then return true;", kind, symbol(one))
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
func (w *writer) forbidden(s view) {
	w.line("")
	w.line("# All levels that the policy asks, each number at the levels meant for it.")
	w.line("function cleannet_is_forbidden(bgppath p)")
	w.line("{")
	var rest enforce.Level
	for _, one := range s.denied {
		if one.Level == enforce.Any {
			w.line("  if p ~ %s then return true;", symbol(one))
		} else {
			rest |= one.Level
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
func (w *writer) test(word string, denied []*enforce.RouteSet, level enforce.Level, condition string) {
	w.line("")
	w.line("function cleannet_is_%s(bgppath p)", word)
	w.line("{")
	w.conditions(denied, level, condition)
}

func (w *writer) conditions(denied []*enforce.RouteSet, level enforce.Level, condition string) {
	for _, one := range denied {
		if one.Level.Has(level) {
			w.line("  if "+condition+" then return true;", symbol(one))
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
