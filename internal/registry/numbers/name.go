package numbers

import (
	"encoding/binary"
	"fmt"
)

// Names are kept in blocks, each packed by itself, so that one name can be read
// without unpacking all. The name section has a row for each distinct name, in
// the order of first use, and two columns of unsigned varints:
//
//	length  of the name in bytes
//	block   stored size of each block of blockNames names; the last may have
//	        fewer names
//
// The text section is the blocks, one after the other: each a zstd frame of the
// names in a row, without anything between them.
const blockNames = 2048

// encodeNames lays out the name section and the text section, the latter
// already packed.
func encodeNames(distinct []string) (names, text []byte, err error) {
	var lengths, blocks []byte
	var raw [][]byte
	for i, name := range distinct {
		if i%blockNames == 0 {
			raw = append(raw, nil)
		}
		lengths = binary.AppendUvarint(lengths, uint64(len(name)))
		raw[len(raw)-1] = append(raw[len(raw)-1], name...)
	}
	frames, err := compress(raw...)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range frames {
		blocks = binary.AppendUvarint(blocks, uint64(len(f)))
		text = append(text, f...)
	}
	names = binary.AppendUvarint(nil, uint64(len(distinct)))
	names = appendColumn(names, lengths)
	return appendColumn(names, blocks), text, nil
}

// nameTable is the unpacked name section and the packed text section.
type nameTable struct {
	ends   []uint32 // where each name ends in its block
	blocks []lazy[[]byte]
}

func decodeNames(b, text []byte) (*nameTable, error) {
	all := column{b: b}
	rows := all.uvarint()
	lengths, blocks := all.column(), all.column()
	if rows > uint64(len(lengths.b)) || rows > maxASNs+1 {
		return nil, fmt.Errorf("%w (section %v: %d rows do not fit)", ErrCorrupt, nameSection, rows)
	}
	t := &nameTable{
		ends:   make([]uint32, rows),
		blocks: make([]lazy[[]byte], (rows+blockNames-1)/blockNames),
	}
	for i := range t.blocks {
		size := uint32(0) // a block is at most blockNames*maxNameBytes
		ends := t.ends[i*blockNames:]
		for j := range ends[:min(len(ends), blockNames)] {
			n := lengths.uvarint()
			if n == 0 || n > maxNameBytes {
				lengths.bad = true
				break
			}
			size += uint32(n)
			ends[j] = size
		}
		stored := blocks.uvarint()
		if stored > uint64(len(text)) {
			blocks.bad = true
			break
		}
		p := packed{textSection, text[:stored], int(size)}
		t.blocks[i].make = func() (*[]byte, error) {
			body, err := p.unpack()
			return &body, err
		}
		text = text[stored:]
	}
	if err := done(nameSection, &lengths, &blocks, &all); err != nil {
		return nil, err
	}
	if len(text) != 0 {
		return nil, fmt.Errorf("%w (section %v: %d bytes after its last block)", ErrCorrupt, textSection, len(text))
	}
	return t, nil
}

// name returns name i, nil if its block is malformed; the caller must not
// change it.
func (t *nameTable) name(i uint32) []byte {
	block := t.blocks[i/blockNames].value()
	if block == nil {
		return nil
	}
	start := uint32(0)
	if i%blockNames > 0 {
		start = t.ends[i-1]
	}
	return (*block)[start:t.ends[i]]
}

// verify unpacks every block and reports the first that is malformed, or a name
// that [cleanName] would not have let through.
func (t *nameTable) verify() error {
	for i := range t.blocks {
		if err := t.blocks[i].failure(); err != nil {
			return err
		}
	}
	for i := range t.ends {
		name := string(t.name(uint32(i)))
		if clean, err := cleanName(name); err != nil || clean != name {
			return fmt.Errorf("%w (section %v: name %q)", ErrCorrupt, textSection, clip(name))
		}
	}
	return nil
}
