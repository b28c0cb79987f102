package carrier

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/bgpdump"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
)

func TestText(t *testing.T) {
	const table = `BGP table version is 5, local router ID is 192.0.2.254, vrf id 0
Default local pref 100, local AS 64500

   Network          Next Hop            Metric LocPrf Weight Path
*> 198.51.100.0/24  192.0.2.1                0             0 4134 64496 i
*> 203.0.113.0/24   0.0.0.0                  0         32768 i
`
	got, shard := read(t, Text{}, table)
	const note = " x1: 198.51.100.0/24 from 192.0.2.254 AS64500: path 64500 4134 64496"
	want := []string{
		"adjacency 4134 64496" + note, "adjacency 64500 4134" + note,
		"origin 64496" + note,
		"transit 4134" + note, "transit 64500" + note,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("text: routes 2, text: routes without AS path 1", counts(shard)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	for o := range shard.Observations() {
		if !o.First.IsZero() || !o.Last.IsZero() {
			t.Errorf("%s: seen from %s to %s, though the table has no times", o.Kind, o.First, o.Last)
		}
	}
}

// TestTextEqualsMRT reads a real log as MRT and as the text that is printed for
// it: both show the same, as often, from the same peers. The sessions, of which
// the text names one end only, are not compared.
func TestTextEqualsMRT(t *testing.T) {
	path := testkit.Data(t, "carrier/mrt/updates.20071015.1505.gz")
	var text bytes.Buffer
	w := bgpdump.NewWriter(&text)
	scanner := mrt.NewScanner(testkit.Gunzip(t, path), mrt.Limits{})
	for {
		record, err := scanner.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = w.Record(record)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_, shard := read(t, Text{}, text.String())
	set := new(evidence.Set)
	set.Add(shard)
	if diff := cmp.Diff(shown(collect(t, path, 2)), shown(set)); diff != "" {
		t.Errorf("observations (-mrt +text):\n%.2000s", diff)
	}
}

// shown returns how often each thing was seen, and by how many peers.
func shown(set *evidence.Set) map[string][2]uint64 {
	out := map[string][2]uint64{}
	for o := range set.Observations() {
		if o.Kind == KindSession {
			continue
		}
		var key strings.Builder
		key.WriteString(o.Kind)
		for _, s := range o.Subjects {
			key.WriteString(" " + s.ID.Value())
		}
		peers, _ := o.Attr(attrPeers)
		out[key.String()] = [2]uint64{o.Count, uint64(peers.Number())}
	}
	return out
}
