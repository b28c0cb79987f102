package entity

import (
	"cmp"
	"encoding/binary"
	"slices"
)

func putShare(row []byte, other uint32, e *edgeFact) {
	binary.LittleEndian.PutUint32(row, other)
	binary.LittleEndian.PutUint32(row[4:], uint32(e.share.Lo))
	binary.LittleEndian.PutUint32(row[8:], uint32(e.share.Hi))
	putInterval(row[12:], e.valid)
	meta := uint32(e.interest) | uint32(e.layer)<<16
	if e.known != (Interval{}) {
		meta |= edgeDated
	}
	binary.LittleEndian.PutUint32(row[20:], meta)
}

// edgeDated marks an edge of which secFacts says when it was known.
const edgeDated = 1 << 8

func (l *layout) edges() {
	list := l.b.edges
	n := len(l.c.lead)
	l.section(secIn, len(list))
	l.section(secFacts, len(list))
	l.section(secInAt, n+1)
	l.starts(secInAt, len(list), func(i int) uint32 { return list[i].asset })
	type turn struct{ day, edge uint32 }
	var turns []turn
	for i := range list {
		e, fact := &list[i], l.im.row(secFacts, i)
		putShare(l.im.row(secIn, i), e.owner, e)
		putInterval(fact, e.known)
		l.refTo(fact[8:], e.note)
		l.refTo(fact[12:], e.source)
		l.refTo(fact[16:], e.record)
		for _, d := range []Date{e.valid.From, e.valid.To} {
			if !d.IsZero() {
				turns = append(turns, turn{uint32(d.days), uint32(i)})
			}
		}
	}
	l.section(secOutAt, n+1)
	fill := l.starts(secOutAt, len(list), func(i int) uint32 { return list[i].owner })
	l.section(secOut, int(fill[n]))
	for i := range list { // by asset already, so each owner's assets come in order
		e := &list[i]
		if e.owner == noCompanyDisk {
			continue
		}
		row := l.im.row(secOut, int(fill[e.owner]))
		putShare(row, e.asset, e)
		binary.LittleEndian.PutUint32(row[24:], uint32(i))
		fill[e.owner]++
	}
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.edge, b.edge)) })
	l.section(secTurns, len(turns))
	for i, t := range turns {
		row := l.im.row(secTurns, i)
		binary.LittleEndian.PutUint32(row, t.day)
		binary.LittleEndian.PutUint32(row[4:], t.edge)
	}
	l.b.edges = nil
}
