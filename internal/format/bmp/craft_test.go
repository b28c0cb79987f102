package bmp

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

// unhex reads bytes that are written with spaces between their parts.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// message writes a message of a type.
func message(version byte, kind Type, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	b := binary.BigEndian.AppendUint32([]byte{version}, uint32(headerSize+len(all)))
	return append(append(b, byte(kind)), all...)
}

// peerHeader writes the header of a peer AS64500 at 192.0.2.1.
func peerHeader(kind PeerType, flags byte) []byte {
	b := append([]byte{byte(kind), flags}, make([]byte, 8+12)...)
	b = append(b, 192, 0, 2, 1)
	b = binary.BigEndian.AppendUint32(b, 64500)
	b = append(b, 198, 51, 100, 1)
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, 1_600_000_000), 5)
}

// bgpMessage writes a BGP message.
func bgpMessage(kind byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16(marker(), uint16(19+len(body)))
	return append(append(b, kind), body...)
}

// open writes an OPEN of a speaker whose capabilities are given in hexadecimal.
func open(t testing.TB, as uint16, capabilities string) []byte {
	t.Helper()
	c := unhex(t, capabilities)
	b := binary.BigEndian.AppendUint16([]byte{4}, as)
	b = append(b, 0, 90, 198, 51, 100, 1, byte(2+len(c)), 2, byte(len(c)))
	return bgpMessage(1, append(b, c...))
}

// update announces 203.0.113.0/24 over a path of AS64500 and AS64501, written
// with numbers of size bytes, behind a path identifier if there is one.
func update(size int, pathID ...byte) []byte {
	path := []byte{2, 2}
	for _, asn := range []uint32{64500, 64501} {
		path = append(path, binary.BigEndian.AppendUint32(nil, asn)[4-size:]...)
	}
	attrs := append([]byte{0x40, 1, 1, 0, 0x40, 2, byte(len(path))}, path...)
	attrs = append(attrs, 0x40, 3, 4, 192, 0, 2, 1)
	b := append([]byte{0, 0, 0, byte(len(attrs))}, attrs...)
	return bgpMessage(2, append(append(b, pathID...), 24, 203, 0, 113))
}

// tlv writes a piece of information.
func tlv(kind uint16, value []byte) []byte {
	b := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, kind), uint16(len(value)))
	return append(b, value...)
}

// indexedTLV writes one of version 4.
func indexedTLV(kind uint16, value []byte) []byte {
	b := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, kind), uint16(len(value)))
	return append(append(b, 0, 0), value...)
}

// peerUp writes a peer up between AS64499 and AS64500.
func peerUp(t testing.TB, sent, received string) []byte {
	t.Helper()
	local := append(make([]byte, 12), 192, 0, 2, 2, 0, 179, 0x9c, 0x40)
	return message(Version3, PeerUp, peerHeader(PeerGlobal, 0), local,
		open(t, 64499, sent), open(t, 64500, received), tlv(InfoString, []byte("lab")))
}
