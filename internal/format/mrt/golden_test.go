package mrt_test

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
)

// readShared returns a gzip file of the shared evidence, decompressed.
func readShared(t testing.TB, name string) []byte {
	t.Helper()
	data, err := io.ReadAll(testkit.Gunzip(t, testkit.Data(t, "carrier/mrt/"+name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// route is a routing table entry with its path decoded.
type route struct {
	*mrt.Entry
	path *mrt.Path
}

// routes yields all entries in data, and fails the test if anything in it
// cannot be read.
func routes(t testing.TB, data []byte) iter.Seq[route] {
	return func(yield func(route) bool) {
		scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
		var entries mrt.Entries
		var attrs mrt.Attributes
		var path mrt.Path
		for {
			r, err := scanner.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("Next: %v", err)
			}
			entries.Reset(r)
			for entries.Next() {
				e := entries.Entry()
				if err := attrs.Parse(e.Attrs); err != nil {
					t.Fatalf("record at %d: %v", r.Offset, err)
				}
				if err := path.Decode(attrs.RawPath(e.AS4)); err != nil {
					t.Fatalf("record at %d: %v", r.Offset, err)
				}
				if !yield(route{e, &path}) {
					return
				}
			}
			if err := entries.Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// watchedNetworks are those that the goldens count.
func watchedNetworks() []uint32 { return []uint32{4134, 4809, 4837, 58453, 9808, 23764} }

// TestGoldens compares counts over real tables with those of an independent
// reader.
func TestGoldens(t *testing.T) {
	for _, name := range []string{
		"rib2010.gz",
		"bview.20020722.2337.gz",
		"bview.64k_stream_overflow.gz",
		"rrc00.bview.20000111.0032.gz",
	} {
		t.Run(name, func(t *testing.T) {
			want := readGoldens(t, name)
			got := countRoutes(name, routes(t, readShared(t, name)))
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}

// readGoldens returns the rows of goldens.tsv that are about a file, without
// their last column.
func readGoldens(t *testing.T, name string) []string {
	text, err := os.ReadFile(testkit.Data(t, "carrier/goldens.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, name+"\t") {
			columns := strings.Split(line, "\t")
			rows = append(rows, strings.Join(columns[:len(columns)-1], "\t"))
		}
	}
	return rows
}

// countRoutes counts as the rows of goldens.tsv do.
func countRoutes(name string, all iter.Seq[route]) []string {
	type peer struct {
		addr netip.Addr
		asn  uint32
	}
	type pair struct{ left, right uint32 }
	watched := watchedNetworks()
	entries, watchedEntries := 0, 0
	prefixes, peers := map[netip.Prefix]bool{}, map[peer]bool{}
	onPath, origin, transit := map[uint32]int{}, map[uint32]int{}, map[uint32]int{}
	pairs := map[pair]bool{}
	for r := range all {
		entries++
		prefixes[r.Prefix] = true
		peers[peer{r.Peer.Addr, r.Peer.ASN}] = true
		isWatched := false
		for _, asn := range watched {
			switch {
			case !r.path.Contains(asn):
				continue
			case slices.Contains(r.path.Origins(), asn):
				origin[asn]++
			default:
				transit[asn]++
			}
			onPath[asn]++
			isWatched = true
		}
		if !isWatched {
			continue
		}
		watchedEntries++
		for left, right := range r.path.Adjacencies {
			pairs[pair{left, right}] = true
		}
	}
	rows := []string{fmt.Sprintf("%s\tTOTAL\t-\t-\t-\t%d\t%d\t%d\t-", name, entries, len(prefixes), len(peers))}
	either := 0
	degree := map[uint32]int{}
	for p := range pairs {
		left, right := slices.Contains(watched, p.left), slices.Contains(watched, p.right)
		if left || right {
			either++
		}
		degree[p.left]++
		degree[p.right]++
	}
	for _, asn := range watched {
		rows = append(rows, fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t-\t-\t-\t%d",
			name, asn, onPath[asn], origin[asn], transit[asn], degree[asn]))
	}
	return append(rows, fmt.Sprintf("%s\tSET\t%d\t-\t-\t-\t-\t-\t%d", name, watchedEntries, either))
}

// TestBgpdumpText compares every entry of a real table with bgpdump's text.
func TestBgpdumpText(t *testing.T) {
	text := bufio.NewScanner(bytes.NewReader(readShared(t, "rib2010.bgpdump-m.txt.gz")))
	line := 0
	var got []byte
	for r := range routes(t, readShared(t, "rib2010.gz")) {
		if !text.Scan() {
			t.Fatalf("bgpdump has only %d lines", line)
		}
		line++
		got = fmt.Appendf(got[:0], "%s|%d|%s|", r.Peer.Addr, r.Peer.ASN, r.Prefix)
		got, _ = r.path.AppendText(got)
		// The file was made from the text, without its times and attributes.
		columns := bytes.SplitN(text.Bytes(), []byte("|"), 8)
		if want := bytes.Join(columns[3:7], []byte("|")); !bytes.Equal(got, want) {
			t.Fatalf("line %d:\n got %s\nwant %s", line, got, want)
		}
	}
	if text.Scan() {
		t.Errorf("bgpdump has more than %d lines", line)
	}
}

// TestBatchedRecords pins what is odd about the dump of January 2000.
func TestBatchedRecords(t *testing.T) {
	scanner := mrt.NewScanner(bytes.NewReader(readShared(t, "rrc00.bview.20000111.0032.gz")), mrt.Limits{})
	records, entriesRead := 0, 0
	var entries mrt.Entries
	for r, err := scanner.Next(); err != io.EOF; r, err = scanner.Next() {
		if err != nil {
			t.Fatal(err)
		}
		records++
		for entries.Reset(r); entries.Next(); {
			entriesRead++
		}
		if err := entries.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := []int{records, entriesRead}, []int{2490, 452018}; !slices.Equal(got, want) {
		t.Errorf("records and entries: got %v, want %v", got, want)
	}
}

// TestMessageFiles reads the records of files without tables.
func TestMessageFiles(t *testing.T) {
	tests := []struct {
		name    string
		records string
		gaps    []mrt.Gap
	}{
		{"updates.et-header.2015.gz", "BGP4MP_ET/MESSAGE:1 BGP4MP_ET/MESSAGE_AS4:89681 BGP4MP_ET/STATE_CHANGE_AS4:4", nil},
		{"updates.20070211.0141.gz", "BGP4MP/MESSAGE:23394", nil},
		{"updates.20071015.1505.gz", "BGP4MP/MESSAGE:4256 BGP4MP/MESSAGE_AS4:41", nil},
		{"rrc00.updates.19990903.1041.gz", "BGP/KEEPALIVE:21 BGP/OPEN:1 BGP/STATE_CHANGE:4 BGP/UPDATE:24216", nil},
		{"rrc00.updates.19991214.1621.gz", "BGP/KEEPALIVE:120 BGP/NOTIFY:1 BGP/OPEN:1 BGP/STATE_CHANGE:27 BGP/UPDATE:18054", nil},
		{"rrc00.updates.20000102.2014.gz", "BGP/KEEPALIVE:123 BGP/STATE_CHANGE:16 BGP/UPDATE:3818", nil},
		// A half header, and the orphaned end of a record.
		{"rrc00.updates.20000325.0345.gz", "BGP/KEEPALIVE:34 BGP/STATE_CHANGE:307 BGP/UPDATE:2239", []mrt.Gap{
			{Offset: 188, Size: 10, Reason: mrt.GapTorn},
			{Offset: 4554, Size: 14, Reason: mrt.GapGarbage},
		}},
		{"rrc03.updates.20100227.1600.first796.gz", "BGP4MP/MESSAGE:277 BGP4MP/MESSAGE_AS4:515 BGP4MP/STATE_CHANGE_AS4:4", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			counts := map[string]int{}
			var gaps []mrt.Gap
			scanner := mrt.NewScanner(bytes.NewReader(readShared(t, tt.name)), mrt.Limits{})
			for {
				r, err := scanner.Next()
				if err == io.EOF {
					break
				}
				if gap, ok := err.(mrt.Gap); ok {
					gaps = append(gaps, gap)
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				counts[r.Name()]++
			}
			if diff := gocmp.Diff(tt.records, countText(counts)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(tt.gaps, gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

// countText returns counts in the order of their names.
func countText(counts map[string]int) string {
	var words []string
	for name, n := range counts {
		words = append(words, name+":"+strconv.Itoa(n))
	}
	slices.SortFunc(words, cmp.Compare[string])
	return strings.Join(words, " ")
}
