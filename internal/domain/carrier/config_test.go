package carrier

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
)

// read reads a text with a reader, which must take it, and returns what it
// shows, a line each, with the first proof.
func read(t *testing.T, r domain.Reader, text string) (lines []string, shard *evidence.Shard) {
	t.Helper()
	if !r.Match("a file", []byte(text)) {
		t.Fatalf("%s does not take %.40q", r.Name(), text)
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set := new(evidence.Set)
	for in, err := range source.Walk(t.Context(), []string{path}, source.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shard = evidence.NewShard(evidence.Input{Status: evidence.StatusRead, Names: []string{"file"}})
		if err := r.Read(t.Context(), f, domain.Env{Workers: 1}, shard); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		set.Add(shard)
	}
	for o := range set.Observations() {
		words := []string{o.Kind}
		for _, s := range o.Subjects {
			words = append(words, s.ID.Value())
		}
		line := fmt.Sprintf("%s x%d", strings.Join(words, " "), o.Count)
		if len(o.Refs) > 0 {
			line += ": " + o.Refs[0].Note
			ref := o.Refs[0]
			if ref.Offset < 0 || ref.Offset+ref.Length > int64(len(text)) {
				t.Errorf("%s: proof at %d+%d of %d bytes", line, ref.Offset, ref.Length, len(text))
			}
		}
		lines = append(lines, line)
	}
	return lines, shard
}

// counts returns what a shard counted.
func counts(shard *evidence.Shard) string {
	var out []string
	for _, c := range shard.Input.Counts {
		out = append(out, fmt.Sprintf("%s %d", c.Name, c.N))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestConfig(t *testing.T) {
	const text = `router bgp 64500
 neighbor 192.0.2.1 remote-as 4134
 neighbor 192.0.2.1 description transit
 neighbor 192.0.2.2 remote-as 64500
 neighbor 192.0.2.3 remote-as 64496
 neighbor 192.0.2.3 shutdown
 neighbor eth0 interface remote-as external
`
	got, shard := read(t, Config{}, text)
	want := []string{`session 64500 4134 x1: IOS configuration: neighbour 192.0.2.1 of AS64500 is AS4134: "transit"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	const wantCounts = "routerconf: neighbours 4, routerconf: neighbours inside the own network 1, routerconf: neighbours switched off 1"
	if diff := cmp.Diff(wantCounts, counts(shard)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if _, n := shard.FirstProblem(); n != 1 {
		t.Errorf("%d problems, want one about the neighbour without a number", n)
	}
}
