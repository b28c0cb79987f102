package mrt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// keepalive is a whole BGP4MP record, 12+16 bytes long.
func keepalive() []byte { return mrtfile.AppendRecord(nil, dumpTime(), 16, 1, make([]byte, 16)) }

// garbage is n bytes in which no header can be found.
func garbage(n int) []byte { return bytes.Repeat([]byte{0xff}, n) }

func TestDamagedInput(t *testing.T) {
	whole := keepalive()
	tests := []struct {
		name string
		data []byte
		want []string
		end  string
	}{
		{name: "empty", data: nil, end: "EOF"},
		{name: "sound", data: slices.Concat(whole, whole),
			want: []string{"0 BGP4MP/MESSAGE", "28 BGP4MP/MESSAGE"}, end: "EOF"},
		{name: "half header", data: slices.Concat(whole, whole[:10], whole, whole),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+10 torn record", "38 BGP4MP/MESSAGE", "66 BGP4MP/MESSAGE"}, end: "EOF"},
		{name: "half body", data: slices.Concat(whole, whole[:20], whole, whole),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+20 torn record", "48 BGP4MP/MESSAGE", "76 BGP4MP/MESSAGE"}, end: "EOF"},
		{name: "orphaned end", data: slices.Concat(whole, whole[20:], whole, whole),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+8 no record", "36 BGP4MP/MESSAGE", "64 BGP4MP/MESSAGE"}, end: "EOF"},
		{name: "garbage first", data: slices.Concat(garbage(5), whole, whole),
			want: []string{"gap 0+5 no record", "5 BGP4MP/MESSAGE", "33 BGP4MP/MESSAGE"}, end: "EOF"},
		{name: "garbage last", data: slices.Concat(whole, garbage(100)),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+100 no record"}, end: "EOF"},
		{name: "less than a header last", data: slices.Concat(whole, garbage(3)),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+3 record cut by the end of the input"}, end: "EOF"},
		{name: "cut in the header", data: slices.Concat(whole, whole[:11]),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+11 record cut by the end of the input"}, end: "EOF"},
		{name: "cut in the body", data: slices.Concat(whole, whole[:27]),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+27 record cut by the end of the input"}, end: "EOF"},
		{name: "only a cut record", data: whole[:12],
			want: []string{"gap 0+12 record cut by the end of the input"}, end: "EOF"},
		{name: "only a cut header", data: whole[:11],
			end: "mrt: only 11 bytes: not MRT data"},
		{name: "text", data: []byte(strings.Repeat("route 192.0.2.0/24 via 192.0.2.1\n", 9)),
			end: "mrt: no record in the first 297 bytes: not MRT data"},
		{name: "zeros", data: make([]byte, 2<<20),
			end: "mrt: no record in the first 1048576 bytes: not MRT data"},
		{name: "lost", data: slices.Concat(whole, garbage(17<<20), whole, whole),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+16777216 no record"},
			end:  "mrt: no record in 16777216 bytes after offset 28: the rest of the input was not read"},
		{name: "unknown type", data: slices.Concat(whole, mrtfile.AppendRecord(nil, dumpTime(), 99, 1, make([]byte, 9)), whole, whole),
			want: []string{"0 BGP4MP/MESSAGE", "gap 28+21 no record", "49 BGP4MP/MESSAGE", "77 BGP4MP/MESSAGE"}, end: "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := scanRecords(bytes.NewReader(tt.data), mrt.Limits{})
			if diff := gocmp.Diff(tt.want, got.Lines); diff != "" {
				t.Errorf("scan (-want +got):\n%s", diff)
			}
			if got.End != tt.end {
				t.Errorf("end: got %q, want %q", got.End, tt.end)
			}
		})
	}
}

func TestNotMRTIsTold(t *testing.T) {
	_, err := mrt.NewScanner(bytes.NewReader(make([]byte, 100)), mrt.Limits{}).NextChunk()
	if !errors.Is(err, mrt.ErrNotMRT) {
		t.Errorf("zeros: got %v, want ErrNotMRT", err)
	}
	// However long the input, the search ends.
	endless := &countingReader{}
	_, err = mrt.NewScanner(endless, mrt.Limits{}).NextChunk()
	if !errors.Is(err, mrt.ErrNotMRT) || endless.n > 2<<20 {
		t.Errorf("endless zeros: got %v after %d bytes", err, endless.n)
	}
}

// countingReader is an endless file of zeros.
type countingReader struct{ n int }

func (r *countingReader) Read(p []byte) (int, error) {
	clear(p)
	r.n += len(p)
	return len(p), nil
}

// TestChunking checks that neither the reader's portions nor the size of
// chunks change the result.
func TestChunking(t *testing.T) {
	v2 := encode(t, sampleTable().WriteV2)
	v1 := encode(t, sampleTable().WriteV1)
	data := slices.Concat(v2, garbage(50), v1, v2[:70], v2, v1, v1[:40], garbage(200), v2, v1[:50])
	want := scanRecords(bytes.NewReader(data), mrt.Limits{})
	if want.Bytes != int64(len(data)) || want.End != "EOF" {
		t.Errorf("%d bytes of %d are accounted for, end %s", want.Bytes, len(data), want.End)
	}
	for size := 64; size < 2*len(data); size += 37 {
		got := scanRecords(bytes.NewReader(data), mrt.Limits{ChunkSize: size})
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("chunks of %d (-want +got):\n%s", size, diff)
		}
	}
	for name, r := range map[string]io.Reader{
		"one byte":                iotest.OneByteReader(bytes.NewReader(data)),
		"halves":                  iotest.HalfReader(bytes.NewReader(data)),
		"data and error together": iotest.DataErrReader(bytes.NewReader(data)),
	} {
		got := scanRecords(r, mrt.Limits{ChunkSize: 100})
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestChunksInParallel decodes chunks on several goroutines, as they are meant
// to be, and compares with the decoding one after the other.
func TestChunksInParallel(t *testing.T) {
	data := bytes.Repeat(encode(t, sampleTable().WriteV2), 200)
	want := scanRecords(bytes.NewReader(data), mrt.Limits{}).Lines

	var mu sync.Mutex
	parts := map[int][]string{}
	chunks := make(chan struct {
		*mrt.Chunk
		number int
	})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var d decoder
			for c := range chunks {
				var lines []string
				for r := range c.Records() {
					lines = append(lines, d.lines(r)...)
				}
				c.Release()
				mu.Lock()
				parts[c.number] = lines
				mu.Unlock()
			}
		})
	}
	scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{ChunkSize: 500})
	for number := 0; ; number++ {
		c, err := scanner.NextChunk()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		chunks <- struct {
			*mrt.Chunk
			number int
		}{c, number}
	}
	close(chunks)
	wg.Wait()
	var got []string
	for i := range len(parts) {
		got = append(got, parts[i]...)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("parallel (-want +got):\n%s", diff)
	}
}

// TestEveryTruncation cuts a file at every byte: nothing may be lost unseen.
func TestEveryTruncation(t *testing.T) {
	data := slices.Concat(encode(t, sampleTable().WriteV2), encode(t, sampleTable().WriteV1))
	whole := scanRecords(bytes.NewReader(data), mrt.Limits{})
	starts := map[int]bool{0: true, len(data): true}
	for _, line := range whole.Lines {
		var offset int
		if _, err := fmt.Sscanf(line, "%d TABLE", &offset); err == nil {
			starts[offset] = true
		}
	}
	for n := range len(data) + 1 {
		got := scanRecords(bytes.NewReader(data[:n]), mrt.Limits{})
		last := ""
		if len(got.Lines) > 0 {
			last = got.Lines[len(got.Lines)-1]
		}
		told := strings.HasPrefix(last, "gap ") || strings.Contains(got.End, "not MRT")
		if told == starts[n] {
			t.Errorf("cut at %d: ends with %q, %s", n, last, got.End)
		}
		if got.End == "EOF" && got.Bytes != int64(n) {
			t.Errorf("cut at %d: %d bytes are accounted for", n, got.Bytes)
		}
	}
}

func TestReadError(t *testing.T) {
	data := slices.Concat(keepalive(), keepalive(), keepalive()[:20])
	broken := errors.New("disk on fire")
	scanner := mrt.NewScanner(io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken)), mrt.Limits{})
	for range 2 {
		if _, err := scanner.Next(); err != nil {
			t.Fatalf("record before the error: %v", err)
		}
	}
	if _, err := scanner.Next(); !errors.As(err, new(mrt.Gap)) {
		t.Errorf("got %v, want the gap of the cut record", err)
	}
	for range 2 { // the error stays
		if _, err := scanner.Next(); !errors.Is(err, broken) {
			t.Errorf("got %v, want the reader's error", err)
		}
	}
	if _, err := mrt.NewScanner(stuckReader{}, mrt.Limits{}).Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("stuck reader: got %v, want %v", err, io.ErrNoProgress)
	}
	_, err := mrt.NewScanner(iotest.ErrReader(broken), mrt.Limits{}).Next()
	if !errors.Is(err, broken) || errors.Is(err, mrt.ErrNotMRT) {
		t.Errorf("error at once: got %v, want the reader's error", err)
	}
}

// stuckReader never gives anything.
type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

func TestMaxRecord(t *testing.T) {
	big := mrtfile.AppendRecord(nil, dumpTime(), 13, 2, make([]byte, 1000))
	data := slices.Concat(keepalive(), big, keepalive(), keepalive())
	got := scanRecords(bytes.NewReader(data), mrt.Limits{MaxRecord: 999})
	want := []string{"0 BGP4MP/MESSAGE", "gap 28+1012 no record", "1040 BGP4MP/MESSAGE", "1068 BGP4MP/MESSAGE"}
	if diff := gocmp.Diff(want, got.Lines); diff != "" {
		t.Errorf("scan (-want +got):\n%s", diff)
	}
	got = scanRecords(bytes.NewReader(data), mrt.Limits{MaxRecord: 1000})
	if len(got.Lines) < 2 || got.Lines[1] != "28 TABLE_DUMP_V2/RIB_IPV4_UNICAST" {
		t.Errorf("a record of the limit itself: got %q", got.Lines)
	}
}
