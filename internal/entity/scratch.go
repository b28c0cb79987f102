package entity

import "sync"

// scratch lends memory for a reckoning among all companies, tens of megabytes
// for a large registry, which the system would else have to clear each time.
// Nothing that an answer keeps may lie in it. A nil scratch lends new
// memory.
type scratch struct{ tables sync.Pool }

func (s *scratch) get() *table {
	if s != nil {
		if t, ok := s.tables.Get().(*table); ok {
			return t
		}
	}
	return new(table)
}

func (s *scratch) put(t *table) {
	if s != nil {
		s.tables.Put(t)
	}
}
