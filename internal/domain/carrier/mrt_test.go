package carrier

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/source"
	"github.com/cleannet/cleannet/internal/testkit"
)

// collect reads a file with the MRT reader into a set of its own.
func collect(t testing.TB, path string, workers int) *evidence.Set {
	t.Helper()
	var set evidence.Set
	for in, err := range source.Walk(t.Context(), []string{path}, source.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shard := evidence.NewShard(evidence.Input{Status: evidence.StatusRead, Names: []string{"table"}})
		if err := (MRT{}).Read(t.Context(), f, domain.Env{Workers: workers}, shard); err != nil {
			t.Fatal(err)
		}
		digest, err := f.Digest()
		if err != nil {
			t.Fatal(err)
		}
		shard.Input.Digest = digest.String()
		set.Add(shard)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return &set
}

// golden is what goldens.tsv says of an AS number in a file.
type golden struct{ onPath, origin, transit, adjacencies uint64 }

func TestGoldenCounts(t *testing.T) {
	tables := []string{
		"rib2010.gz", "bview.20020722.2337.gz", "bview.64k_stream_overflow.gz", "rrc00.bview.20000111.0032.gz",
	}
	for _, file := range append(tables, updateFiles()...) {
		t.Run(file, func(t *testing.T) {
			set := collect(t, testkit.Data(t, "carrier/mrt/"+file), 2)
			got := map[string]golden{}
			want := readGoldens(t, file)
			for o := range set.Observations() {
				for _, s := range o.Subjects {
					asn := s.ID.Value()
					g := got[asn]
					switch o.Kind {
					case KindOrigin:
						g.origin += o.Count
						g.onPath += o.Count
					case KindTransit:
						g.transit += o.Count
						g.onPath += o.Count
					case KindAdjacency:
						g.adjacencies++
					}
					got[asn] = g
				}
			}
			for asn, w := range want {
				if got[asn] != w {
					t.Errorf("AS%s: got %+v, want %+v", asn, got[asn], w)
				}
			}
		})
	}
}

func readGoldens(t *testing.T, file string) map[string]golden {
	t.Helper()
	raw, err := os.ReadFile(testkit.Data(t, "carrier/goldens.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]golden{}
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if f[0] != file || f[1] == "TOTAL" || f[1] == "SET" {
			continue
		}
		out[f[1]] = golden{number(t, f[2]), number(t, f[3]), number(t, f[4]), number(t, f[8])}
	}
	if len(out) == 0 {
		t.Fatalf("no goldens for %s", file)
	}
	return out
}

func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAdjacenciesEqualText counts every adjacency, origin and transit of the
// real table a second time, in the slow and obvious way, from the text that
// bgpdump prints for it.
func TestAdjacenciesEqualText(t *testing.T) {
	set := collect(t, testkit.Data(t, "carrier/mrt/rib2010.gz"), 2)
	got := map[string]uint64{}
	for o := range set.Observations() {
		var key strings.Builder
		key.WriteString(o.Kind)
		for _, s := range o.Subjects {
			key.WriteString(" " + s.ID.Value())
		}
		got[key.String()] = o.Count
	}
	want := countText(t, testkit.Data(t, "carrier/mrt/rib2010.bgpdump-m.txt.gz"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-text +reader):\n%.2000s", diff)
	}
}

func countText(t *testing.T, path string) map[string]uint64 {
	t.Helper()
	out := map[string]uint64{}
	scan := bufio.NewScanner(testkit.Gunzip(t, path))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		hops := strings.Fields(strings.Split(scan.Text(), "|")[6])
		if len(hops) == 0 {
			continue
		}
		shown := map[string]bool{}
		last := hops[len(hops)-1]
		origins := map[string]bool{}
		for asn := range strings.SplitSeq(strings.Trim(last, "{}"), ",") {
			origins[asn] = true
			shown["origin "+asn] = true
		}
		for i, hop := range hops {
			for asn := range strings.SplitSeq(strings.Trim(hop, "{}"), ",") {
				if !origins[asn] {
					shown["transit "+asn] = true
				}
			}
			if i > 0 && hops[i-1] != hop && !strings.Contains(hop+hops[i-1], "{") {
				shown["adjacency "+hops[i-1]+" "+hop] = true
			}
		}
		for key := range shown {
			out[key]++
		}
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWorkersDoNotShow compares the written sets of several numbers of workers.
func TestWorkersDoNotShow(t *testing.T) {
	for _, file := range []string{"rib2010.gz", "bview.20020722.2337.gz"} {
		path := testkit.Data(t, "carrier/mrt/"+file)
		var first []byte
		for _, workers := range []int{1, 2, 7} {
			var b bytes.Buffer
			if err := collect(t, path, workers).Write(&b); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b.Bytes()
			} else if !bytes.Equal(first, b.Bytes()) {
				t.Errorf("%s: %d workers give other bytes than one", file, workers)
			}
		}
	}
}

// TestTableEqualsObservations gives the observations of real tables to a shard
// one by one: the file must be the same as the one that the table gives.
func TestTableEqualsObservations(t *testing.T) {
	for _, file := range []string{"rib2010.gz", "bview.20020722.2337.gz", "bview.64k_stream_overflow.gz"} {
		set := collect(t, testkit.Data(t, "carrier/mrt/"+file), 1)
		shard := set.Shards()[0]
		again := evidence.NewShard(shard.Input)
		for o := range shard.Observations() {
			again.Observe(*o)
		}
		problems, _ := shard.Problems()
		for _, p := range problems {
			again.Problem(p)
		}
		other := new(evidence.Set)
		other.Add(again)
		var want, got bytes.Buffer
		if err := errors.Join(other.Write(&want), set.Write(&got)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s: the table gives another file than its observations", file)
		}
	}
}

func BenchmarkMRT(b *testing.B) {
	path := testkit.Unpacked(b, testkit.Data(b, "carrier/mrt/rib2010.gz"))
	const entries = 641957
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			for b.Loop() {
				collect(b, path, workers)
			}
			b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
