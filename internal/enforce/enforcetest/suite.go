// Package enforcetest is the conformance suite of the enforcement targets.
//
// Every target runs it from its own test with [Run], and hands over how its
// files are read back. What a target promises is written there as code: equal
// plans give equal bytes, every item that the target can express stands in the
// file with its id, no text from outside breaks out of a comment, and what is
// not cut is named.
package enforcetest

import (
	"bytes"
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// Spec is a target and what the suite has to know to examine it.
type Spec struct {
	Target enforce.Target
	// Expresses reports whether an item of the target's domains must stand in
	// the files as something that is cut (or permitted, with Allow).
	Expresses func(enforce.Item) bool
	// Read takes the files apart again, by other code than wrote them, into
	// what a device would cut or permit. Comments count only for their ids. It
	// may be nil for an [enforce.Interpreter].
	Read func([]enforce.File) ([]enforce.Line, error)
}

// InRoutes is the Expresses of all targets for routers.
func InRoutes(it enforce.Item) bool {
	switch it.Identifier.Scheme() {
	case evidence.SchemeASN:
		return it.Level != 0
	case evidence.SchemePrefix, evidence.SchemeIP:
		return it.Level.Has(enforce.Origin) && !it.Allow
	}
	return false
}

// MaxLine is the longest line that a file may have, in bytes.
const MaxLine = 4096

// Run runs the suite.
func Run(t *testing.T, spec Spec) {
	if target, ok := spec.Target.(enforce.Interpreter); ok && spec.Read == nil {
		spec.Read = func(files []enforce.File) ([]enforce.Line, error) {
			program, err := target.Interpret(files)
			if err != nil {
				return nil, err
			}
			return slices.Clone(program.Lines), nil
		}
	}
	t.Run("names", func(t *testing.T) { names(t, spec) })
	t.Run("deterministic", func(t *testing.T) { deterministic(t, spec) })
	t.Run("every item with its id", func(t *testing.T) { complete(t, spec, Plan(t, "")) })
	t.Run("ids of findings", func(t *testing.T) { findings(t, spec) })
	t.Run("hostile names", func(t *testing.T) { hostile(t, spec) })
	t.Run("empty plan", func(t *testing.T) { empty(t, spec) })
	t.Run("what is not cut is named", func(t *testing.T) { named(t, spec) })
}

func names(t *testing.T, spec Spec) {
	name := spec.Target.Name()
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		t.Errorf("name %q: want one lower-case word", name)
	}
	if doc := spec.Target.Doc(); !strings.HasSuffix(doc, ".") || strings.Contains(doc, "\n") {
		t.Errorf("doc %q: want a sentence", doc)
	}
	if len(spec.Target.Domains()) == 0 {
		t.Error("no domains")
	}
	for _, f := range files(t, spec, Plan(t, "")) {
		if f.Name != filepath.Base(f.Name) || f.Name == "." || strings.ContainsAny(f.Name, `/\ `) {
			t.Errorf("file name %q: want a plain one", f.Name)
		}
	}
}

// deterministic also turns the inputs round: their order must not show.
func deterministic(t *testing.T, spec Spec) {
	plan := Plan(t, "")
	first := files(t, spec, plan)
	if diff := gocmp.Diff(first, files(t, spec, plan)); diff != "" {
		t.Errorf("the second writing differs (-first +second):\n%s", diff)
	}
	if diff := gocmp.Diff(Plan(t, ""), plan, cmpIDs()); diff != "" {
		t.Errorf("the target changed the plan (-want +got):\n%s", diff)
	}
	p, records := Policy(t, ""), Records(t, "")
	slices.Reverse(p.Entries)
	slices.Reverse(records.Companies)
	slices.Reverse(records.Identifiers)
	slices.Reverse(records.Edges)
	turned := enforce.NewPlan(p, Registry(t, records), plan.AsOf)
	if diff := gocmp.Diff(first, files(t, spec, turned)); diff != "" {
		t.Errorf("the order of the inputs shows (-first +turned):\n%s", diff)
	}
}

