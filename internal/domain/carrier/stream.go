package carrier

import (
	"bytes"
	"time"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/bmp"
	"github.com/cleannet/cleannet/internal/format/pcap"
)

// position is where and when something stands in an input.
type position struct {
	offset, length int64 // in bytes
	time           time.Time
}

// place returns the position as that of a record.
func (p position) place() place {
	return place{offset: p.offset, length: uint32(min(p.length, 1<<31)), time: uint32(max(0, min(p.time.Unix(), 1<<32-1)))}
}

// marks tells where the bytes of a stream stand in the input.
type marks struct {
	list []mark
}

// mark is a piece of a stream.
type mark struct {
	start, size int64 // in the stream
	offset      int64 // in the input
	time        time.Time
}

func (m *marks) add(start int64, p *pcap.Piece) {
	m.list = append(m.list, mark{start, int64(len(p.Data)), p.Offset, p.Time})
}

// position returns where size bytes at a place of the stream stand; a length goes
// to the end of the packet at most. Places are asked for in order, and what lies
// before them is forgotten.
func (m *marks) position(at, size int64) position {
	i := 0
	for i < len(m.list)-1 && m.list[i+1].start <= at {
		i++
	}
	m.list = m.list[i:]
	if len(m.list) == 0 {
		return position{offset: -1}
	}
	first := &m.list[0]
	inside := at - first.start
	return position{first.offset + inside, max(0, min(size, first.size-inside)), first.time}
}

// stream is one direction of a connection in a capture.
type stream struct {
	listener *listener
	flow     pcap.Flow
	proto    protocol // nil until it is known
	foreign  bool     // it is of neither protocol
	head     []byte   // what came before that
	marks    marks    // of head
}

// protocol takes in a stream whose protocol is known.
type protocol interface {
	piece(p *pcap.Piece)
	end()
}

// undecided is how many bytes of a stream tell which protocol it is of: two of
// the largest messages that are common.
const undecided = 2 * bgp.MaxMessage

func (s *stream) piece(p *pcap.Piece) {
	switch {
	case s.foreign:
		return
	case s.proto != nil:
		s.proto.piece(p)
		return
	case p.Lost > 0 && len(s.head) > 0:
		s.decide(true)
		s.piece(p)
		return
	}
	s.marks.add(int64(len(s.head)), p)
	s.head = append(s.head, p.Data...)
	s.decide(len(s.head) > undecided)
}

// decide sets the protocol if the head tells it. At last, no more is waited for.
func (s *stream) decide(last bool) {
	switch kind := guess(s.head); {
	case kind == "bgp":
		s.proto = newBGPStream(s.listener, s.flow)
	case kind == "bmp":
		s.proto = newBMPStream(s.listener, s.flow.Src.Addr().String())
	case last:
		s.foreign = true
		s.listener.counts["pcap: streams of other protocols"]++
	default:
		return
	}
	if s.proto != nil {
		for _, m := range s.marks.list {
			s.proto.piece(&pcap.Piece{
				Flow: s.flow, Data: s.head[m.start : m.start+m.size], Offset: m.offset, Time: m.time,
			})
		}
	}
	s.head, s.marks = nil, marks{}
}

func (s *stream) end() {
	if s.proto == nil && !s.foreign {
		s.decide(true)
	}
	if s.proto != nil {
		s.proto.end()
	}
}

// guess returns "bgp" or "bmp", or nothing. BMP holds BGP messages inside, so a
// BGP message counts only if no BMP message is around it.
func guess(b []byte) string {
	at := bytes.Index(b, bytes.Repeat([]byte{0xff}, 16))
	for i := range b[:max(at, 0)] {
		if bmp.Plausible(b[i:]) {
			return "bmp"
		}
	}
	switch {
	case at < 0 && bmp.Plausible(b):
		return "bmp"
	case at < 0:
		return ""
	}
	if m, _, err := bgp.NextMessage(b[at:]); err == nil && m.Type >= bgp.TypeOpen && m.Type <= bgp.TypeRouteRefresh {
		return "bgp"
	}
	return ""
}
