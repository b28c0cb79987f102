package source

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// samples returns contents that exercise different parts of a compressor.
func samples() map[string][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 60_000)
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	skewed := make([]byte, 150_000)
	for i := range skewed {
		skewed[i] = byte(rng.ExpFloat64() * 6)
	}
	return map[string][]byte{
		"one byte": []byte("x"),
		"text":     bytes.Repeat([]byte("64496 64497 64498 192.0.2.0/24\n"), 3000),
		"zeros":    make([]byte, 300_000),
		"runs":     bytes.Repeat([]byte("aaaabbbbbcccccccccc\x00\x00\x00\x00"), 500),
		"random":   random,
		"skewed":   skewed,
	}
}

func readBzip2(data []byte, workers int) ([]byte, []error, error) {
	var notes []error
	z := newBzReader(bytes.NewReader(data), func(err error) { notes = append(notes, err) }, workers)
	defer z.Close()
	out, err := io.ReadAll(z)
	return out, notes, err
}

func TestBzip2AgainstStandardLibrary(t *testing.T) {
	for name, want := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, block := range []int{1000, 20_000, 100_000} {
				data := bzEncode(want, 1, block)
				std, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(data)))
				if err != nil || !bytes.Equal(std, want) {
					t.Fatalf("the test's own encoder is wrong: %v", err)
				}
				for _, workers := range []int{1, 2, 5} {
					got, notes, err := readBzip2(data, workers)
					if err != nil || len(notes) > 0 {
						t.Fatalf("block %d, workers %d: error %v, notes %v", block, workers, err, notes)
					}
					if !bytes.Equal(got, want) {
						t.Fatalf("block %d, workers %d: content differs", block, workers)
					}
				}
			}
		})
	}
}

func TestBzip2Streams(t *testing.T) {
	one, two := []byte("the first stream"), bytes.Repeat([]byte("and another "), 4000)
	a, b, empty := bzEncode(one, 9, 900_000), bzEncode(two, 1, 5000), bzEncode(nil, 9, 900_000)
	both := append(bytes.Clone(one), two...)
	tests := []struct {
		name  string
		parts [][]byte
		want  []byte
		notes int
	}{
		{"empty", [][]byte{empty}, nil, 0},
		{"two", [][]byte{a, b}, both, 0},
		{"empty ones around", [][]byte{empty, empty, a, empty, b, empty}, both, 0},
		{"zeros at the end", [][]byte{a, make([]byte, 5000)}, one, 0},
		{"garbage at the end", [][]byte{a, []byte("garbage, and more of it")}, one, 1},
		{"one byte at the end", [][]byte{a, b, []byte("!")}, both, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, notes, err := readBzip2(bytes.Join(tt.parts, nil), 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(notes) != tt.notes {
				t.Errorf("got notes %v, want %d", notes, tt.notes)
			}
			if diff := cmp.Diff(string(tt.want), string(got)); diff != "" {
				t.Errorf("content differs (-want +got):\n%s", diff)
			}
		})
	}
}

// A magic within a block's bits must not be taken for a block: the decoder has
// to put together again what the scanner split.
func TestBzip2FalseMagic(t *testing.T) {
	for _, magic := range []uint64{bzBlockMagic, bzEndMagic} {
		want, data := falseMagic(magic)
		std, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(data)))
		if err != nil || !bytes.Equal(std, want) {
			t.Fatalf("the test's own encoder is wrong: %v", err)
		}
		got, _, err := readBzip2(data, 2)
		if err != nil {
			t.Fatalf("magic %#x: %v", magic, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("magic %#x: content differs", magic)
		}
	}
}

// falseMagic returns some content and a compressed form that has the given
// magic inside its first block. With 254 values in use there are 256 symbols,
// of 8 bits each, so six of them can spell anything.
func falseMagic(magic uint64) (want, data []byte) {
	used := make([]byte, 254)
	for i := range used {
		used[i] = byte(i)
	}
	symbols := []int{100, 200}
	for i := range 6 {
		symbols = append(symbols, int(magic>>(40-8*i)&0xff))
	}
	for i := range 300 {
		symbols = append(symbols, 2+(i*7)%250)
	}
	// No text sorts to this column, but a decoder does not ask.
	text := untransformSlow(undoFront(symbols, used))
	want = expandRuns(text)
	var w bitWriter
	w.write('B'<<24|'Z'<<16|'h'<<8|'1', 32)
	crc := slowBzCRC(want)
	writeBzBlock(&w, used, append(symbols, 255), 0, crc)
	more := samples()["text"][:500]
	coded, _ := encodeRuns(more, 1000)
	encodeBzBlock(&w, coded, slowBzCRC(more))
	w.write(bzEndMagic, 48)
	w.write(uint64(foldBzCRC(foldBzCRC(0, crc), slowBzCRC(more))), 32)
	w.write(0, -w.n&7)
	return append(want, more...), w.b
}

