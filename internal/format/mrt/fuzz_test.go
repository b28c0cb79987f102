package mrt_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// FuzzMRT reads hostile input through all layers. It must not panic, must
// account for every byte, and must not depend on the size of chunks.
func FuzzMRT(f *testing.F) {
	v2, v1 := encode(f, sampleTable().WriteV2), encode(f, sampleTable().WriteV1)
	addPath := sampleTable()
	addPath.AddPath, addPath.FullMPReach = true, true
	batch := slices.Clone(v1[:69])
	batch[11] -= 4
	for _, seed := range [][]byte{
		v2, v1, encode(f, addPath.WriteV2), slices.Concat(v1, v1[:20], v1), slices.Concat(batch, batch),
		[]byte("\xfb\xf0\xfb\xf1\x00\x00\x00\x01\xc0\x00\x02\x01\xc0\x00\x02\x02" + strings.Repeat("\xff", 16) + "\x00\x17\x02\x00\x00\x00\x00"),
		v2[62+12+4+4+2+8 : 137], mrtfile.AppendPath(nil, mrtfile.MustPath("1 {2,3} (4 5) [6,7] 8"), 4),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := mrt.Limits{MaxRecord: 1 << 20, MaxGap: 1 << 20}
		want := scanRecords(bytes.NewReader(data), limits)
		if want.End == "EOF" && want.Bytes != int64(len(data)) {
			t.Errorf("%d of %d bytes are accounted for", want.Bytes, len(data))
		}
		limits.ChunkSize = 64
		got := scanRecords(bytes.NewReader(data), limits)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("chunks of 64 bytes (-large +small):\n%s", diff)
		}
		mrt.Plausible(data)

		// The inner layers, straight from the input.
		var attrs mrt.Attributes
		_ = attrs.Parse(data)
		attrs.NextHopAddr()
		for _, as4 := range []bool{false, true} {
			checkPath(t, attrs.RawPath(as4))
			checkPath(t, mrt.RawPath{ASPath: data, AS4: as4})
		}
		var message mrt.Message
		for subtype := range mrt.MessageAS4LocalAddPath + 1 {
			for _, kind := range []mrt.Type{mrt.TypeBGP, mrt.TypeBGP4MP, mrt.TypeBGP4MPET} {
				if message.Parse(mrt.Record{Type: kind, Subtype: subtype, Body: data}) == nil && message.Changed != (message.Body == nil) {
					t.Errorf("%s subtype %d: neither a message nor a change of state", kind, subtype)
				}
			}
		}
	})
}

// checkPath decodes a path, and writes and reads its text.
func checkPath(t *testing.T, raw mrt.RawPath) {
	var p, again mrt.Path
	if p.Decode(raw) != nil {
		return
	}
	p.HasLoop()
	for left, right := range p.Adjacencies {
		if left == right {
			t.Errorf("%s: AS%d is its own neighbour", &p, left)
		}
	}
	for _, asn := range p.Origins() {
		if !p.Contains(asn) {
			t.Errorf("%s: the origin AS%d is not on the path", &p, asn)
		}
	}
	text := p.String()
	if slices.ContainsFunc(p.Segments, func(s mrt.Segment) bool { return len(s.ASNs) == 0 }) {
		return // the text of an empty segment does not say where it ends
	}
	if err := again.Decode(mrt.RawPath{ASPath: mrtfile.AppendPath(nil, mrtfile.MustPath(text), 4), AS4: true}); err != nil {
		t.Errorf("%s: %v", text, err)
	}
	if got := again.String(); got != strings.TrimSpace(text) {
		t.Errorf("text read back: got %q, want %q", got, text)
	}
}
