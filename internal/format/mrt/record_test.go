package mrt_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

func TestNames(t *testing.T) {
	tests := []struct {
		kind    mrt.Type
		subtype uint16
		want    string
	}{
		{mrt.TypeBGP, 1, "BGP/UPDATE"},
		{mrt.TypeOSPFv2, 0, "OSPFv2/0"},
		{mrt.TypeTableDump, 2, "TABLE_DUMP/AFI_IPv6"},
		{mrt.TypeTableDump, 0, "TABLE_DUMP/0"},
		{mrt.TypeTableDumpV2, mrt.GeoPeerTable, "TABLE_DUMP_V2/GEO_PEER_TABLE"},
		{mrt.TypeTableDumpV2, mrt.RIBGenericAddPath, "TABLE_DUMP_V2/RIB_GENERIC_ADDPATH"},
		{mrt.TypeTableDumpV2, 13, "TABLE_DUMP_V2/13"},
		{mrt.TypeBGP4MP, 11, "BGP4MP/MESSAGE_AS4_LOCAL_ADDPATH"},
		{mrt.TypeBGP4MPET, 4, "BGP4MP_ET/MESSAGE_AS4"},
		{mrt.TypeISIS, 0, "ISIS/0"},
		{mrt.TypeISISET, 0, "ISIS_ET/0"},
		{mrt.TypeOSPFv3, 0, "OSPFv3/0"},
		{mrt.TypeOSPFv3ET, 0, "OSPFv3_ET/0"},
		{99, 3, "type 99/3"},
	}
	for _, tt := range tests {
		if got := (mrt.Record{Type: tt.kind, Subtype: tt.subtype}).Name(); got != tt.want {
			t.Errorf("%d/%d: got %q, want %q", tt.kind, tt.subtype, got, tt.want)
		}
	}
}

func TestTimestamp(t *testing.T) {
	body := func(micros ...byte) []byte { return append(micros, make([]byte, 20)...) }
	tests := []struct {
		kind uint16
		body []byte
		want string
	}{
		{16, body(), "2025-01-02T03:04:05Z"},
		{17, body(0, 0x0f, 0x42, 0x3f), "2025-01-02T03:04:05.999999Z"},
		{17, body(0, 0x0f, 0x42, 0x40), "2025-01-02T03:04:05Z"}, // a whole second
	}
	for _, tt := range tests {
		data := mrtfile.AppendRecord(nil, dumpTime(), tt.kind, 1, tt.body)
		r, err := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{}).Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Timestamp().Format("2006-01-02T15:04:05.999999999Z07:00"); got != tt.want {
			t.Errorf("%s %x: got %s, want %s", r.Name(), tt.body[:4], got, tt.want)
		}
	}
}

// TestChunk reads chunk by chunk, and stops in the middle of one.
func TestChunk(t *testing.T) {
	data := slices.Concat(keepalive(), garbage(5), keepalive(), keepalive(), keepalive()[:20])
	scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
	chunk, err := scanner.NextChunk()
	if err != nil {
		t.Fatal(err)
	}
	var offsets []int64
	for r := range chunk.Records() {
		if offsets = append(offsets, r.Offset); len(offsets) == 2 {
			break
		}
	}
	if want := []int64{0, 33}; chunk.Len() != 3 || !slices.Equal(offsets, want) {
		t.Errorf("records: got %v of %d, want %v of 3", offsets, chunk.Len(), want)
	}
	want := []mrt.Gap{{Offset: 28, Size: 5, Reason: mrt.GapGarbage}, {Offset: 89, Size: 20, Reason: mrt.GapCut}}
	if diff := gocmp.Diff(want, chunk.Gaps()); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if got, want := chunk.Gaps()[0].Error(), "mrt: skipped 5 bytes at offset 28: no record"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	chunk.Release()
	chunk.Release()
	if _, err := scanner.NextChunk(); err != io.EOF {
		t.Errorf("after the last chunk: got %v, want EOF", err)
	}
}
