package mrt_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// drain reads and decodes everything in data without keeping it.
func drain(data []byte, limits mrt.Limits) (bytesSeen int64, end error) {
	scanner := mrt.NewScanner(bytes.NewReader(data), limits)
	var d decoder
	for {
		r, err := scanner.Next()
		if gap, ok := err.(mrt.Gap); ok {
			bytesSeen += gap.Size
			continue
		}
		if err != nil {
			return bytesSeen, err
		}
		bytesSeen += 12 + int64(len(r.Body))
		d.entries.Reset(r)
		for d.entries.Next() {
			e := d.entries.Entry()
			if d.attrs.Parse(e.Attrs) != nil || d.path.Decode(d.attrs.RawPath(e.AS4)) != nil {
				continue
			}
			for range d.path.Adjacencies {
			}
			d.attrs.NextHopAddr()
			d.path.HasLoop()
			d.path.Origins()
		}
		_ = d.entries.Err()
	}
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMutations flips bits and bytes in sound files: no panic, every byte
// accounted for, and memory in proportion to the input.
func TestMutations(t *testing.T) {
	addPath := sampleTable()
	addPath.AddPath = true
	sound := slices.Concat(encode(t, sampleTable().WriteV2), encode(t, sampleTable().WriteV1), encode(t, addPath.WriteV2))
	rnd := rand.New(rand.NewPCG(5, 6))
	data := make([]byte, len(sound))
	limits := mrt.Limits{ChunkSize: 4096}
	for range 10_000 {
		copy(data, sound)
		for range 1 + rnd.IntN(8) {
			at := rnd.IntN(len(data))
			if rnd.IntN(2) == 0 {
				data[at] ^= 1 << rnd.IntN(8)
			} else {
				data[at] = byte(rnd.Uint32())
			}
		}
		var seen int64
		var end error
		if n := allocated(func() { seen, end = drain(data, limits) }); n > 100<<10 {
			t.Fatalf("%d bytes allocated for %d bytes of input %x", n, len(data), data)
		}
		if end == io.EOF && seen != int64(len(data)) {
			t.Fatalf("%d of %d bytes are accounted for in %x", seen, len(data), data)
		}
	}
}

// TestClaims: what a header or a peer table claims is not allocated.
func TestClaims(t *testing.T) {
	huge := keepalive()
	huge[5] = 12
	binary.BigEndian.PutUint32(huge[8:], 15<<20)
	peers := mrtfile.AppendRecord(nil, dumpTime(), 13, 1, []byte("\x00\x00\x00\x00\x00\x00\xff\xff\x00"))
	for name, data := range map[string][]byte{"record": huge, "peers": peers} {
		if n := allocated(func() { drain(data, mrt.Limits{ChunkSize: 4096}) }); n > 64<<10 {
			t.Errorf("%s: %d bytes allocated for %d bytes of input", name, n, len(data))
		}
	}
	// 65,535 entries of one record that all fail are one error.
	body := slices.Concat([]byte{0, 0, 0, 0, 0, 255, 255}, bytes.Repeat([]byte{0, 9, 0, 0, 0, 0, 0, 0}, 65_535))
	data := mrtfile.AppendRecord(twoPeers(), dumpTime(), 13, 2, body)
	if n := allocated(func() { drain(data, mrt.Limits{}) }); n > 4<<20 {
		t.Errorf("failing entries: %d bytes allocated", n)
	}
}

// TestLookahead feeds input that makes the scanner look far ahead every few
// bytes, with the memory of a chunk all but full: every byte is accounted for
// and memory stays bounded. That the memory is not moved each time, which would
// take forty times as long, is for BenchmarkLookahead to show.
func TestLookahead(t *testing.T) {
	for name, data := range lookaheads(400_000) {
		var seen int64
		var end error
		n := allocated(func() { seen, end = drain(data, mrt.Limits{}) })
		if end != io.EOF || seen != int64(len(data)) {
			t.Errorf("%s: %d of %d bytes are accounted for, end %v", name, seen, len(data), end)
		}
		if n > 128<<20 {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
	}
}

func BenchmarkLookahead(b *testing.B) {
	for name, data := range lookaheads(400_000) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				drain(data, mrt.Limits{})
			}
		})
	}
}

// lookaheads returns inputs whose headers promise records far ahead, n times.
func lookaheads(n int) map[string][]byte {
	bait := keepalive()[:12]
	bait[5], bait[7] = 13, 2
	binary.BigEndian.PutUint32(bait[8:], 1<<20-100)
	out := map[string][]byte{}
	for name, unit := range map[string][]byte{
		"garbage": slices.Concat(garbage(9), bait, garbage(7)),
		"records": slices.Concat(keepalive(), keepalive(), garbage(1), bait, garbage(7)),
	} {
		out[name] = slices.Concat(keepalive(), keepalive(), bytes.Repeat(unit, n), keepalive(), keepalive())
	}
	return out
}

// TestEntriesDoNotAllocate holds the package to its word.
func TestEntriesDoNotAllocate(t *testing.T) {
	for name, data := range map[string][]byte{
		"v2": encode(t, sampleTable().WriteV2), "v1": encode(t, sampleTable().WriteV1),
	} {
		chunk, err := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{}).NextChunk()
		if err != nil {
			t.Fatal(err)
		}
		var d decoder
		entries := 0
		var text, key []byte
		n := testing.AllocsPerRun(100, func() {
			for r := range chunk.Records() {
				for d.entries.Reset(r); d.entries.Next(); entries++ {
					e := d.entries.Entry()
					if err := d.attrs.Parse(e.Attrs); err != nil {
						t.Fatal(err)
					}
					raw := d.attrs.RawPath(e.AS4)
					key = raw.AppendKey(key[:0])
					if err := d.path.Decode(raw); err != nil {
						t.Fatal(err)
					}
					for range d.path.Adjacencies {
					}
					d.path.HasLoop()
					text, _ = d.path.AppendText(text[:0])
				}
			}
		})
		if n != 0 || entries == 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
