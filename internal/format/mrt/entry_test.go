package mrt_test

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

func TestTableForms(t *testing.T) {
	table := sampleTable()
	addPath := table
	addPath.AddPath = true
	fullMPReach := table
	fullMPReach.FullMPReach = true
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"table dump v2", encode(t, table.WriteV2), []string{
			"0 TABLE_DUMP_V2/PEER_INDEX_TABLE",
			"62 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
			"  198.51.100.0/24 192.0.2.2 AS64496 0 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
			"137 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
			"  203.0.113.0/25 192.0.2.2 AS64496 -3600 via 192.0.2.2 path 64496 (65001 65002) [65003,65004] 65551",
			"214 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
			"  0.0.0.0/0 192.0.2.2 AS64496 0 via 192.0.2.2 path ",
			"255 TABLE_DUMP_V2/RIB_IPV6_UNICAST",
			"  2001:db8:100::/40 2001:db8::3 AS65536 0 via 2001:db8::3 path 65536 64500",
		}},
		{"additional paths", encode(t, addPath.WriteV2), []string{
			"0 TABLE_DUMP_V2/PEER_INDEX_TABLE",
			"62 TABLE_DUMP_V2/RIB_IPV4_UNICAST_ADDPATH",
			"  198.51.100.0/24 192.0.2.2 AS64496 0 id 7 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
			"141 TABLE_DUMP_V2/RIB_IPV4_UNICAST_ADDPATH",
			"  203.0.113.0/25 192.0.2.2 AS64496 -3600 id 8 via 192.0.2.2 path 64496 (65001 65002) [65003,65004] 65551",
			"222 TABLE_DUMP_V2/RIB_IPV4_UNICAST_ADDPATH",
			"  0.0.0.0/0 192.0.2.2 AS64496 0 id 9 via 192.0.2.2 path ",
			"267 TABLE_DUMP_V2/RIB_IPV6_UNICAST_ADDPATH",
			"  2001:db8:100::/40 2001:db8::3 AS65536 0 id 1 via 2001:db8::3 path 65536 64500",
		}},
		{"whole MP_REACH_NLRI", encode(t, fullMPReach.WriteV2)[255:], []string{
			"0 TABLE_DUMP_V2/RIB_IPV6_UNICAST",
			"  mrt: TABLE_DUMP_V2/RIB_IPV6_UNICAST record at offset 0: no peer table before it (1 entries lost)",
		}},
		// Where AS4_PATH holds the whole path, the confederation is lost: only
		// segments beside a hop that stays, stay.
		{"table dump", encode(t, table.WriteV1), []string{
			"0 TABLE_DUMP/AFI_IPv4",
			"  198.51.100.0/24 192.0.2.2 AS64496 0 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
			"69 TABLE_DUMP/AFI_IPv4",
			"  203.0.113.0/25 192.0.2.2 AS64496 -3600 via 192.0.2.2 path 64496 65551",
			"152 TABLE_DUMP/AFI_IPv4",
			"  0.0.0.0/0 192.0.2.2 AS64496 0 via 192.0.2.2 path ",
			"200 TABLE_DUMP/AFI_IPv6",
			"  2001:db8:100::/40 2001:db8::3 AS23456 0 via 2001:db8::3 path 65536 64500",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := scanRecords(bytes.NewReader(tt.data), mrt.Limits{})
			if diff := gocmp.Diff(tt.want, got.Lines); diff != "" {
				t.Errorf("scan (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("whole MP_REACH_NLRI after its peers", func(t *testing.T) {
		want := scanRecords(bytes.NewReader(encode(t, table.WriteV2)), mrt.Limits{})
		got := scanRecords(bytes.NewReader(encode(t, fullMPReach.WriteV2)), mrt.Limits{})
		if diff := gocmp.Diff(want.Lines, got.Lines); diff != "" {
			t.Errorf("short and whole (-short +whole):\n%s", diff)
		}
	})
}

// twoPeers is a record with a peer table, 58 bytes long.
func twoPeers() []byte {
	return mrtfile.AppendPeerTable(nil, dumpTime(), netip.MustParseAddr("192.0.2.1"), "", sampleTable().Peers)
}

// TestRIBBodies decodes records of TABLE_DUMP_V2 that no sound table has.
func TestRIBBodies(t *testing.T) {
	const (
		sequence = "\x00\x00\x00\x2a"
		prefix   = "\x18\xc6\x33\x64" // 198.51.100.0/24
		attrs    = "\x40\x02\x06\x02\x01\x00\x00\xfb\xf0"
		entry    = "\x00\x00\x67\x76\x02\x25\x00\x09" + attrs
		stranger = "\x00\x02\x67\x76\x02\x25\x00\x09" + attrs
		pathID   = "\x00\x00\x00\x07"
		entryID  = "\x00\x00\x67\x76\x02\x25" + pathID + "\x00\x09" + attrs
		ipv4     = "\x00\x01\x01"
	)
	const route = "  198.51.100.0/24 192.0.2.2 AS64496 0"
	tests := []struct {
		name    string
		subtype uint16
		body    string
		want    []string
	}{
		{"no entries", mrt.RIBIPv4Unicast, sequence + prefix + "\x00\x00", nil},
		{"multicast", mrt.RIBIPv4Multicast, sequence + prefix + "\x00\x01" + entry,
			[]string{route + " safi 2 via invalid IP path 64496"}},
		{"bits after the prefix", mrt.RIBIPv4Unicast, sequence + "\x17\xc6\x33\x65\x00\x01" + entry,
			[]string{"  198.51.100.0/23 192.0.2.2 AS64496 0 via invalid IP path 64496"}},
		{"IPv4 prefix of 33 bits", mrt.RIBIPv4Unicast, sequence + "\x21\xc6\x33\x64\x01\x80\x00\x01" + entry,
			[]string{"  record at offset 58: /33: impossible prefix length (1 entries lost)"}},
		{"IPv6 prefix of 129 bits", mrt.RIBIPv6Unicast, sequence + "\x81" + string(make([]byte, 17)) + "\x00\x01" + entry,
			[]string{"  record at offset 58: /129: impossible prefix length (1 entries lost)"}},
		{"IPv6 multicast", mrt.RIBIPv6Multicast, sequence + "\x08\xff\x00\x01" + entry,
			[]string{"  ff00::/8 192.0.2.2 AS64496 0 safi 2 via invalid IP path 64496"}},
		{"peer beyond the table", mrt.RIBIPv4Unicast, sequence + prefix + "\x00\x04" + stranger + entry + stranger + entry,
			[]string{route + " via invalid IP path 64496", route + " via invalid IP path 64496",
				"  record at offset 58 entry 0: peer 2 of 2: no such peer in the peer table (2 entries lost)"}},
		{"more entries announced", mrt.RIBIPv4Unicast, sequence + prefix + "\x00\x05" + entry + entry,
			[]string{route + " via invalid IP path 64496", route + " via invalid IP path 64496",
				"  record at offset 58 entry 2: ends too early (3 entries lost)"}},
		{"more entries than announced", mrt.RIBIPv4Unicast, sequence + prefix + "\x00\x01" + entry + entry,
			[]string{route + " via invalid IP path 64496",
				"  record at offset 58: 17 bytes after the last entry: bytes left over (0 entries lost)"}},
		{"attributes beyond the record", mrt.RIBIPv4Unicast, sequence + prefix + "\x00\x01" + entry[:16],
			[]string{"  record at offset 58 entry 0: ends too early (1 entries lost)"}},
		{"attribute beyond the attributes", mrt.RIBIPv4Unicast,
			sequence + prefix + "\x00\x01\x00\x00\x67\x76\x02\x25\x00\x05" + attrs[:5],
			[]string{route + " mrt: malformed path attributes: 5 of 5 bytes left for the last one"}},
		{"generic", mrt.RIBGeneric, sequence + ipv4 + prefix + "\x00\x01" + entry,
			[]string{route + " via invalid IP path 64496"}},
		{"generic multicast", mrt.RIBGeneric, sequence + "\x00\x01\x02" + prefix + "\x00\x01" + entry,
			[]string{route + " safi 2 via invalid IP path 64496"}},
		{"generic VPN", mrt.RIBGeneric, sequence + "\x00\x01\x80" + prefix + "\x00\x01" + entry,
			[]string{"  record at offset 58: AFI 1 SAFI 128: address family not supported (1 entries lost)"}},
		{"generic, path id in the entries", mrt.RIBGenericAddPath, sequence + ipv4 + prefix + "\x00\x02" + entryID + entryID,
			[]string{route + " id 7 via invalid IP path 64496", route + " id 7 via invalid IP path 64496"}},
		{"generic, path id before the prefix", mrt.RIBGenericAddPath, sequence + ipv4 + pathID + prefix + "\x00\x02" + entry + entry,
			[]string{route + " id 7 via invalid IP path 64496", route + " id 7 via invalid IP path 64496"}},
		{"generic, neither", mrt.RIBGenericAddPath, sequence + ipv4 + prefix + "\x00\x01" + entryID[:20],
			[]string{"  record at offset 58 entry 0: ends too early (1 entries lost)"}},
		{"locations of peers", mrt.GeoPeerTable, sequence + ipv4, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := mrtfile.AppendRecord(twoPeers(), dumpTime(), 13, tt.subtype, []byte(tt.body))
			got := scanRecords(bytes.NewReader(data), mrt.Limits{})
			if len(got.Lines) < 2 {
				t.Fatalf("got %q", got.Lines)
			}
			name := "  mrt: " + got.Lines[1][3:] + " "
			var lines []string
			for _, line := range got.Lines[2:] {
				lines = append(lines, strings.Replace(line, name, "  ", 1))
			}
			if diff := gocmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPeerTables checks that each entry gets the latest table before it, in
// chunks of every size.
func TestPeerTables(t *testing.T) {
	first := sampleTable()
	second := sampleTable()
	second.Peers = slices.Clone(second.Peers)
	second.Peers[0].ASN = 64511
	torn := twoPeers()
	torn = mrtfile.AppendRecord(nil, dumpTime(), 13, mrt.PeerIndexTable, torn[12:len(torn)-1])
	rib := encode(t, first.WriteV2)[62:137]
	data := slices.Concat(rib, encode(t, first.WriteV2)[:137], encode(t, second.WriteV2)[:137], torn, rib, rib)
	want := []string{
		"0 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
		"  mrt: TABLE_DUMP_V2/RIB_IPV4_UNICAST record at offset 0: no peer table before it (1 entries lost)",
		"75 TABLE_DUMP_V2/PEER_INDEX_TABLE",
		"137 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
		"  198.51.100.0/24 192.0.2.2 AS64496 0 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
		"212 TABLE_DUMP_V2/PEER_INDEX_TABLE",
		"274 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
		"  198.51.100.0/24 192.0.2.2 AS64511 0 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
		// Its first peer is whole, its second is not.
		"349 TABLE_DUMP_V2/PEER_INDEX_TABLE",
		"  mrt: TABLE_DUMP_V2/PEER_INDEX_TABLE record at offset 349: peer table: peer 1 of 2: ends too early (0 entries lost)",
		"406 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
		"  198.51.100.0/24 192.0.2.2 AS64496 0 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
		"481 TABLE_DUMP_V2/RIB_IPV4_UNICAST",
		"  198.51.100.0/24 192.0.2.2 AS64496 0 via 192.0.2.2 path 64496 64496 64497 {64498,64499}",
	}
	for size := 64; size < 1200; size += 13 {
		got := scanRecords(bytes.NewReader(data), mrt.Limits{ChunkSize: size})
		if diff := gocmp.Diff(want, got.Lines); diff != "" {
			t.Fatalf("chunks of %d (-want +got):\n%s", size, diff)
		}
	}
}

func TestPeerTableFields(t *testing.T) {
	// The short AS number, which mrtfile does not write, and a view name.
	body := "\xc0\x00\x02\x01\x00\x02hi\x00\x02" +
		"\x00\xc0\x00\x02\x02\xc0\x00\x02\x03\xfb\xf0" +
		"\x01\xc0\x00\x02\x04\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\xfb\xf1"
	data := mrtfile.AppendRecord(nil, dumpTime(), 13, mrt.PeerIndexTable, []byte(body))
	r, err := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	if r.Peers == nil {
		t.Fatal("the record has no peer table")
	}
	addr := netip.MustParseAddr
	if r.Peers.Collector != addr("192.0.2.1") || r.Peers.View != "hi" || r.Peers.Offset != 0 {
		t.Errorf("got %+v", r.Peers)
	}
	want := []mrt.Peer{
		{BGPID: addr("192.0.2.2"), Addr: addr("192.0.2.3"), ASN: 64496},
		{BGPID: addr("192.0.2.4"), Addr: addr("2001:db8::5"), ASN: 64497},
	}
	if !slices.Equal(r.Peers.Peers, want) {
		t.Errorf("peers: got %v, want %v", r.Peers.Peers, want)
	}
}

// TestEveryBodyTruncation cuts the body of each table record at every byte,
// with a header that fits: each cut must be told.
func TestEveryBodyTruncation(t *testing.T) {
	addPath := sampleTable()
	addPath.AddPath = true
	for _, data := range [][]byte{
		encode(t, sampleTable().WriteV2), encode(t, sampleTable().WriteV1), encode(t, addPath.WriteV2),
	} {
		scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
		var entries mrt.Entries
		for r, err := scanner.Next(); err == nil; r, err = scanner.Next() {
			if r.Type == mrt.TypeTableDumpV2 && r.Subtype == mrt.PeerIndexTable {
				continue // parsed by the scanner; TestPeerTables cuts one
			}
			whole := r.Body
			for n := range whole {
				r.Body = whole[:n:n]
				entries.Reset(r)
				for entries.Next() {
					t.Errorf("%s at %d cut to %d of %d bytes: entry %v", r.Name(), r.Offset, n, len(whole), entries.Entry())
				}
				var failure *mrt.RecordError
				if err := entries.Err(); !errors.As(err, &failure) || failure.Lost != 1 || !errors.Is(err, mrt.ErrTruncated) {
					t.Errorf("%s at %d cut to %d of %d bytes: got %v", r.Name(), r.Offset, n, len(whole), err)
				}
			}
		}
	}
}

// TestTrailingBytes: TABLE_DUMP has one entry in a record unless batched.
func TestTrailingBytes(t *testing.T) {
	record := encode(t, sampleTable().WriteV1)[:69]
	longer := mrtfile.AppendRecord(nil, dumpTime(), 12, 1, append(slices.Clone(record[12:]), 1, 2, 3))
	got := scanRecords(bytes.NewReader(slices.Concat(longer, record)), mrt.Limits{})
	if want := "  mrt: TABLE_DUMP/AFI_IPv4 record at offset 0: bytes left over (0 entries lost)"; got.Lines[2] != want {
		t.Errorf("got %q, want %q", got.Lines[2], want)
	}
}

// TestBatchedSizes makes records of the batched form with 1 to 3 entries, at
// the end of the input and before another record.
func TestBatchedSizes(t *testing.T) {
	record := encode(t, sampleTable().WriteV1)[:69]
	for count := 1; count <= 3; count++ {
		body := slices.Clone(record[12:16])
		for range count {
			body = append(body, record[16:]...)
		}
		batch := mrtfile.AppendRecord(nil, dumpTime(), 12, 1, body)
		batch[11] -= 4 // the length that its writer stated
		data := slices.Concat(batch, batch)
		got := scanRecords(bytes.NewReader(data), mrt.Limits{})
		if got.End != "EOF" || got.Bytes != int64(len(data)) || len(got.Lines) != 2*(1+count) {
			t.Errorf("%d entries: got %+v", count, got)
		}
	}
}