// complete compares what the files cut with what the plan asks.
func complete(t *testing.T, spec Spec, plan *enforce.Plan) {
	t.Helper()
	var want []enforce.Line
	for it := range plan.In(spec.Target.Domains()...) {
		if spec.Expresses(it) {
			want = append(want, enforce.Line{Identifier: it.Identifier, ID: it.ID})
		}
	}
	if len(want) == 0 {
		t.Fatal("the fixture has nothing for this target: extend it")
	}
	got := read(t, spec, plan)
	sortLines(want)
	if diff := gocmp.Diff(want, got, cmpIDs()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// findings checks that a finding's id replaces the id of the item.
func findings(t *testing.T, spec Spec) {
	var found []enforce.Found
	for it := range Plan(t, "").In(spec.Target.Domains()...) {
		if spec.Expresses(it) {
			found = append(found, enforce.Found{ID: "00112233aabbccdd", Entry: it.Entry, Party: it.Identifier})
			break
		}
	}
	plan := enforce.NewPlan(Policy(t, ""), Registry(t, Records(t, "")), Date(t, "2026-01-01"), found...)
	complete(t, spec, plan)
	if !slices.ContainsFunc(read(t, spec, plan), func(l enforce.Line) bool { return l.ID == "00112233aabbccdd" }) {
		t.Error("no line has the id of the finding")
	}
}

// Hostile returns texts that try to leave a comment in one of the languages
// that targets write.
func Hostile() []string {
	return []string{
		"\ndefine EVIL = 1;", "\r\nEVIL", "\"; reject; EVIL", "*/ EVIL /*", "--> EVIL <!--", "\\\nEVIL",
		"`EVIL`", "$(EVIL)", "${EVIL}", "\u2028EVIL\u2029", "\u0085EVIL", "\x00EVIL", "\x1b[2KEVIL",
		"\xff\xfe", "中国", "' EVIL", "]; EVIL", "# EVIL", "! EVIL", strings.Repeat("x", 1<<20),
	}
}

// hostile writes the fixture with hostile texts and asks that nothing but
// comments differs from the harmless fixture, line by line.
func hostile(t *testing.T, spec Spec) {
	plain := files(t, spec, Plan(t, ""))
	want := read(t, spec, Plan(t, ""))
	for _, text := range Hostile() {
		plan := Plan(t, text)
		if diff := gocmp.Diff(want, read(t, spec, plan), cmpIDs()); diff != "" {
			t.Errorf("with %.20q what is cut differs (-want +got):\n%s", text, diff)
		}
		for i, f := range files(t, spec, plan) {
			if got, want := bytes.Count(f.Data, []byte("\n")), bytes.Count(plain[i].Data, []byte("\n")); got != want {
				t.Errorf("with %.20q %s has %d lines, without it %d", text, f.Name, got, want)
			}
			for line := range bytes.Lines(f.Data) {
				if len(line) > MaxLine {
					t.Errorf("with %.20q %s has a line of %d bytes, the limit is %d", text, f.Name, len(line), MaxLine)
				}
			}
			if k := bytes.IndexFunc(f.Data, func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r > '~') }); k >= 0 {
				t.Errorf("with %.20q %s has the byte %#x at %d", text, f.Name, f.Data[k], k)
			}
		}
	}
}

// empty checks that a plan without items gives files that cut nothing and say
// so, and that they are not themselves empty.
func empty(t *testing.T, spec Spec) {
	reg := Registry(t, Records(t, ""))
	plan := enforce.NewPlan(&policy.Policy{ID: "none", Title: "Nothing"}, reg, Date(t, "2026-01-01"))
	if got := read(t, spec, plan); len(got) != 0 {
		t.Errorf("an empty plan cuts %v", got)
	}
	all := files(t, spec, plan)
	if len(all) == 0 {
		t.Error("an empty plan gives no file")
	}
	for _, f := range all {
		if !bytes.Contains(bytes.ToLower(f.Data), []byte("nothing")) {
			t.Errorf("%s does not say that it cuts nothing", f.Name)
		}
	}
}

// named checks that undecided companies, exceptions and entries that are not
// in force stand in the files, and that none of them is cut.
func named(t *testing.T, spec Spec) {
	plan := Plan(t, "")
	var text strings.Builder
	for _, f := range files(t, spec, plan) {
		text.Write(f.Data)
	}
	var want []string
	domains := spec.Target.Domains()
	if slices.ContainsFunc(plan.Undecided, func(u enforce.Undecided) bool {
		return slices.ContainsFunc(plan.Entries, func(e enforce.Entry) bool {
			return e.ID == u.Entry && slices.Contains(domains, e.Domain)
		})
	}) {
		want = append(want, Doubtful, Listed+" holds 25%-100% of "+Doubtful)
	}
	for _, x := range plan.Excepted {
		if slices.Contains(domains, x.Item.Domain) {
			want = append(want, x.Exception, x.Expires.String())
		}
	}
	for _, l := range plan.LeftOut {
		if slices.Contains(domains, l.Domain) {
			want = append(want, l.Entry)
		}
	}
	for _, w := range want {
		if !strings.Contains(text.String(), w) {
			t.Errorf("the files do not name %q", w)
		}
	}
	for _, line := range read(t, spec, plan) {
		for _, slug := range []string{Doubtful, Waived} {
			if strings.Contains(line.ID, slug) {
				t.Errorf("%s is cut: %v", slug, line)
			}
		}
	}
}

func files(t *testing.T, spec Spec, plan *enforce.Plan) []enforce.File {
	t.Helper()
	out, err := spec.Target.Files(plan)
	if err != nil {
		t.Fatalf("Files: %v", err)
	}
	return out
}

func read(t *testing.T, spec Spec, plan *enforce.Plan) []enforce.Line {
	t.Helper()
	lines, err := spec.Read(files(t, spec, plan))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	sortLines(lines)
	return lines
}

func sortLines(lines []enforce.Line) {
	slices.SortFunc(lines, func(a, b enforce.Line) int {
		return cmp.Or(a.Identifier.Compare(b.Identifier), cmp.Compare(a.ID, b.ID))
	})
}

// cmpIDs lets go-cmp compare the values that hide their form.
func cmpIDs() gocmp.Option {
	return gocmp.Options{
		gocmp.Comparer(func(a, b evidence.ID) bool { return a == b }),
		gocmp.Comparer(func(a, b entity.Date) bool { return a == b }),
	}
}
