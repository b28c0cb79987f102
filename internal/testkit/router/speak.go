package router

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Route is what a neighbour announces. Its path has the form "64496 64497
// {64498,64499}"; an empty path is that of the neighbour's own networks.
type Route struct {
	Prefix netip.Prefix
	Path   string
}

// speakerAS is the AS number of the neighbour that the tests play.
const speakerAS = 64511

// open opens a session (RFC 4271) with IPv4 and IPv6 unicast (RFC 4760) and
// numbers of 4 bytes (RFC 6793), without a hold time, and returns after the
// router's KEEPALIVE.
func open(conn net.Conn, id byte) error {
	hello := []byte{
		4, 0xfb, 0xff, 0, 0, 192, 0, 2, id,
		20, 2, 18, 1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 65, 4, 0, 0, 0xfb, 0xff,
	}
	if _, err := conn.Write(append(message(1, hello), message(4, nil)...)); err != nil {
		return err
	}
	for kind := byte(0); kind != 4; {
		header := make([]byte, 19)
		if _, err := io.ReadFull(conn, header); err != nil {
			return err
		}
		rest := make([]byte, int(binary.BigEndian.Uint16(header[16:]))-19)
		if _, err := io.ReadFull(conn, rest); err != nil {
			return err
		}
		if kind = header[18]; kind == 3 {
			return fmt.Errorf("the router refuses the session: NOTIFICATION % x", rest)
		}
	}
	return nil
}

// announce writes an UPDATE for each run of routes with one path and family.
func announce(w io.Writer, routes []Route) error {
	for len(routes) > 0 {
		n, size := 1, 0
		for n < len(routes) && routes[n].Path == routes[0].Path && size < 2000 &&
			routes[n].Prefix.Addr().BitLen() == routes[0].Prefix.Addr().BitLen() {
			size += 17
			n++
		}
		body, err := update(routes[:n])
		if err != nil {
			return err
		}
		if _, err := w.Write(message(2, body)); err != nil {
			return err
		}
		routes = routes[n:]
	}
	return nil
}

// update builds the body of an UPDATE.
func update(routes []Route) ([]byte, error) {
	segments, err := encodePath(routes[0].Path)
	if err != nil {
		return nil, err
	}
	var nlri []byte
	for _, r := range routes {
		nlri = append(nlri, byte(r.Prefix.Bits()))
		nlri = append(nlri, r.Prefix.Addr().AsSlice()[:(r.Prefix.Bits()+7)/8]...)
	}
	attrs := []byte{0x40, 1, 1, 0, 0x50, 2}
	attrs = binary.BigEndian.AppendUint16(attrs, uint16(len(segments)))
	attrs = append(attrs, segments...)
	if routes[0].Prefix.Addr().Is4() {
		attrs = append(attrs, 0x40, 3, 4, 192, 0, 2, 1)
	} else {
		reach := append([]byte{0, 2, 1, 16}, netip.MustParseAddr("2001:db8:ffff::1").AsSlice()...)
		reach = append(append(reach, 0), nlri...)
		attrs = binary.BigEndian.AppendUint16(append(attrs, 0x90, 14), uint16(len(reach)))
		attrs, nlri = append(attrs, reach...), nil
	}
	body := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(attrs)))
	return append(append(body, attrs...), nlri...), nil
}

func message(kind byte, body []byte) []byte {
	m := make([]byte, 16, 19+len(body))
	for i := range m {
		m[i] = 0xff
	}
	m = binary.BigEndian.AppendUint16(m, uint16(19+len(body)))
	return append(append(m, kind), body...)
}

// encodePath turns the text of a path into segments (RFC 4271 section 4.3 b):
// type 2 for a sequence, 1 for a set.
func encodePath(path string) ([]byte, error) {
	var out []byte
	sequence := -1 // where the open sequence begins in out
	for word := range strings.FieldsSeq(path) {
		members, isSet := strings.CutPrefix(word, "{")
		numbers := strings.Split(strings.TrimSuffix(members, "}"), ",")
		switch {
		case isSet:
			out, sequence = append(out, 1, byte(len(numbers))), -1
		case sequence >= 0 && out[sequence+1] < 255:
			out[sequence+1]++
		default:
			sequence = len(out)
			out = append(out, 2, 1)
		}
		for _, text := range numbers {
			n, err := strconv.ParseUint(text, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("path %q: %w", path, err)
			}
			out = binary.BigEndian.AppendUint32(out, uint32(n))
		}
	}
	return out, nil
}
