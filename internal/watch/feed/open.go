package feed

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/cleannet/cleannet/internal/format/bgp"
)

// answer is the OPEN to one that was received: it takes every family that the
// peer offers and whose routes can be read, and several paths of a prefix where
// the peer can send them.
func (b *BGP) answer(theirs *bgp.Open) bgp.Open {
	hold := b.HoldTime
	if hold <= 0 {
		hold = 90 * time.Second
	}
	o := bgp.Open{
		Version: 4, ASN: b.ASN, HoldTime: uint16(min(hold/time.Second, 0xffff)), ID: b.ID, AS4: true, Long: theirs.Long,
		AddPathReceive: theirs.AddPathSend,
	}
	for _, f := range theirs.Families {
		if bgp.AllFamilies().Has(f) && !slices.Contains(o.Families, f) {
			o.Families = append(o.Families, f)
		}
	}
	return o
}

// openBody writes an OPEN (RFC 4271 section 4.2) with its capabilities (RFC 5492).
func openBody(o *bgp.Open) []byte {
	const capabilityRestart = 64 // without families: it knows End-of-RIB (RFC 4724 section 3)
	var c []byte
	add := func(code bgp.CapabilityCode, value ...byte) {
		c = append(append(c, byte(code), byte(len(value))), value...)
	}
	var paths []byte
	for _, f := range o.Families {
		add(bgp.CapabilityFamily, byte(f.AFI>>8), byte(f.AFI), 0, byte(f.SAFI))
		if o.AddPathReceive.Has(f) {
			paths = append(paths, byte(f.AFI>>8), byte(f.AFI), byte(f.SAFI), 1)
		}
	}
	add(bgp.CapabilityAS4, binary.BigEndian.AppendUint32(nil, o.ASN)...)
	add(bgp.CapabilityRouteRefresh)
	add(capabilityRestart, 0, 0)
	if len(paths) > 0 {
		add(bgp.CapabilityAddPath, paths...)
	}
	if o.Long {
		add(bgp.CapabilityLongMessage)
	}
	const asTrans = 23456
	short := uint16(asTrans)
	if o.ASN < 1<<16 {
		short = uint16(o.ASN)
	}
	b := binary.BigEndian.AppendUint16([]byte{o.Version}, short)
	b = binary.BigEndian.AppendUint16(b, o.HoldTime)
	b = append(b, o.ID.AsSlice()...)
	const parameterCapabilities = 2
	return append(append(b, byte(2+len(c)), parameterCapabilities, byte(len(c))), c...)
}

// send writes a message to the peer.
func (s *speaker) send(kind bgp.MessageType, body []byte) error {
	b := make([]byte, 16, bgp.HeaderSize+len(body))
	for i := range b {
		b[i] = 0xff
	}
	b = binary.BigEndian.AppendUint16(b, uint16(bgp.HeaderSize+len(body)))
	b = append(append(b, byte(kind)), body...)
	s.writing.Lock()
	defer s.writing.Unlock()
	const patience = 10 * time.Second
	if err := s.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := s.conn.Write(b)
	return err
}

// notify ends the session with a reason.
func (s *speaker) notify(code, subcode byte) {
	_ = s.send(bgp.TypeNotification, []byte{code, subcode}) // the peer may be gone
}
