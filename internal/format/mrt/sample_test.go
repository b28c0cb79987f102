package mrt_test

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// dumpTime is the time of all tables that the tests make.
func dumpTime() time.Time { return time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC) }

// sampleTable is a small table with all that occurs in tables.
func sampleTable() mrtfile.Table {
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	return mrtfile.Table{
		Time:      dumpTime(),
		Collector: addr("192.0.2.1"),
		View:      "test",
		Peers: []mrtfile.Peer{
			{BGPID: addr("192.0.2.2"), Addr: addr("192.0.2.2"), ASN: 64496},
			{BGPID: addr("192.0.2.3"), Addr: addr("2001:db8::3"), ASN: 65536},
		},
		Routes: []mrtfile.Route{
			{Prefix: prefix("198.51.100.0/24"), Peer: 0, PathID: 7, Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("64496 64496 64497 {64498,64499}"), NextHop: addr("192.0.2.2"),
				Communities: []uint32{64496<<16 | 1},
			}},
			{Prefix: prefix("203.0.113.0/25"), Peer: 0, PathID: 8, Originated: dumpTime().Add(-time.Hour), Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("64496 (65001 65002) [65003,65004] 65551"), NextHop: addr("192.0.2.2"), Origin: mrtfile.EGP,
			}},
			{Prefix: prefix("0.0.0.0/0"), Peer: 0, PathID: 9, Attributes: mrtfile.Attributes{
				NextHop: addr("192.0.2.2"), Origin: mrtfile.Incomplete,
			}},
			{Prefix: prefix("2001:db8:100::/40"), Peer: 1, PathID: 1, Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("65536 64500"), NextHop: addr("2001:db8::3"),
			}},
		},
	}
}

// encode returns what write writes.
func encode(t testing.TB, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// scanned is all that a scanner says about its input, as text.
type scanned struct {
	Lines []string // records, entries, gaps and errors in order
	End   string   // the final error
	Bytes int64    // in records and gaps
}

// scanRecords reads everything in r with a decoder for each layer.
func scanRecords(r io.Reader, limits mrt.Limits) scanned {
	var out scanned
	scanner := mrt.NewScanner(r, limits)
	var d decoder
	for {
		record, err := scanner.Next()
		if gap, ok := err.(mrt.Gap); ok {
			out.Lines = append(out.Lines, fmt.Sprintf("gap %d+%d %s", gap.Offset, gap.Size, gap.Reason))
			out.Bytes += gap.Size
			continue
		}
		if err != nil {
			out.End = err.Error()
			return out
		}
		out.Bytes += 12 + int64(len(record.Body))
		out.Lines = append(out.Lines, d.lines(record)...)
	}
}

// decoder decodes records down to the path.
type decoder struct {
	entries mrt.Entries
	attrs   mrt.Attributes
	path    mrt.Path
}

// lines returns what is in a record as text.
func (d *decoder) lines(r mrt.Record) []string {
	lines := []string{fmt.Sprintf("%d %s", r.Offset, r.Name())}
	d.entries.Reset(r)
	for d.entries.Next() {
		e := d.entries.Entry()
		line := fmt.Sprintf("  %s %s AS%d %d", e.Prefix, e.Peer.Addr, e.Peer.ASN, int64(e.Originated)-dumpTime().Unix())
		if e.HasPathID {
			line += fmt.Sprintf(" id %d", e.PathID)
		}
		if e.SAFI != mrt.SAFIUnicast {
			line += fmt.Sprintf(" safi %d", e.SAFI)
		}
		if err := d.attrs.Parse(e.Attrs); err != nil {
			lines = append(lines, line+" "+err.Error())
			continue
		}
		line += fmt.Sprintf(" via %s", d.attrs.NextHopAddr())
		if err := d.path.Decode(d.attrs.RawPath(e.AS4)); err != nil {
			lines = append(lines, line+" "+err.Error())
			continue
		}
		lines = append(lines, line+" path "+d.path.String())
	}
	if err := d.entries.Err(); err != nil {
		lines = append(lines, "  "+err.Error())
	}
	return lines
}
