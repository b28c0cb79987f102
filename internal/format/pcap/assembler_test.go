package pcap

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAssembler feeds segments in odd orders. A stream is written as its data,
// with "[n]" where n bytes are missing and "|" between streams.
func TestAssembler(t *testing.T) {
	type seg struct {
		seq  uint32
		syn  bool
		data string
	}
	const limit = 4 * waitingCost
	for _, tc := range []struct {
		name string
		in   []seg
		want string
	}{
		{"in order", []seg{{9, true, ""}, {10, false, "ab"}, {12, false, "cd"}}, "abcd"},
		{"without its beginning", []seg{{10, false, "ab"}, {12, false, "cd"}}, "abcd"},
		{"sent again", []seg{{9, true, ""}, {9, true, ""}, {10, false, "ab"}, {10, false, "ab"}, {10, false, "abcd"}}, "abcd"},
		{"overlapping", []seg{{10, false, "abcd"}, {12, false, "cdef"}}, "abcdef"},
		{"out of order", []seg{{10, false, "ab"}, {14, false, "ef"}, {14, false, "ef"}, {12, false, "cd"}}, "abcdef"},
		{"over the end of numbers", []seg{{0xffffffff, false, "ab"}, {3, false, "ef"}, {1, false, "cd"}}, "abcdef"},
		{"a hole", []seg{{10, false, "ab"}, {14, false, "ef"}}, "ab[2]ef"},
		{"holes, until the memory for them is used", []seg{
			{10, false, "a"}, {12, false, "c"}, {14, false, "e"}, {16, false, "g"}, {18, false, "i"}, {11, false, "b"},
		}, "a[1]c[1]e[1]g[1]i"},
		{"data on a SYN that counts", []seg{{9, true, "ab"}, {12, false, "cd"}}, "abcd"},
		{"data on a SYN that does not count", []seg{{9, true, "ab"}, {11, false, "cd"}}, "abcd"},
		{"data on a SYN, then a hole", []seg{{9, true, "ab"}, {15, false, "cd"}}, "ab[4]cd"},
		{"opened anew", []seg{{10, false, "ab"}, {500, true, ""}, {501, false, "cd"}}, "ab|cd"},
		{"opened anew behind a hole", []seg{{10, false, "ab"}, {13, false, "c"}, {500, true, ""}, {501, false, "d"}}, "ab[1]c|d"},
		{"another connection without its beginning", []seg{{1 << 30, false, "ab"}, {10, false, "cd"}}, "ab|cd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := Assembler{Limits: Limits{MaxPending: limit}}
			var got strings.Builder
			stream := 0
			use := func(p *Piece) {
				if p.Stream != stream {
					stream = p.Stream
					got.WriteString("|")
				}
				if p.Lost > 0 {
					got.WriteString("[" + string('0'+byte(p.Lost)) + "]")
				}
				got.Write(p.Data)
			}
			for _, s := range tc.in {
				a.Add(&Segment{Flow: flow(), Seq: s.seq, SYN: s.syn, Data: []byte(s.data)}, use)
			}
			a.Flush(use)
			if diff := cmp.Diff(tc.want, got.String()); diff != "" {
				t.Errorf("streams (-want +got):\n%s", diff)
			}
			if a.pending != 0 {
				t.Errorf("%d bytes still wait", a.pending)
			}
		})
	}
}

// TestAssemblerShuffled sends a stream in random pieces, some of them twice,
// each a few places from where it belongs: what comes out must be the stream.
func TestAssemblerShuffled(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		want := make([]byte, 1+random.IntN(5000))
		for i := range want {
			want[i] = byte(random.Uint32())
		}
		start := random.Uint32()
		in := []Segment{{Flow: flow(), Seq: start - 1, SYN: true}}
		for at := 0; at < len(want); {
			end := min(at+1+random.IntN(300), len(want))
			s := Segment{Flow: flow(), Seq: start + uint32(at), Data: want[at:end]}
			in = append(in, s)
			if random.IntN(4) == 0 {
				in = append(in, s)
			}
			at = max(at+1, end-random.IntN(20)*random.IntN(2)) // now and then overlapping
			if end == len(want) {
				break
			}
		}
		for i := 1; i < len(in); i++ { // the SYN stays first
			j := min(i+random.IntN(5), len(in)-1)
			in[i], in[j] = in[j], in[i]
		}
		var a Assembler
		var got []byte
		use := func(p *Piece) {
			if p.Lost != 0 {
				t.Errorf("round %d: %d bytes lost", round, p.Lost)
			}
			got = append(got, p.Data...)
		}
		for i := range in {
			a.Add(&in[i], use)
		}
		a.Flush(use)
		if !bytes.Equal(got, want) {
			t.Fatalf("round %d: got %d bytes that differ from the %d sent", round, len(got), len(want))
		}
	}
}

func TestAssemblerTooManyStreams(t *testing.T) {
	a := Assembler{Limits: Limits{MaxStreams: 1}}
	pieces := 0
	use := func(*Piece) { pieces++ }
	other := Flow{flow().Dst, flow().Src}
	a.Add(&Segment{Flow: flow(), Data: []byte("a")}, use)
	a.Add(&Segment{Flow: other, Data: []byte("b")}, use)
	a.Flush(use)
	if pieces != 1 || a.Refused != 1 {
		t.Errorf("got %d pieces and %d refused, want one of each", pieces, a.Refused)
	}
}

// FuzzReader reads any bytes as a capture: whatever comes out of a stream must
// stand in the file where it says.
func FuzzReader(f *testing.F) {
	frames := [][]byte{
		ether(0x0800, tcp4(1, true, "ab")), ether(0x0800, tcp4(3, false, "cd")),
		ether(0x0800, tcp4(9, false, "ij")), ether(0x0800, tcp4(5, false, "efgh"), 7), ether(0x86dd, tcp6(1, "hello")),
	}
	f.Add(classic(binary.LittleEndian, magicMicro, LinkEthernet, frames...))
	f.Add(classic(binary.BigEndian, magicNano, LinkRaw, tcp4(1, false, "hello")))
	ng := section(binary.LittleEndian, 9)
	for i, frame := range frames {
		ng = append(ng, enhancedBlock(binary.LittleEndian, uint64(i)<<30, frame)...)
	}
	f.Add(ng)
	f.Fuzz(func(t *testing.T, file []byte) {
		r := NewReader(bytes.NewReader(file), Limits{MaxPacket: 1 << 12})
		a := Assembler{Limits: Limits{MaxPending: 1 << 12, MaxAllPending: 1 << 14, MaxStreams: 16}}
		use := func(p *Piece) {
			if len(p.Data) == 0 && p.Lost == 0 {
				t.Error("a piece that says nothing")
			}
			if p.Lost < 0 || len(p.Data) > 0 && !bytes.Equal(p.Data, file[p.Offset:][:len(p.Data)]) {
				t.Errorf("piece of %d bytes at %d, %d lost: not what stands there", len(p.Data), p.Offset, p.Lost)
			}
		}
		for {
			p, err := r.Next()
			if err != nil {
				break
			}
			if s, err := ParseSegment(p); err == nil {
				a.Add(&s, use)
			}
		}
		a.Flush(use)
		if a.pending != 0 {
			t.Errorf("%d bytes still wait", a.pending)
		}
	})
}
