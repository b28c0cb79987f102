package mrtfile_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"io"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sampleTable has peers and routes of both families, all kinds of segments,
// and numbers that need four bytes.
func sampleTable() mrtfile.Table {
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	at := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	return mrtfile.Table{
		Time:      at,
		Collector: addr("192.0.2.1"),
		View:      "view",
		Peers: []mrtfile.Peer{
			{BGPID: addr("192.0.2.2"), Addr: addr("192.0.2.2"), ASN: 64496},
			{Addr: addr("2001:db8::3"), ASN: 64511},
			{BGPID: addr("192.0.2.4"), Addr: addr("192.0.2.4"), ASN: 64510},
		},
		Routes: []mrtfile.Route{
			{Prefix: prefix("198.51.100.0/24"), Peer: 0, PathID: 1, Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("64496 64496 64497 {64498,64499}"), NextHop: addr("192.0.2.9"),
				Communities: []uint32{64496<<16 | 1, 64496<<16 | 2}, Origin: mrtfile.Incomplete,
			}},
			{Prefix: prefix("2001:db8:100::/40"), Peer: 1, PathID: 2, Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("64511 64500"), NextHop: addr("2001:db8::3"),
			}},
			{Prefix: prefix("198.51.100.77/24"), Peer: 2, PathID: 3, Originated: at.Add(-time.Hour), Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("64510 65551 64497"), NextHop: addr("192.0.2.4"), Origin: mrtfile.EGP,
			}},
			{Prefix: prefix("203.0.113.128/25"), Peer: 2, Attributes: mrtfile.Attributes{
				Path: mrtfile.MustPath("64510 (65001 65002) [65003,65004] 64505"), NextHop: addr("192.0.2.4"),
			}},
			{Prefix: prefix("0.0.0.0/0"), Peer: 0, Attributes: mrtfile.Attributes{NextHop: addr("192.0.2.2")}},
		},
	}
}

// writer is a way to write a table.
type writer struct {
	name  string
	write func(mrtfile.Table, io.Writer) error
}

// writers returns all ways.
func writers() []writer {
	return []writer{
		{"v1", mrtfile.Table.WriteV1},
		{"v2", mrtfile.Table.WriteV2},
		{"v2-addpath", func(t mrtfile.Table, w io.Writer) error {
			t.AddPath = true
			return t.WriteV2(w)
		}},
		{"v2-mpreach", func(t mrtfile.Table, w io.Writer) error {
			t.FullMPReach = true
			return t.WriteV2(w)
		}},
	}
}

// TestBytes pins the bytes, so that they stay the same for ever.
func TestBytes(t *testing.T) {
	for _, writer := range writers() {
		t.Run(writer.name, func(t *testing.T) {
			got := hex.Dump(encode(t, writer.write))
			testkit.Golden(t, filepath.Join("testdata", writer.name+".hex"), got, *update)
		})
	}
}

// encode returns the sample as write writes it.
func encode(t *testing.T, write func(mrtfile.Table, io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(sampleTable(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnsoundTables(t *testing.T) {
	v1, v2 := mrtfile.Table.WriteV1, mrtfile.Table.WriteV2
	tests := []struct {
		name  string
		spoil func(*mrtfile.Table)
		write func(mrtfile.Table, io.Writer) error
		want  string
	}{
		{"peer without address", func(t *mrtfile.Table) { t.Peers[0].Addr = netip.Addr{} }, v2, "peer 0 has no address"},
		{"route without prefix", func(t *mrtfile.Table) { t.Routes[1].Prefix = netip.Prefix{} }, v2, "route 1 has no prefix"},
		{"unknown peer", func(t *mrtfile.Table) { t.Routes[0].Peer = 3 }, v1, "names peer 3 of 3"},
		{"no next hop", func(t *mrtfile.Table) { t.Routes[0].NextHop = netip.Addr{} }, v1, "has no next hop"},
		{"IPv6 next hop", func(t *mrtfile.Table) { t.Routes[0].NextHop = netip.MustParseAddr("2001:db8::1") }, v2, "has the IPv6 next hop 2001:db8::1"},
		{"additional paths in v1", func(t *mrtfile.Table) { t.AddPath = true }, v1, "use WriteV2"},
		{"two families in v1", func(t *mrtfile.Table) { t.Routes[0].Peer = 1 }, v1, "needs both of one family"},
		{"too many attributes", func(t *mrtfile.Table) { t.Routes[0].Communities = make([]uint32, 16_380) }, v2, "bytes of attributes"},
		{"too many attributes in v1", func(t *mrtfile.Table) { t.Routes[0].Communities = make([]uint32, 16_380) }, v1, "bytes of attributes"},
		{"too many peers", func(t *mrtfile.Table) { t.Peers = slices.Repeat(t.Peers, 22_000) }, v2, "66000 peers, the format holds 65535"},
		{"too many routes", func(t *mrtfile.Table) { t.Routes = slices.Repeat(t.Routes[:1], 65_536) }, v2, "65536 routes to 198.51.100.0/24"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table := sampleTable()
			tt.spoil(&table)
			if err := tt.write(table, io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestPath(t *testing.T) {
	sequence := func(asns ...uint32) mrtfile.Segment { return mrtfile.Segment{Type: mrtfile.Sequence, ASNs: asns} }
	tests := []struct {
		text string
		want []mrtfile.Segment
		err  string
	}{
		{text: " "},
		{text: "1 2", want: []mrtfile.Segment{sequence(1, 2)}},
		{text: "1 {2,3}(4 5) [6,7] 4294967295", want: []mrtfile.Segment{
			sequence(1), {Type: mrtfile.Set, ASNs: []uint32{2, 3}}, {Type: mrtfile.ConfedSequence, ASNs: []uint32{4, 5}},
			{Type: mrtfile.ConfedSet, ASNs: []uint32{6, 7}}, sequence(4294967295)}},
		{text: "1 {2", err: `"}" is missing`},
		{text: "1 2}", err: `"2}" is no AS number`},
		{text: "1 AS2", err: `"AS2" is no AS number`},
		{text: "4294967296", err: "is no AS number"},
	}
	for _, tt := range tests {
		got, err := mrtfile.Path(tt.text)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: got %v, want an error with %q", tt.text, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
		if diff := gocmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}
