package policy

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

func FuzzCompile(f *testing.F) {
	env := testEnv(f)
	f.Add(document(since2020, ""))
	f.Add(document(since2020+"    when: count > 10 && attrs.peers > 1\n", ""))
	f.Add(readFile(f, "testdata/full.yaml"))
	files, _ := filepath.Glob("testdata/lint/*.yaml")
	for _, data := range shipped(f) {
		f.Add(data)
	}
	for _, file := range files {
		f.Add(readFile(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Compile("fuzz.yaml", data, env)
		if err != nil {
			if p != nil {
				t.Error("a policy beside an error")
			}
			if n := len(yamldoc.Problems(err)); n == 0 || n > 2000 {
				t.Errorf("%d problems", n)
			}
			return
		}
		again, err := Compile("again.yaml", data, env)
		if err != nil || again.Digest != p.Digest {
			t.Errorf("compiled twice: %v, digests %s and %s", err, p.Digest, again.Digest)
		}
		on := entity.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		for _, known := range []*Policy{p, p.KnownAt(on)} {
			for _, e := range known.Entries {
				exercise(t, e, on, env.Registry)
			}
		}
		if diff := Diff(p, again); diff != nil {
			t.Errorf("the same document differs: %v", diff)
		}
		if page := p.Page(strings.ToUpper); !strings.HasPrefix(page, "# ") {
			t.Errorf("the page begins with %.20q", page)
		}
	})
}

// exercise asks an entry everything that a judge may ask.
func exercise(t *testing.T, e *Entry, on entity.Date, reg *entity.Registry) {
	if e.Authority == nil || e.Citation == "" {
		t.Errorf("entry %q lacks its authority or citation", e.ID)
	}
	e.State(on)
	if !slices.IsSorted(e.Select.Seeds(reg, on)) {
		t.Errorf("entry %q: seeds are not sorted", e.ID)
	}
	if e.Unless != nil {
		e.Unless.Status(on)
	}
	o := &evidence.Observation{Count: 1}
	if e.When != nil {
		_, _, _ = e.When.Eval(Facts{Observation: o})
	}
	e.Concerns(o)
	e.Phase(o, on)
	if x, truth, _ := e.Excepts(o, on); truth == True && x == nil {
		t.Errorf("entry %q is excepted by nothing", e.ID)
	}
}

// manyEntries is a document of n entries.
func manyEntries(n int, extra string) []byte {
	var b bytes.Buffer
	b.Write(document(since2020, ""))
	for i := range n - 1 {
		fmt.Fprintf(&b, `  - id: entry-%d
    title: Rule %d
    authority: act
    citation: section %d
    domain: carrier
    select: {companies: [acme, bolt], countries: [GB]}
    control: half
    relations: [adjacency, {transit: {roles: [via]}}]
    protects: {countries: [US], identifiers: ["asn:%d"]}
    in_force: [{from: 2020-01-01, to: 2021-01-01}, {from: 2022-01-01}]
    requires: {peers: 2}
%s`, i, i, i, 64512+i, extra)
	}
	return b.Bytes()
}

func BenchmarkCompile5000(b *testing.B) {
	env, data := testEnv(b), manyEntries(5000, "")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Compile("many.yaml", data, env); err != nil {
			b.Fatal(err)
		}
	}
}
