package pcap

import (
	"cmp"
	"slices"
	"time"
)

// Piece is the next part of a stream.
type Piece struct {
	Flow
	// Stream numbers the streams in the order in which they began, from 0. A
	// flow whose connection is opened anew is a new stream.
	Stream int
	Data   []byte // valid during the call only
	Offset int64  // of Data in the input, in bytes
	Time   time.Time
	// Lost is how many bytes of the stream are missing before Data: they were
	// not captured.
	Lost int64
}

// Assembler puts TCP streams together: it orders segments, drops what was sent
// again, and says what is missing. A stream begins with the first segment that
// was captured, be it an opening one or not.
//
// Some captures are rewritten from the payloads of others and open a stream
// with a SYN that carries data and uses no sequence number of its own. What
// follows it tells them from those where the SYN counts.
//
// The zero value is ready for use with default limits. It is used by one
// goroutine.
type Assembler struct {
	Limits Limits
	// Refused is how many segments were dropped because there were too many
	// streams.
	Refused uint64

	streams map[Flow]*stream
	begun   int
	pending int // bytes that wait, of all streams
}

// stream is one direction of a connection.
type stream struct {
	no      int
	first   uint32    // sequence number of its first segment
	next    uint32    // sequence number of the byte that is expected
	open    bool      // it began with a SYN that had data, and nothing yet tells whether that counted
	waiting []Segment // in order of their sequence
	pending int       // bytes in waiting
	lost    int64     // bytes missing before what comes next
}

// mostBack is how far back a sequence number may lie to belong to bytes that
// were sent again: more than any window. Further back is another connection.
const mostBack = 1 << 26

// Add takes a segment in and hands out what is then in order.
func (a *Assembler) Add(s *Segment, use func(*Piece)) {
	st := a.stream(s, use)
	if st == nil {
		return
	}
	if st.open {
		if s.Seq == st.next+1 {
			st.next++
		}
		st.open = len(s.Data) == 0
	}
	if len(s.Data) == 0 && s.Cut == 0 {
		return
	}
	switch ahead := int32(s.Seq - st.next); {
	case ahead <= 0:
		a.take(st, s, use)
		a.release(st, use)
	default:
		a.hold(st, s)
		limits := a.Limits.withDefaults()
		for len(st.waiting) > 0 && (st.pending > limits.MaxPending || a.pending > limits.MaxAllPending) {
			a.skip(st, use)
		}
	}
}

// stream returns the stream of a segment, a new one if it opens one, nil if it
// belongs to none.
func (a *Assembler) stream(s *Segment, use func(*Piece)) *stream {
	st := a.streams[s.Flow]
	again := st != nil && (s.SYN && s.Seq != st.first || int32(s.Seq-st.next) < -mostBack)
	switch {
	case s.RST:
		return nil
	case st != nil && !again && s.SYN:
		return nil // sent again
	case st != nil && !again:
		return st
	case st != nil:
		a.drain(st, use)
	case len(a.streams) >= a.Limits.withDefaults().MaxStreams:
		a.Refused++
		return nil
	}
	st = &stream{no: a.begun, first: s.Seq, next: s.Seq}
	if s.SYN {
		if len(s.Data) == 0 {
			st.next++
		}
		st.open = len(s.Data) > 0
	}
	a.begun++
	if a.streams == nil {
		a.streams = make(map[Flow]*stream)
	}
	a.streams[s.Flow] = st
	if st.open { // its data is the first, whether the SYN counts or not
		a.take(st, s, use)
		return nil
	}
	return st
}

// take hands out what a segment has beyond what was handed out before.
func (a *Assembler) take(st *stream, s *Segment, use func(*Piece)) {
	before := int(int32(st.next - s.Seq)) // bytes that were there already
	if before >= len(s.Data)+s.Cut {
		return
	}
	if before < len(s.Data) {
		data := s.Data[before:]
		use(&Piece{
			Flow: s.Flow, Stream: st.no, Data: data, Offset: s.Offset + int64(before), Time: s.Time, Lost: st.lost,
		})
		st.lost = 0
		before = len(s.Data)
	}
	st.lost += int64(len(s.Data) + s.Cut - before)
	st.next = s.Seq + uint32(len(s.Data)+s.Cut)
}

// hold keeps a segment until what stands before it comes.
func (a *Assembler) hold(st *stream, s *Segment) {
	i, found := slices.BinarySearchFunc(st.waiting, s, func(w Segment, s *Segment) int {
		return cmp.Or(cmp.Compare(int32(w.Seq-st.next), int32(s.Seq-st.next)), cmp.Compare(len(w.Data), len(s.Data)))
	})
	if found {
		return // sent again
	}
	kept := *s
	kept.Data = slices.Clone(s.Data)
	st.waiting = slices.Insert(st.waiting, i, kept)
	a.count(st, len(s.Data)+waitingCost)
}

// waitingCost is what a waiting segment costs beside its data, in bytes.
const waitingCost = 160

func (a *Assembler) count(st *stream, n int) {
	st.pending += n
	a.pending += n
}

// release hands out what no longer waits.
func (a *Assembler) release(st *stream, use func(*Piece)) {
	done := 0
	for done < len(st.waiting) && int32(st.waiting[done].Seq-st.next) <= 0 {
		w := &st.waiting[done]
		a.take(st, w, use)
		a.count(st, -len(w.Data)-waitingCost)
		done++
	}
	st.waiting = slices.Delete(st.waiting, 0, done)
}

// skip gives up what the first waiting segment waits for.
func (a *Assembler) skip(st *stream, use func(*Piece)) {
	first := st.waiting[0].Seq
	st.lost += int64(first - st.next)
	st.next = first
	a.release(st, use)
}

// drain hands out all that waits, with what is missing in between.
func (a *Assembler) drain(st *stream, use func(*Piece)) {
	for len(st.waiting) > 0 {
		a.skip(st, use)
	}
	if st.lost > 0 { // at the end
		use(&Piece{Stream: st.no, Lost: st.lost})
		st.lost = 0
	}
}

// Flush hands out what still waits at the end of the input, in the order in
// which the streams began. A piece without data tells of bytes that are missing
// at the end of a stream.
func (a *Assembler) Flush(use func(*Piece)) {
	all := make([]*stream, 0, len(a.streams))
	for _, st := range a.streams {
		all = append(all, st)
	}
	slices.SortFunc(all, func(x, y *stream) int { return cmp.Compare(x.no, y.no) })
	for _, st := range all {
		a.drain(st, use)
	}
	clear(a.streams)
}
