package bmp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drain lists what a framer hands out, one word for each.
func drain(f *Framer) []string {
	var out []string
	for {
		m, err := f.Next()
		if gap, ok := errors.AsType[*Gap](err); ok {
			out = append(out, fmt.Sprintf("gap %d+%d", gap.Offset, gap.Size))
			continue
		} else if err != nil {
			return out
		}
		out = append(out, fmt.Sprintf("%s %d+%d", m.Type, m.Offset, m.Size()))
	}
}

func TestFramer(t *testing.T) {
	hello := message(Version3, Initiation, tlv(InfoName, []byte("r1"))) // 12 bytes
	bye := message(Version4, Termination)                               // 6 bytes
	large := append([]byte{3, 0, 0x20, 0, 0, 4}, make([]byte, 50)...)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, tc := range []struct {
		name string
		in   []byte
		want string
	}{
		{"messages", join(hello, bye), "initiation 0+12, termination 12+6"},
		{"of an unknown type", join(hello, message(Version3, 200, []byte{1}), bye), "initiation 0+12, type 200 12+7, termination 19+6"},
		{"last one cut", join(hello, hello[:10]), "initiation 0+12, gap 12+10"},
		{"garbage between", join(hello, []byte("garbage"), hello, bye), "initiation 0+12, gap 12+7, initiation 19+12, termination 31+6"},
		{"garbage before the last", join([]byte("x"), hello), "gap 0+1, initiation 1+12"},
		{"garbage at the end", join(hello, []byte("garbage")), "initiation 0+12, gap 12+7"},
		{"garbage only", []byte("garbage, and more of it"), "gap 0+23"},
		{"a header that nothing confirms", join([]byte("x"), hello[:11]), "gap 0+12"},
		{"longer than allowed", join(large, hello), "gap 0+56, initiation 56+12"},
		{"nothing", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 1000} {
				f := Framer{MaxMessage: 4096}
				var got []string
				for rest := tc.in; len(rest) > 0; rest = rest[min(size, len(rest)):] {
					f.Write(rest[:min(size, len(rest))])
					got = append(got, drain(&f)...)
				}
				f.End()
				got = append(got, drain(&f)...)
				if diff := cmp.Diff(tc.want, strings.Join(got, ", ")); diff != "" {
					t.Errorf("in pieces of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// TestLose cuts a stream in the middle of a message.
func TestLose(t *testing.T) {
	hello := message(Version3, Initiation, tlv(InfoName, []byte("r1")))
	var f Framer
	f.Write(hello)
	f.Write(hello[:5])
	got := drain(&f)
	f.Lose(100)
	f.Write(append([]byte("rest"), hello...))
	got = append(got, drain(&f)...)
	f.Write(hello)
	got = append(got, drain(&f)...)
	want := []string{"initiation 0+12", "gap 12+109", "initiation 121+12", "initiation 133+12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzStream frames any bytes in two ways, which must agree, and reads every
// body.
func FuzzStream(f *testing.F) {
	hello := message(Version3, Initiation, tlv(InfoName, []byte("r1")))
	f.Add(bytes.Join([][]byte{hello, peerUp(f, "", "4508 00010103 00020102"), message(Version3, RouteMonitoring, peerHeader(0, 0), update(4))}, nil), uint8(3))
	f.Add(append([]byte("garbage"), hello...), uint8(1))
	f.Add(message(Version4, RouteMonitoring, peerHeader(PeerLocRIB, 0), indexedTLV(1, unhex(f, "4504 00010103")), indexedTLV(4, update(4, 0, 0, 0, 9))), uint8(9))
	f.Add(message(Version3, RouteMirroring, peerHeader(0, flagOut), tlv(0, update(2)), tlv(1, []byte{0, 1})), uint8(100))
	f.Add(message(Version3, StatisticsReport, peerHeader(0, 0), []byte{0, 0, 0, 1}, tlv(7, make([]byte, 8))), uint8(20))
	f.Add(message(Version3, PeerDown, peerHeader(0, flagIPv6), []byte{4}), uint8(20))
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		whole := Framer{MaxMessage: 1 << 12}
		whole.Write(in)
		whole.End()
		var want []string
		total := int64(0)
		for {
			m, err := whole.Next()
			if gap, ok := errors.AsType[*Gap](err); ok {
				total += gap.Size
				want = append(want, fmt.Sprintf("gap %d+%d", gap.Offset, gap.Size))
				continue
			} else if err != nil {
				break
			}
			total += int64(m.Size())
			want = append(want, fmt.Sprintf("%s %d+%d", m.Type, m.Offset, m.Size()))
			_ = judgeBody(&m) // must not panic
		}
		if total != int64(len(in)) {
			t.Errorf("messages and gaps have %d bytes, the input %d", total, len(in))
		}
		pieces := Framer{MaxMessage: 1 << 12}
		var got []string
		for n := int(size) + 1; len(in) > 0; in = in[min(n, len(in)):] {
			pieces.Write(in[:min(n, len(in))])
			got = append(got, drain(&pieces)...)
		}
		pieces.End()
		got = append(got, drain(&pieces)...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pieces of %d (-whole +pieces):\n%s", int(size)+1, diff)
		}
	})
}
