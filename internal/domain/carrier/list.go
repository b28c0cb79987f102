package carrier

// list is a growing list whose elements keep their place in memory. Growing
// copies nothing, which matters where there are millions.
type list[T any] struct {
	blocks []*[listBlock]T
	n      uint32
}

const listBlock = 1 << 10

// add appends a zero element and returns it with its number.
func (l *list[T]) add() (*T, uint32) {
	no := l.n
	if no%listBlock == 0 {
		l.blocks = append(l.blocks, new([listBlock]T))
	}
	l.n++
	return l.at(no), no
}

func (l *list[T]) at(no uint32) *T { return &l.blocks[no/listBlock][no%listBlock] }

// store copies keys into large blocks, where they stay.
type store struct{ blocks [][]byte }

// span is the place of a key in a store.
type span struct{ block, at, n uint32 }

const storeBlock = 1 << 16

// keep stores a key of a tag and a rest.
func (s *store) keep(tag byte, rest []byte) span {
	size := 1 + len(rest)
	last := len(s.blocks) - 1
	if last < 0 || cap(s.blocks[last])-len(s.blocks[last]) < size {
		s.blocks = append(s.blocks, make([]byte, 0, max(storeBlock, size)))
		last++
	}
	at := len(s.blocks[last])
	s.blocks[last] = append(append(s.blocks[last], tag), rest...)
	return span{uint32(last), uint32(at), uint32(size)}
}

func (s *store) get(p span) []byte { return s.blocks[p.block][p.at : p.at+p.n] }
