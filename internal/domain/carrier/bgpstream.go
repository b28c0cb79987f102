package carrier

import (
	"errors"
	"fmt"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/format/pcap"
)

// bgpStream is what one speaker of a BGP session says.
type bgpStream struct {
	listener *listener
	flow     pcap.Flow
	buf      []byte
	start    int64 // of buf in the stream
	searched bool  // something was passed over to find the next message
	marks    marks

	open   *bgp.Open // nil if none was seen
	proved bool

	update bgp.Update
	walk   bgp.Routes
}

func newBGPStream(l *listener, flow pcap.Flow) *bgpStream {
	return &bgpStream{listener: l, flow: flow}
}

func (s *bgpStream) piece(p *pcap.Piece) {
	if p.Lost > 0 {
		s.passOver(int64(len(s.buf)), fmt.Sprintf("%d bytes are missing in the capture", p.Lost))
		s.start += p.Lost
	}
	s.marks.add(s.start+int64(len(s.buf)), p)
	s.buf = append(s.buf, p.Data...)
	rest := s.messages(s.buf)
	s.start += int64(len(s.buf) - len(rest))
	s.buf = append(s.buf[:0], rest...)
}

func (s *bgpStream) end() {
	if len(s.buf) > 0 {
		s.passOver(int64(len(s.buf)), fmt.Sprintf("%d bytes at the end are no whole message", len(s.buf)))
	}
}

// passOver notes n bytes that are no message, and goes behind them.
func (s *bgpStream) passOver(n int64, why string) {
	at := s.marks.position(s.start, n)
	s.listener.problem(at.offset, fmt.Sprintf("what %s sent: %s", s.flow.Src, why), captureAgain)
	s.buf = s.buf[n:]
	s.start += n
}

// messages takes in all whole messages at the start of b, and returns the rest.
func (s *bgpStream) messages(b []byte) []byte {
	at := s.start
	for len(b) > 0 {
		m, rest, err := bgp.NextMessage(b)
		switch {
		case errors.Is(err, bgp.ErrShort):
			return b
		case err != nil:
			if !s.searched {
				s.searched = true
				s.listener.problem(s.marks.position(at, 1).offset,
					fmt.Sprintf("what %s sent: %v; the next message is searched for", s.flow.Src, err), captureAgain)
			}
			b, at = b[1:], at+1
			continue
		}
		s.searched = false
		size := int64(len(b) - len(rest))
		s.message(m, s.marks.position(at, size))
		b, at = rest, at+size
	}
	return b
}

func (s *bgpStream) message(m bgp.Message, at position) {
	l := s.listener
	l.counts["bgp: "+m.Type.String()+" messages"]++
	switch m.Type {
	case bgp.TypeOpen:
		open, err := bgp.ParseOpen(m.Body)
		if err != nil {
			l.problem(at.offset, fmt.Sprintf("what %s sent: %v", s.flow.Src, err), captureAgain)
			return
		}
		open.Capabilities = nil // they share memory with the message
		s.open = &open
		l.opens[s.flow] = s
	case bgp.TypeKeepalive, bgp.TypeUpdate:
		// Either is sent only after both OPENs were accepted (RFC 4271
		// section 8.2.2), so the session is up.
		s.prove(at)
		if m.Type == bgp.TypeUpdate {
			s.routes(m.Body, at)
		}
	}
}

// prove notes the session, if both of its ends have said who they are.
func (s *bgpStream) prove(at position) {
	other := s.other()
	if s.proved || s.open == nil || other == nil {
		return
	}
	s.proved = true
	s.listener.session(&Session{
		Local: s.open.ASN, Remote: other.open.ASN, Address: s.flow.Dst.Addr(), Established: 1,
	}, at)
}

// other returns the other direction of the session, if it has sent an OPEN.
func (s *bgpStream) other() *bgpStream {
	return s.listener.opens[pcap.Flow{Src: s.flow.Dst, Dst: s.flow.Src}]
}

// routes takes in an update. A session whose OPENs were not captured is tried
// with AS numbers of four bytes first, as almost all are.
func (s *bgpStream) routes(body []byte, at position) {
	encodings := []bgp.Session{{AS4: true}, {}, {AS4: true, AddPath: bgp.AllFamilies()}}
	if other := s.other(); s.open != nil && other != nil {
		encodings = []bgp.Session{bgp.Negotiate(*s.open, *other.open)}
	}
	used := encodings[0]
	for _, used = range encodings {
		if err := s.update.Parse(body, used); err == nil && s.update.Treatment == bgp.Accept {
			break
		}
	}
	if s.update.Treatment != bgp.Accept {
		used = encodings[0]
		_ = s.update.Parse(body, used) // its error is the fault that is looked at next
	}
	if s.update.Treatment >= bgp.Withdraw {
		s.listener.problem(at.offset, fmt.Sprintf("what %s sent: UPDATE: %v: its routes count as withdrawn", s.flow.Src, s.update.Fault), captureAgain)
		return
	}
	raw, err := mrt.FindPath(s.update.Attrs, used.AS4)
	if err != nil {
		return // the treatment was withdrawal
	}
	peer := mrt.Peer{Addr: s.flow.Src.Addr()}
	if s.open != nil {
		peer.BGPID, peer.ASN = s.open.ID, s.open.ASN
	} else {
		peer.ASN = firstOf(raw)
	}
	s.listener.update(&s.update, &s.walk, peer, at, raw)
}

// firstOf returns the first number of a path, which a speaker of another network
// has put there itself (RFC 4271 section 5.1.2); 0 if there is none.
func firstOf(raw mrt.RawPath) uint32 {
	var path mrt.Path
	if path.Decode(raw) != nil {
		return 0
	}
	for asn := range path.ASNs {
		return asn
	}
	return 0
}
