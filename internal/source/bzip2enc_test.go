package source

import (
	"bytes"
	"math/bits"
	"slices"
)

// bzEncode compresses with bzip2's format: the slow and obvious way, so that
// tests need no tool. Blocks hold up to blockSize bytes after the first
// run-length coding.
func bzEncode(data []byte, level byte, blockSize int) []byte {
	var w bitWriter
	w.write('B', 8)
	w.write('Z', 8)
	w.write('h', 8)
	w.write(uint64('0'+level), 8)
	var stream uint32
	for len(data) > 0 {
		coded, n := encodeRuns(data, blockSize)
		crc := slowBzCRC(data[:n])
		stream = foldBzCRC(stream, crc)
		encodeBzBlock(&w, coded, crc)
		data = data[n:]
	}
	w.write(bzEndMagic, 48)
	w.write(uint64(stream), 32)
	w.write(0, -w.n&7)
	return w.b
}

// encodeRuns applies the first run-length coding to as much of data as gives
// no more than limit bytes, and returns the result and how much that was.
func encodeRuns(data []byte, limit int) (coded []byte, n int) {
	for n < len(data) && len(coded)+5 <= limit {
		run := 1
		for run < 4+255 && n+run < len(data) && data[n+run] == data[n] {
			run++
		}
		coded = append(coded, bytes.Repeat(data[n:n+1], min(run, 4))...)
		if run >= 4 {
			coded = append(coded, byte(run-4))
		}
		n += run
	}
	return coded, n
}

func encodeBzBlock(w *bitWriter, text []byte, crc uint32) {
	last, origin := transform(text)
	var used []byte
	for v := range 256 {
		if bytes.IndexByte(last, byte(v)) >= 0 {
			used = append(used, byte(v))
		}
	}
	writeBzBlock(w, used, moveToFront(last, used), origin, crc)
}

// writeBzBlock writes a block of the given symbols.
func writeBzBlock(w *bitWriter, used []byte, symbols []int, origin int, crc uint32) {
	w.write(bzBlockMagic, 48)
	w.write(uint64(crc), 32)
	w.write(0, 1)
	w.write(uint64(origin), 24)
	var ranges uint64
	for _, v := range used {
		ranges |= 1 << (15 - v/16)
	}
	w.write(ranges, 16)
	for r := range 16 {
		var values uint64
		for _, v := range used {
			if int(v)/16 == r {
				values |= 1 << (15 - v%16)
			}
		}
		if values != 0 {
			w.write(values, 16)
		}
	}
	groups := (len(symbols) + bzGroup - 1) / bzGroup
	w.write(2, 3)
	w.write(uint64(groups), 15)
	w.write(0, groups)
	// A complete code of two lengths: the first symbols get the shorter ones.
	n := len(used) + 2
	short := bits.Len(uint(n)) - 1
	shorts := 1<<(short+1) - n
	for range 2 {
		w.write(uint64(short), 5)
		for i := range n {
			if i == shorts {
				w.write(0b10, 2)
			}
			w.write(0, 1)
		}
	}
	for _, s := range symbols {
		if s < shorts {
			w.write(uint64(s), short)
		} else {
			w.write(uint64(2*shorts+s-shorts), short+1)
		}
	}
}

// transform returns the last column of the sorted rotations and the row of the
// text itself.
func transform(text []byte) (last []byte, origin int) {
	twice := append(slices.Clone(text), text...)
	rows := make([]int, len(text))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(a, b int) int {
		return bytes.Compare(twice[a:a+len(text)], twice[b:b+len(text)])
	})
	for i, r := range rows {
		last = append(last, twice[r+len(text)-1])
		if r == 0 {
			origin = i
		}
	}
	return last, origin
}

// moveToFront returns the symbols of a block, its end included.
func moveToFront(last, used []byte) (symbols []int) {
	front := slices.Clone(used)
	run := 0
	flush := func() {
		for ; run > 0; run = (run - 1) / 2 {
			symbols = append(symbols, (run-1)%2)
		}
	}
	for _, c := range last {
		i := bytes.IndexByte(front, c)
		if i == 0 {
			run++
			continue
		}
		flush()
		symbols = append(symbols, i+1)
		copy(front[1:i+1], front[:i])
		front[0] = c
	}
	flush()
	return append(symbols, len(used)+1)
}

// slowBzCRC computes a block's CRC bit by bit.
func slowBzCRC(data []byte) uint32 {
	crc := ^uint32(0)
	for _, c := range data {
		crc ^= uint32(c) << 24
		for range 8 {
			if crc>>31 != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
	}
	return ^crc
}

// bitWriter writes bits, the most significant first.
type bitWriter struct {
	b []byte
	n int // bits written
}

func (w *bitWriter) write(v uint64, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		if i < 64 && v>>i&1 != 0 {
			w.b[w.n/8] |= 0x80 >> (w.n % 8)
		}
		w.n++
	}
}
