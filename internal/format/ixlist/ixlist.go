// Package ixlist reads who is connected to which Internet exchange: the ports of
// PeeringDB (netixlan objects, in a dump of all types or in the answer for one),
// the member export of an exchange (Euro-IX JSON, version 0.6 and later), and
// plain rows of eight columns: number, mark, address, AS number, short name, long
// name, country, city.
//
// [Read] hands out one [Port] at a time, and holds nothing but the names of
// exchanges. A port says that a network can meet others at the exchange, not that
// it holds a session with any of them.
package ixlist

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/format/stream"
)

// ErrEmpty is the error of a file that lists no ports.
var ErrEmpty = errors.New("no port of an exchange")

// Port is a network's connection to an exchange.
type Port struct {
	Exchange string // its name, as the file has it
	ASN      uint32
	Addr     netip.Addr // on the exchange's LAN; not valid if the file has none
	Doubtful bool       // the file's sources do not agree about it
	Offset   int64      // of the row in bytes, -1 in JSON
	Length   int64
}

// Form is how a list is written.
type Form uint8

// Forms.
const (
	None Form = iota
	PeeringDB
	EuroIX
	Rows
)

// Detect tells the form by the first bytes of a file.
func Detect(head []byte) Form {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("{")) && bytes.Contains(text, []byte(`"ixp_list"`)):
		return EuroIX
	case bytes.HasPrefix(text, []byte("{")) && bytes.Contains(text, []byte(`"data"`)) &&
		(bytes.Contains(text, []byte(`"ixlan_id"`)) || bytes.Contains(text, []byte(`"netixlan"`))):
		return PeeringDB
	}
	line, _, whole := bytes.Cut(text, []byte("\n"))
	if _, ok := row(string(line)); ok && whole {
		return Rows
	}
	return None
}

// Read calls each for every port. The error is that of each, wraps [ErrEmpty],
// or says what is wrong with the file; malformed is how many entries could not be
// understood.
func Read(r io.Reader, form Form, each func(Port) error) (malformed uint64, err error) {
	found := false
	take := func(p Port) error {
		found = true
		return each(p)
	}
	switch form {
	case PeeringDB:
		malformed, err = readPeeringDB(r, take)
	case EuroIX:
		malformed, err = readEuroIX(r, take)
	case Rows:
		malformed, err = readRows(r, take)
	}
	if err == nil && !found {
		err = ErrEmpty
	}
	if err != nil {
		return malformed, fmt.Errorf("list of exchange ports: %w", err)
	}
	return malformed, nil
}

// netixlan is what is taken of a port of PeeringDB.
type netixlan struct {
	IX     int64  `json:"ix_id"`
	LAN    int64  `json:"ixlan_id"`
	Name   string `json:"name"`
	ASN    uint32 `json:"asn"`
	IPv4   string `json:"ipaddr4"`
	IPv6   string `json:"ipaddr6"`
	Status string `json:"status"`
}

func readPeeringDB(r io.Reader, each func(Port) error) (malformed uint64, err error) {
	err = stream.Arrays(stream.NewReader(r), func(path []string, decode func(any) error) error {
		if len(path) == 0 || len(path) == 2 && path[0] != "netixlan" || path[len(path)-1] != "data" {
			return decode(&json.RawMessage{})
		}
		var o netixlan
		if err := decode(&o); err != nil {
			return odd(err, &malformed)
		}
		switch {
		case o.LAN == 0 && len(path) == 1: // an object of another type
			return nil
		case o.Status != "ok":
			return nil // planned, or gone
		case o.ASN == 0 || o.Name == "":
			malformed++
			return nil
		}
		p := Port{Exchange: o.Name, ASN: o.ASN, Offset: -1}
		for _, text := range []string{o.IPv4, o.IPv6} {
			if addr, err := netip.ParseAddr(text); err == nil && !p.Addr.IsValid() {
				p.Addr = addr
			}
		}
		return each(p)
	})
	return malformed, err
}

// odd counts an object that is of another type than its key says; any other
// error ends the reading.
func odd(err error, malformed *uint64) error {
	if _, is := errors.AsType[*json.UnmarshalTypeError](err); is {
		*malformed++
		return nil
	}
	return err
}

