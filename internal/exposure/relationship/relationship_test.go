package relationship_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/exposure/relationship"
	"github.com/cleannet/cleannet/internal/exposure/rib"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// load makes a table of paths, each to a prefix of its own.
func load(t testing.TB, paths ...string) *rib.Table {
	t.Helper()
	out := mrtfile.Table{
		Time:  time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
		Peers: []mrtfile.Peer{{Addr: netip.MustParseAddr("192.0.2.1"), ASN: 64500}},
	}
	for i, path := range paths {
		r := mrtfile.Route{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i)}), 16)}
		r.Path, r.NextHop = mrtfile.MustPath(path), netip.MustParseAddr("192.0.2.1")
		out.Routes = append(out.Routes, r)
	}
	var b bytes.Buffer
	if err := out.WriteV2(&b); err != nil {
		t.Fatal(err)
	}
	return read(t, &b)
}

func read(t testing.TB, r io.Reader) *rib.Table {
	t.Helper()
	b := rib.NewBuilder(2, rib.Limits{})
	if err := b.Read(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return b.Table()
}

func TestInfer(t *testing.T) {
	// 1, 2 and 3 are the clique; 10 buys from 1, 11 from 2, 12 from 3; 20 buys
	// from 10 and from 11; 30 from 20.
	paths := []string{
		"10 1 2 11", "10 1 3 12", "11 2 1 10", "11 2 3 12", "12 3 1 10", "12 3 2 11",
		"10 1 2 11 21", "11 2 1 10 22", "12 3 1 10 20 30", "12 3 2 11 20 30", "10 20 30", "11 20 30",
		"12 3 1 13", "12 3 1 14", "12 3 2 15", "10 1 2 16", "11 2 3 17", "11 2 3 18",
		"12 3 1 1 {19,13}", // has no vote
		"12 3 40 3 41",     // a loop has none either
	}
	for i := range 20 { // the large ones have many customers
		paths = append(paths, fmt.Sprintf("12 3 1 %d", 100+i), fmt.Sprintf("10 1 2 %d", 200+i), fmt.Sprintf("11 2 3 %d", 300+i))
	}
	book := relationship.Infer(load(t, paths...), 3)
	for _, test := range []struct {
		a, b uint32
		want relationship.Kind
	}{
		{1, 2, relationship.Peer}, {3, 1, relationship.Peer}, {2, 3, relationship.Peer},
		{1, 10, relationship.Provider}, {10, 1, relationship.Customer}, {3, 12, relationship.Provider},
		{20, 30, relationship.Provider}, {20, 10, relationship.Customer}, {11, 20, relationship.Provider},
		{1, 19, relationship.Unknown}, {3, 40, relationship.Unknown}, {1, 30, relationship.Unknown},
	} {
		if got, _ := book.Between(test.a, test.b); got != test.want {
			t.Errorf("AS%d is %v to AS%d, want %v", test.a, got, test.b, test.want)
		}
	}
	if diff := cmp.Diff(slices.Collect(relationship.Infer(load(t, paths...), 1).Links()), slices.Collect(book.Links())); diff != "" {
		t.Errorf("one worker and three differ\n%s", diff)
	}
	_, sure := book.Between(1, 10)
	_, less := book.Between(1, 100)
	if sure <= less || sure >= 1 {
		t.Errorf("the confidence is %v with many votes, %v with one", sure, less)
	}
}

func TestRead(t *testing.T) {
	book, err := relationship.Read(strings.NewReader("# comment\n10|20|-1\n20|30|0|bgp\n40|30|1\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []relationship.Link{
		{A: 10, B: 20, Kind: relationship.Provider, Confidence: 1},
		{A: 20, B: 30, Kind: relationship.Peer, Confidence: 1},
		{A: 30, B: 40, Kind: relationship.Provider, Confidence: 1},
	}
	if diff := cmp.Diff(want, slices.Collect(book.Links())); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"10|20\n":                  "line 1: \"10|20\" is no relationship",
		"\n10|x|0\n":               "line 2: \"x\" is no AS number",
		"10|20|2\n":                "\"2\" is no kind",
		"10|10|0\n":                "related to itself",
		"# nothing\n":              "holds no relationship",
		"4294967296|1|0\n":         "is no AS number",
		strings.Repeat("1", 1<<17): "line 1",
	} {
		if _, err := relationship.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: the error is %v, want %q in it", text, err, want)
		}
	}
}

// TestAgreement compares what a real table of 2010 shows with relationships that
// others derived years later. It is a floor, not a measure of truth.
func TestAgreement(t *testing.T) {
	other, err := relationship.Read(testkit.Gunzip(t, testkit.Data(t, "carrier/asrel/full-internet-rel.txt.gz")))
	if err != nil {
		t.Fatal(err)
	}
	table := testkit.Gunzip(t, testkit.Data(t, "carrier/mrt/rib2010.gz"))
	least := 40_000
	if testkit.Race {
		table, least = io.LimitReader(table, 2<<20), 4_000
	}
	book := relationship.Infer(read(t, table), 2)
	var both, agree, turned int
	for l := range book.Links() {
		kind, _ := other.Between(l.A, l.B)
		if kind != relationship.Provider && kind != relationship.Customer || l.Kind != relationship.Provider {
			continue
		}
		both++
		if kind == relationship.Provider {
			agree++
		} else {
			turned++
		}
	}
	t.Logf("%d links inferred; of %d that both call transit, %d agree and %d are turned round", book.Len(), both, agree, turned)
	if both < least || 20*agree < 19*both {
		t.Errorf("of %d links only %d agree", both, agree)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("# c\n10|20|-1\n20|30|0|bgp\n40|30|1\n"))
	f.Add([]byte("10|20\n\xff|1|0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := relationship.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for l := range book.Links() {
			if kind, _ := book.Between(l.A, l.B); kind != l.Kind || l.Kind == relationship.Customer {
				t.Errorf("%+v reads back as %v", l, kind)
			}
		}
	})
}

// A reader's error is that of Read.
func TestReadError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := relationship.Read(io.MultiReader(strings.NewReader("1|2|0\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
