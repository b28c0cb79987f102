package carrier

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
)

// TestPartsEqualWhole counts the paths of real tables in two parts each, or some
// whole and the later ones in parts: the file must be the same as with all
// counted whole.
func TestPartsEqualWhole(t *testing.T) {
	for _, file := range []string{"bview.20020722.2337.gz", "bview.64k_stream_overflow.gz", "rrc00.bview.20000111.0032.gz"} {
		var want []byte
		for _, most := range []uint32{maxWhole, 0, 1000} {
			got := withWhole(t, testkit.Data(t, "carrier/mrt/"+file), most)
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: at most %d whole paths give another file", file, most)
			}
		}
	}
}

// withWhole reads a table with one worker that counts so many paths whole, and
// returns the written set.
func withWhole(t *testing.T, path string, most uint32) []byte {
	t.Helper()
	scanner := mrt.NewScanner(testkit.Gunzip(t, path), mrt.Limits{})
	table := newPathTable()
	table.most = most
	for {
		chunk, err := scanner.NextChunk()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		table.chunk(chunk)
		chunk.Release()
	}
	table.finish()
	shard := evidence.NewShard(evidence.Input{Digest: "d", Status: evidence.StatusRead})
	all := merge([]*pathTable{table})
	all.account("", shard)
	shard.Take(all.rows(""))
	var set evidence.Set
	set.Add(shard)
	var b bytes.Buffer
	if err := set.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSortShares compares sorting by digits with comparing.
func TestSortShares(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, bits := range []int{0, 3, 12, 20, 32} {
		for _, n := range []int{0, 1, 2, 1000} {
			shares := make([]share, n)
			for i := range shares {
				mask := uint32(1<<bits - 1)
				shares[i] = share{random.Uint32() & mask, random.Uint32() & mask, uint32(i)}
			}
			want := slices.Clone(shares)
			slices.SortStableFunc(want, func(a, b share) int { return cmp.Compare(a.networks(), b.networks()) })
			got := sortShares(shares, make([]share, n))
			if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(share{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%d shares of %d bits (-compared +by digits):\n%s", n, bits, diff)
			}
		}
	}
}

// TestTrails compares the numbers of trails with a map of whole paths, and what
// is refused with a plain search for a loop.
func TestTrails(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	trails := newTrails(0)
	known := make(map[string]uint32)
	loops := 0
	for range 20_000 {
		asns := make([]uint32, 1+random.IntN(6))
		for i := range asns {
			asns[i] = random.Uint32N(12)
		}
		no := trails.plain(asns)
		if collapsed := slices.Compact(slices.Clone(asns)); len(slices.Compact(slices.Sorted(slices.Values(asns)))) < len(collapsed) {
			loops++
			if no != 0 {
				t.Fatalf("%v: got trail %d, want none: it has a loop", asns, no)
			}
			continue
		}
		var text []uint32
		for at := no; at != 0; at = trails.links[at].rest {
			text = append(text, trails.links[at].asn)
		}
		if diff := gocmp.Diff(asns, text); diff != "" {
			t.Fatalf("trail (-path +trail):\n%s", diff)
		}
		key := fmt.Sprint(asns)
		if before, ok := known[key]; ok && before != no {
			t.Fatalf("%v: got trail %d, and %d before", asns, no, before)
		}
		known[key] = no
	}
	if loops == 0 || len(known) == 0 {
		t.Errorf("%d loops and %d plain paths: the test tests nothing", loops, len(known))
	}
}
