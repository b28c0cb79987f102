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

// store copies short slices into large blocks, where they stay.
type store[T any] struct{ blocks [][]T }

// span is the place of a slice in a store.
type span struct{ block, at, n uint32 }

const storeBlock = 1 << 15

// keep stores a copy.
func (s *store[T]) keep(values []T) span {
	last := len(s.blocks) - 1
	if last < 0 || cap(s.blocks[last])-len(s.blocks[last]) < len(values) {
		s.blocks = append(s.blocks, make([]T, 0, max(storeBlock, len(values))))
		last++
	}
	at := len(s.blocks[last])
	s.blocks[last] = append(s.blocks[last], values...)
	return span{uint32(last), uint32(at), uint32(len(values))}
}

func (s *store[T]) get(p span) []T { return s.blocks[p.block][p.at : p.at+p.n] }
