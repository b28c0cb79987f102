package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// readAll reads a file and returns its packets, with data of their own.
func readAll(file []byte) ([]Packet, error) {
	r := NewReader(bytes.NewReader(file), Limits{})
	var out []Packet
	for {
		p, err := r.Next()
		if err != nil {
			return out, err
		}
		kept := *p
		kept.Data = bytes.Clone(p.Data)
		out = append(out, kept)
	}
}

func TestReader(t *testing.T) {
	frame := ether(0x0800, tcp4(1, false, "hello"))
	little, big := binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)
	packet := func(offset int64, when time.Time) []Packet {
		return []Packet{{Offset: offset, Time: when, Link: LinkEthernet, Data: frame, Length: len(frame)}}
	}
	simple := block(little, blockSimple, little.AppendUint32(nil, uint32(len(frame))), frame)
	other := block(big, 5, make([]byte, 40)) // statistics
	for _, tc := range []struct {
		name string
		file []byte
		want []Packet
		err  error
	}{
		{"microseconds, little", classic(little, magicMicro, LinkEthernet, frame), packet(40, at(1_600_000_000, 123_456_000)), io.EOF},
		{"microseconds, big", classic(big, magicMicro, LinkEthernet, frame), packet(40, at(1_600_000_000, 123_456_000)), io.EOF},
		{"nanoseconds, little", classic(little, magicNano, LinkEthernet, frame), packet(40, at(1_600_000_000, 123_456)), io.EOF},
		{"no packets", classic(little, magicMicro, LinkEthernet), nil, io.EOF},
		{"pcapng, nanoseconds", append(section(big, 9), enhancedBlock(big, 5_000_000_007, frame)...), packet(28+28+28, at(5, 7)), io.EOF},
		{"pcapng, powers of two", append(section(little, 0x80|10), enhancedBlock(little, 1024+512, frame)...), packet(28+28+28, at(1, 500_000_000)), io.EOF},
		{"pcapng, other blocks", bytes.Join([][]byte{section(big, 6), other, enhancedBlock(big, 1, frame)}, nil), packet(28+28+52+28, at(0, 1000)), io.EOF},
		{"pcapng, without time", append(section(little, 6), simple...), packet(28+28+12, time.Time{}), io.EOF},
		{"cut packet", classic(little, magicMicro, LinkEthernet, frame)[:60], nil, ErrCut},
		{"cut block", append(section(little, 6), simple[:30]...), nil, ErrCut},
		{"cut other block", append(section(big, 6), other[:20]...), nil, ErrCut},
		{"cut header", classic(little, magicMicro, LinkEthernet)[:20], nil, ErrCut},
		{"empty", nil, nil, ErrFormat},
		{"another format", []byte("hello world"), nil, ErrFormat},
		{"impossible packet", append(classic(little, magicMicro, LinkEthernet), bytes.Repeat([]byte{0xff}, 16)...), nil, ErrCorrupt},
		{"impossible block", append(section(little, 6), 6, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0), nil, ErrCorrupt},
		{"block before a section", append(block(big, blockSection, make([]byte, 16)), simple...), nil, ErrCorrupt},
		{"no interface", append(section(little, 6)[:28], simple...), nil, ErrCorrupt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := readAll(tc.file)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("packets (-want +got):\n%s", diff)
			}
			if !errors.Is(err, tc.err) {
				t.Errorf("got error %v, want %v", err, tc.err)
			}
			if want := !errors.Is(tc.err, ErrFormat); Plausible(tc.file) != want && !errors.Is(tc.err, ErrCorrupt) {
				t.Errorf("plausible: got %t, want %t", !want, want)
			}
		})
	}
}

// TestSegment wraps one segment in every way in which it may come.
func TestSegment(t *testing.T) {
	v4, v6 := tcp4(7, false, "hello"), tcp6(7, "hello")
	fragment := bytes.Clone(v4)
	fragment[6] = 0x20
	udp := bytes.Clone(v4)
	udp[9] = 17
	sll := append(make([]byte, 14), 0x08, 0)
	sll2 := append([]byte{0x86, 0xdd}, make([]byte, 18)...)
	for _, tc := range []struct {
		name  string
		link  LinkType
		frame []byte
		err   error
		cut   int
	}{
		{"Ethernet", LinkEthernet, ether(0x0800, v4), nil, 0},
		{"Ethernet, IPv6", LinkEthernet, ether(0x86dd, v6), nil, 0},
		{"Ethernet, two VLANs", LinkEthernet, ether(0x0800, v4, 1, 2), nil, 0},
		{"Ethernet, padded", LinkEthernet, append(ether(0x0800, v4), 0, 0, 0), nil, 0},
		{"raw", LinkRaw, v6, nil, 0},
		{"loopback", LinkNull, append([]byte{2, 0, 0, 0}, v4...), nil, 0},
		{"Linux", LinkSLL, append(sll, v4...), nil, 0},
		{"Linux, second version", LinkSLL2, append(sll2, v6...), nil, 0},
		{"cut by the capture", LinkRaw, v4[:len(v4)-2], nil, 2},
		{"fragment", LinkRaw, fragment, ErrFragment, 0},
		{"UDP", LinkRaw, udp, ErrNotTCP, 0},
		{"ARP", LinkEthernet, ether(0x0806, v4), ErrNotTCP, 0},
		{"endless VLANs", LinkEthernet, ether(0x0800, v4, 1, 2, 3, 4, 5), ErrNotTCP, 0},
		{"unknown link", 147, v4, ErrLink, 0},
		{"cut header", LinkRaw, v4[:39], ErrHeader, 0},
		{"nothing", LinkRaw, nil, ErrHeader, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := classic(binary.LittleEndian, magicMicro, tc.link, tc.frame)
			packets, err := readAll(file)
			if err != io.EOF || len(packets) != 1 {
				t.Fatalf("got %d packets and error %v", len(packets), err)
			}
			s, err := ParseSegment(&packets[0])
			if !errors.Is(err, tc.err) {
				t.Fatalf("got error %v, want %v", err, tc.err)
			}
			if err != nil {
				return
			}
			if got, want := string(s.Data), "hello"[:5-tc.cut]; got != want || s.Seq != 7 || s.Cut != tc.cut || s.SYN {
				t.Errorf("got %+v with data %q, want %q at 7", s, got, want)
			}
			if s.Src.Port() != 1000 || s.Dst.Port() != 5000 {
				t.Errorf("got ports %v", s.Flow)
			}
		})
	}
}
