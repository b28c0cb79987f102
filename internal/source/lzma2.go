package source

import (
	"encoding/binary"
	"io"
)

// lzma2Reader reads LZMA2 data: chunks of at most 2 MiB that are either LZMA
// or not compressed (section 5.3.1 of "The .xz File Format" names it; the
// format is that of the reference implementation, XZ Embedded).
type lzma2Reader struct {
	r    *countReader
	lzma lzmaDecoder
	dict int // how far back a match may reach

	window []byte // the dictionary, and what was decoded last
	given  int    // how much of window has been delivered
	total  int    // bytes since the dictionary was reset

	needDict  bool // no chunk has reset the dictionary yet
	needProps bool // no chunk has set the model's parameters since
	packed    []byte
	err       error
}

func newLZMA2Reader(r *countReader) *lzma2Reader { return &lzma2Reader{r: r} }

// start begins a sequence of chunks with a dictionary of the given size.
func (l *lzma2Reader) start(dict int) {
	l.dict = dict
	l.window, l.given = l.window[:0], 0
	l.needDict, l.needProps = true, true
	l.err = nil
}

// Read implements [io.Reader]. After the chunk that ends the sequence it
// returns io.EOF.
func (l *lzma2Reader) Read(p []byte) (int, error) {
	for l.given == len(l.window) {
		if l.err != nil {
			return 0, l.err
		}
		l.err = l.chunk()
	}
	n := copy(p, l.window[l.given:])
	l.given += n
	return n, nil
}

// chunk decodes the next chunk.
func (l *lzma2Reader) chunk() error {
	var head [6]byte
	if err := l.r.full(head[:1]); err != nil {
		return err
	}
	control := head[0]
	switch {
	case control == 0:
		return io.EOF
	case control >= 0xe0 || control == 1:
		l.needDict, l.needProps = false, true
		l.total = 0
	case l.needDict:
		return corruptf("first chunk does not reset the dictionary")
	}
	l.slide()
	switch {
	case control >= 0x80:
		return l.compressed(control, head[:])
	case control > 2:
		return corruptf("chunk of unknown kind %#x", control)
	}
	if err := l.r.full(head[1:3]); err != nil {
		return err
	}
	return l.plain(int(binary.BigEndian.Uint16(head[1:])) + 1)
}

// plain takes over a chunk that is not compressed.
func (l *lzma2Reader) plain(size int) error {
	l.grow(size)
	at := len(l.window)
	l.window = l.window[:at+size]
	if err := l.r.full(l.window[at:]); err != nil {
		l.window = l.window[:at]
		return err
	}
	l.total += size
	return nil
}

// compressed decodes a chunk of LZMA.
func (l *lzma2Reader) compressed(control byte, head []byte) error {
	if err := l.r.full(head[1:5]); err != nil {
		return err
	}
	size := int(control&0x1f)<<16 + int(binary.BigEndian.Uint16(head[1:])) + 1
	packed := int(binary.BigEndian.Uint16(head[3:])) + 1
	switch {
	case control >= 0xc0:
		if err := l.r.full(head[5:6]); err != nil {
			return err
		}
		if !l.lzma.setProps(head[5]) {
			return corruptf("chunk has invalid properties %#x", head[5])
		}
		l.needProps = false
		l.lzma.reset()
	case l.needProps:
		return corruptf("chunk sets no properties")
	case control >= 0xa0:
		l.lzma.reset()
	}
	if cap(l.packed) < packed {
		l.packed = make([]byte, 1<<16)
	}
	in := l.packed[:packed]
	if err := l.r.full(in); err != nil {
		return err
	}
	l.grow(size)
	at := len(l.window)
	var err error
	l.window, err = l.lzma.decode(in, l.window, size, l.total, l.dict)
	l.total += len(l.window) - at
	return err
}

// grow makes room for a chunk of n bytes. It doubles the window as the data
// needs it, whatever dictionary a header asked for.
func (l *lzma2Reader) grow(n int) {
	if need := len(l.window) + n; need > cap(l.window) {
		l.window = append(make([]byte, 0, max(need, min(2*need, l.dict/2*3+1<<21))), l.window...)
	}
}

// slide drops from the window what no match can reach any more, once that is
// half as much as can be reached: so each byte is moved twice at most, and the
// window takes one and a half times the dictionary and a chunk.
func (l *lzma2Reader) slide() {
	keep := min(l.dict, l.total)
	if len(l.window) >= keep+l.dict/2+1<<16 {
		n := copy(l.window, l.window[len(l.window)-keep:])
		l.window = l.window[:n]
	}
	l.given = len(l.window)
}
