package bird_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

// announce lets BIRD learn one route for each path over a BGP session on the
// loopback, and returns which paths its import filter, the body of a filter
// block, accepted.
func announce(t testing.TB, conf func(protocols string) string, filter string, paths []string) []bool {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.2:0")
	if err != nil {
		t.Skipf("no second loopback address to speak BGP on: %v", err)
	}
	defer listener.Close()
	d := start(t, conf(fmt.Sprintf(`
protocol bgp test {
  local 127.0.0.1 port %d as 64496; neighbor 127.0.0.2 port %d as 64511;
  multihop; connect delay time 0; hold time 0;
  ipv4 { import filter { %s accept; }; export none; };
}
`, freePort(t), listener.Addr().(*net.TCPAddr).Port, filter)))
	if err := listener.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatalf("bird does not connect: %v", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := speak(conn, paths); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, conn) }() // ends with the connection
	d.await(t, len(paths))
	accepted := make([]bool, len(paths))
	for line := range strings.Lines(d.ask(t, "show route protocol test")) {
		text, _, _ := strings.Cut(line, "/")
		if a, err := netip.ParseAddr(text); err == nil {
			b := a.As4()
			accepted[binary.BigEndian.Uint32(b[:])-firstRoute] = true
		}
	}
	return accepted
}

// firstRoute is 11.0.0.0: the routes are single addresses from there on.
const firstRoute = 11 << 24

// freePort returns a port that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// await waits until BIRD has taken in n routes.
func (d daemon) await(t testing.TB, n int) {
	t.Helper()
	var answer string
	for range 600 {
		answer = d.ask(t, "show protocols all test")
		for line := range strings.Lines(answer) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "Import updates:"); ok {
				if received, err := strconv.Atoi(strings.Fields(rest)[0]); err == nil && received == n {
					return
				}
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("bird did not take in %d routes:\n%s", n, answer)
}

// speak opens the session (RFC 4271) with numbers of 4 bytes (RFC 6793) and
// without a hold time, and sends an UPDATE for each path.
func speak(conn net.Conn, paths []string) error {
	open := []byte{4, 0xfb, 0xff, 0, 0, 192, 0, 2, 1, // AS64511
		14, 2, 12, 1, 4, 0, 1, 0, 1, 65, 4, 0, 0, 0xfb, 0xff} // IPv4 unicast, 4-byte numbers
	if _, err := conn.Write(append(message(1, open), message(4, nil)...)); err != nil {
		return err
	}
	for kind := byte(0); kind != 4; { // until BIRD's KEEPALIVE
		header := make([]byte, 19)
		if _, err := io.ReadFull(conn, header); err != nil {
			return err
		}
		if kind = header[18]; kind == 3 {
			return fmt.Errorf("bird refuses the session")
		}
		if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint16(header[16:]))-19); err != nil {
			return err
		}
	}
	var out []byte
	for i, path := range paths {
		segments, err := encodePath(path)
		if err != nil {
			return err
		}
		attrs := []byte{0x40, 1, 1, 0, 0x40, 3, 4, 192, 0, 2, 1, 0x50, 2}
		attrs = binary.BigEndian.AppendUint16(attrs, uint16(len(segments)))
		attrs = append(attrs, segments...)
		body := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(attrs)))
		body = append(append(body, attrs...), 32)
		body = binary.BigEndian.AppendUint32(body, firstRoute+uint32(i))
		out = append(out, message(2, body)...)
	}
	_, err := conn.Write(out)
	return err
}

func message(kind byte, body []byte) []byte {
	m := make([]byte, 16, 19+len(body))
	for i := range m {
		m[i] = 0xff
	}
	m = binary.BigEndian.AppendUint16(m, uint16(19+len(body)))
	return append(append(m, kind), body...)
}

// encodePath turns "64496 64497 {64498,64499}" into segments (RFC 4271 section
// 4.3 b): type 2 for a sequence, 1 for a set.
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