func undoFront(symbols []int, used []byte) (last []byte) {
	front := bytes.Clone(used)
	run, weight := 0, 1
	for _, s := range append(symbols, -1) {
		if s == 0 || s == 1 {
			run += weight << s
			weight *= 2
			continue
		}
		last = append(last, bytes.Repeat(front[:1], run)...)
		run, weight = 0, 1
		if s > 0 {
			c := front[s-1]
			copy(front[1:s], front[:s-1])
			front[0] = c
			last = append(last, c)
		}
	}
	return last
}

// untransformSlow returns the text of a last column whose row 0 is the text.
func untransformSlow(last []byte) (text []byte) {
	rows := make([]int, 0, len(last))
	for v := range 256 {
		for i, c := range last {
			if int(c) == v {
				rows = append(rows, i)
			}
		}
	}
	at := rows[0]
	for range last {
		text = append(text, last[at])
		at = rows[at]
	}
	return text
}

// expandRuns undoes the first run-length coding the obvious way.
func expandRuns(coded []byte) (text []byte) {
	equal := 0
	for i, c := range coded {
		if equal == 4 {
			text = append(text, bytes.Repeat(coded[i-1:i], int(c))...)
			equal = 0
			continue
		}
		if equal > 0 && c == coded[i-1] {
			equal++
		} else {
			equal = 1
		}
		text = append(text, c)
	}
	return text
}

// A code that leaves some words undefined is taken by the standard library,
// which gives them a meaning of its own; bzip2(1) rejects such a word and so
// must we. The fuzzer found it.
func TestBzip2UndefinedCode(t *testing.T) {
	data := []byte("BZh11AY&SYwK\xb0\x14\x00\x00\x00\x00\x80\x00@ \x00\xa0\x18(b\xeeH\xa7\n\x12\x0e\xe9v\x02\x80")
	if got, _, err := readBzip2(data, 1); err == nil {
		t.Errorf("got %q, want an error", got)
	}
}

func TestBzip2HintAgainstEveryBit(t *testing.T) {
	hint := newBzHint()
	slow := func(b []byte, from int) int {
		for bit := from; bit+bzMagicBits <= len(b)*8; bit++ {
			if m := bitsAt(b, bit, bzMagicBits); m == bzBlockMagic || m == bzEndMagic {
				return bit
			}
		}
		return -1
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		var w bitWriter
		for range rng.IntN(4) {
			for range rng.IntN(90) {
				w.write(rng.Uint64(), 1)
			}
			w.write([]uint64{bzBlockMagic, bzEndMagic, bzBlockMagic ^ 1}[rng.IntN(3)], 48)
		}
		w.write(rng.Uint64(), rng.IntN(30))
		for from := 0; from <= w.n; from += 1 + rng.IntN(20) {
			if got, want := hint.find(w.b, from), slow(w.b, from); got != want {
				t.Fatalf("find(%x, %d): got %d, want %d", w.b, from, got, want)
			}
		}
	}
}

func TestBzip2CRCAgainstBits(t *testing.T) {
	table := newBzCRC()
	for name, data := range samples() {
		for _, n := range []int{0, 1, 7, 8, 9, len(data)} {
			part := data[:min(n, len(data))]
			if got, want := ^table.update(^uint32(0), part), slowBzCRC(part); got != want {
				t.Errorf("%s, %d bytes: got %#x, want %#x", name, n, got, want)
			}
		}
	}
}

// What precedes the damage must come out, and the damage must be told.
func TestBzip2KeepsWhatPrecedesDamage(t *testing.T) {
	text := samples()["text"]
	data := bzEncode(text, 1, 10_000)
	for _, n := range []int{len(data) - 1, len(data) - 12, len(data) / 2} {
		got, _, err := readBzip2(data[:n], 2)
		if !errors.Is(err, io.ErrUnexpectedEOF) && reasonOf(err) != Truncated {
			t.Errorf("cut to %d of %d: got %v, want truncated", n, len(data), err)
		}
		if !bytes.HasPrefix(text, got) || len(got) < len(text)/4 {
			t.Errorf("cut to %d of %d: got %d bytes of %d", n, len(data), len(got), len(text))
		}
	}
	bad := bytes.Clone(data)
	bad[len(bad)-3] ^= 0x10
	got, _, err := readBzip2(bad, 2)
	if reasonOf(err) != Corrupt || !bytes.Equal(got, text) {
		t.Errorf("wrong stream CRC: got %d bytes and %v, want all and corrupt", len(got), err)
	}
}
