package entity

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// keyed is a text's place in a list, and eight of its bytes.
type keyed struct {
	key uint64
	at  uint32
}

// sorted returns the places 0 to n-1 in the order of their texts' bytes. It
// compares eight bytes at a time as numbers, which for millions of texts is
// several times faster than to follow each comparison into memory.
func (in *interner) sorted(n int, text func(at uint32) uint32) []uint32 {
	list := make([]keyed, n)
	for i := range list {
		list[i].at = uint32(i)
	}
	in.sort(list, 0, text)
	order := make([]uint32, n)
	for i := range list {
		order[i] = list[i].at
	}
	return order
}

// maxDepth is how far texts that begin alike are compared by parts.
const maxDepth = 64

func (in *interner) sort(list []keyed, depth int, text func(at uint32) uint32) {
	whole := depth >= maxDepth || len(list) < 16
	for i := range list {
		if whole {
			break
		}
		b := in.bytes(text(list[i].at))
		b = b[min(depth, len(b)):]
		if len(b) < 8 {
			var pad [8]byte
			copy(pad[:], b)
			list[i].key = binary.BigEndian.Uint64(pad[:])
		} else {
			list[i].key = binary.BigEndian.Uint64(b)
		}
	}
	if whole {
		slices.SortFunc(list, func(a, b keyed) int {
			x, y := text(a.at), text(b.at)
			if x == y {
				return cmp.Compare(a.at, b.at)
			}
			return bytes.Compare(in.bytes(x), in.bytes(y))
		})
		return
	}
	slices.SortFunc(list, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].key == list[from].key {
			to++
		}
		if to > from+1 {
			in.sort(list[from:to], depth+8, text)
		}
		from = to
	}
}

// runs calls with each part of an order whose texts are equal, if it is longer
// than one.
func runs(order []uint32, text func(at uint32) uint32, do func([]uint32)) {
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && text(order[to]) == text(order[from]) {
			to++
		}
		if to > from+1 {
			do(order[from:to])
		}
		from = to
	}
}

// permute puts a list into an order, which it spoils: element i becomes what
// stood at order[i].
func permute[T any](list []T, order []uint32) {
	for i := range order {
		if int(order[i]) == i {
			continue
		}
		held := list[i]
		at := i
		for int(order[at]) != i {
			from := int(order[at])
			list[at] = list[from]
			order[at] = uint32(at)
			at = from
		}
		list[at] = held
		order[at] = uint32(at)
	}
}