// exchange and member are what is taken of a member export.
type (
	exchange struct {
		ID        int64  `json:"ixp_id"`
		ShortName string `json:"shortname"`
		Name      string `json:"name"`
	}
	member struct {
		ASN         uint32       `json:"asnum"`
		Connections []connection `json:"connection_list"`
	}
	connection struct {
		IXP   int64  `json:"ixp_id"`
		State string `json:"state"`
		VLANs []struct {
			IPv4 struct {
				Address string `json:"address"`
			} `json:"ipv4"`
			IPv6 struct {
				Address string `json:"address"`
			} `json:"ipv6"`
		} `json:"vlan_list"`
	}
)

// maxExchanges bounds the names that are held of one export.
const maxExchanges = 10_000

func readEuroIX(r io.Reader, each func(Port) error) (malformed uint64, err error) {
	names := make(map[int64]string)
	err = stream.Arrays(stream.NewReader(r), func(path []string, decode func(any) error) error {
		if len(path) != 1 {
			return decode(&json.RawMessage{})
		}
		switch path[0] {
		case "ixp_list":
			var x exchange
			if err := decode(&x); err != nil {
				return odd(err, &malformed)
			}
			if name := firstOf(x.ShortName, x.Name); name != "" && len(names) < maxExchanges {
				names[x.ID] = name
			}
			return nil
		case "member_list":
			var m member
			if err := decode(&m); err != nil {
				return odd(err, &malformed)
			}
			if m.ASN == 0 {
				malformed++
				return nil
			}
			return m.ports(names, each)
		}
		return decode(&json.RawMessage{})
	})
	return malformed, err
}

// ports hands out the ports of a member that are in use.
func (m *member) ports(names map[int64]string, each func(Port) error) error {
	for _, c := range m.Connections {
		if c.State != "" && c.State != "active" {
			continue
		}
		p := Port{Exchange: firstOf(names[c.IXP], "exchange "+strconv.FormatInt(c.IXP, 10)), ASN: m.ASN, Offset: -1}
		for _, v := range c.VLANs {
			for _, text := range []string{v.IPv4.Address, v.IPv6.Address} {
				if addr, err := netip.ParseAddr(text); err == nil && !p.Addr.IsValid() {
					p.Addr = addr
				}
			}
		}
		if err := each(p); err != nil {
			return err
		}
	}
	return nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// maxRow bounds the length of a row in bytes.
const maxRow = 64 << 10

func readRows(r io.Reader, each func(Port) error) (malformed uint64, err error) {
	lines := bufio.NewReaderSize(r, maxRow)
	for offset := int64(0); ; {
		line, err := lines.ReadSlice('\n')
		if err != nil && err != io.EOF {
			return malformed, fmt.Errorf("row at byte %d: %w", offset, err)
		}
		if text := strings.TrimRight(string(line), "\r\n"); strings.TrimSpace(text) != "" {
			p, ok := row(text)
			if ok {
				p.Offset, p.Length = offset, int64(len(text))
				if err := each(p); err != nil {
					return malformed, err
				}
			} else {
				malformed++
			}
		}
		if offset += int64(len(line)); err == io.EOF {
			return malformed, nil
		}
	}
}

// row reads one row. Its names may hold commas; what stands before them may not.
func row(line string) (Port, bool) {
	f := strings.Split(line, ",")
	if len(f) < 8 {
		return Port{}, false
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	digits, numbered := strings.CutPrefix(f[3], "AS")
	asn, err := strconv.ParseUint(digits, 10, 32)
	addr, addrErr := netip.ParseAddr(f[2])
	_, noErr := strconv.ParseUint(f[0], 10, 64)
	if !numbered || err != nil || addrErr != nil || noErr != nil || f[1] != "!" && f[1] != "?" || asn == 0 {
		return Port{}, false
	}
	var name []string
	for _, part := range f[4:] {
		if part != "" && (len(name) == 0 || name[len(name)-1] != part) {
			name = append(name, part)
		}
	}
	return Port{Exchange: strings.Join(name, ", "), ASN: uint32(asn), Addr: addr, Doubtful: f[1] == "?"}, len(name) > 0
}
