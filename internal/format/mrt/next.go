package mrt

// cursor is a place in a chunk: the numbers of the record, gap and peer table
// that come next.
type cursor struct{ record, gap, table int }

// Next returns the next record. It is the way to read on one goroutine; do not
// mix it with [Scanner.NextChunk].
//
// If err is a [Gap], the scanner skipped bytes here and Next may be called
// again. Any other error is final and as in NextChunk. The record is valid
// until the next call.
func (s *Scanner) Next() (Record, error) {
	for {
		if s.chunk == nil {
			c, err := s.NextChunk()
			if err != nil {
				return Record{}, err
			}
			s.chunk, s.cursor = c, cursor{}
		}
		c, at := s.chunk, &s.cursor
		if at.gap < len(c.gaps) {
			gap := c.gaps[at.gap]
			if at.record == len(c.spans) || gap.Offset < c.offset+int64(c.spans[at.record].start) {
				at.gap++
				return Record{}, gap
			}
		}
		if at.record < len(c.spans) {
			for at.table+1 < len(c.tables) && c.tables[at.table+1].record <= at.record {
				at.table++
			}
			r := c.record(c.spans[at.record], c.tables[at.table].table)
			at.record++
			return r, nil
		}
		c.Release()
		s.chunk = nil
	}
}
