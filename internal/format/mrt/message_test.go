package mrt_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/mrt"
)

// elements counts the routes and changes of state in the records of data, by
// the letters with which bgpdump marks them, and what cannot be read.
func elements(t *testing.T, data []byte) string {
	t.Helper()
	counts := map[string]int{}
	scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
	var m mrt.Message
	var u bgp.Update
	var routes bgp.Routes
	count := func(name string, lists [2]bgp.NLRI) {
		for _, list := range lists {
			for routes.Reset(list); routes.Next(); {
				counts[name]++
			}
			if routes.Err() != nil {
				counts["broken"]++
			}
		}
	}
	for {
		r, err := scanner.Next()
		var gap mrt.Gap
		switch {
		case err == io.EOF:
			return countText(counts)
		case errors.As(err, &gap):
			continue
		case err != nil:
			t.Fatal(err)
		}
		if err := m.Parse(r); err != nil {
			t.Errorf("%s at %d: %v", r.Name(), r.Offset, err)
			continue
		}
		switch {
		case m.Changed:
			counts["STATE"]++
		case m.Type == bgp.TypeUpdate:
			if err := u.Parse(m.Body, m.Session); err != nil {
				counts["broken"]++
			}
			count("A", u.Announced())
			count("W", u.Withdrawn())
		}
	}
}

// TestElements holds the routes of real update files against the goldens.
func TestElements(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"updates.et-header.2015.gz", "A:577737 STATE:4 W:3"},
		{"updates.20070211.0141.gz", "A:51329 W:2328"},
		{"updates.20071015.1505.gz", "A:10111 W:385"},
		{"rrc00.updates.19990903.1041.gz", "A:65286 STATE:4 W:25"},
		{"rrc00.updates.19991214.1621.gz", "A:54126 STATE:27 W:1363"},
		{"rrc00.updates.20000102.2014.gz", "A:5668 STATE:16 W:675"},
		{"rrc00.updates.20000325.0345.gz", "A:4660 STATE:307 W:718"},
		{"rrc03.updates.20100227.1600.first796.gz", "A:1226 STATE:4 W:133"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := elements(t, readShared(t, tt.name)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestMessage covers every subtype, and the forms that old writers left.
func TestMessage(t *testing.T) {
	const (
		keepalive = "ffffffffffffffffffffffffffffffff 0013 04"
		ends      = "0003 0001 c0000201 c0000202"
		ends6     = "0000 0002 20010db8000000000000000000000001 20010db8000000000000000000000002"
	)
	for _, tt := range []struct {
		name    string
		kind    mrt.Type
		subtype uint16
		body    string
		want    string
		err     error
	}{
		{"message", mrt.TypeBGP4MP, mrt.MessageAS2, "fbf0 fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 KEEPALIVE", nil},
		{"4 bytes, IPv6", mrt.TypeBGP4MP, mrt.MessageAS4, "0001000f 0000fbf1" + ends6 + keepalive,
			"2001:db8::1 AS65551 to 2001:db8::2 AS64497 as4 KEEPALIVE", nil},
		{"microseconds", mrt.TypeBGP4MPET, mrt.MessageAS2, "000f0000 fbf0 fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 KEEPALIVE", nil},
		{"sent", mrt.TypeBGP4MP, mrt.MessageLocal, "fbf0 fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 sent KEEPALIVE", nil},
		{"sent, 4 bytes", mrt.TypeBGP4MP, mrt.MessageAS4Local, "0000fbf0 0000fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 as4 sent KEEPALIVE", nil},
		{"several paths", mrt.TypeBGP4MP, mrt.MessageAddPath, "fbf0 fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 paths KEEPALIVE", nil},
		{"several paths, 4 bytes", mrt.TypeBGP4MP, mrt.MessageAS4AddPath, "0000fbf0 0000fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 as4 paths KEEPALIVE", nil},
		{"several paths, sent", mrt.TypeBGP4MP, mrt.MessageLocalAddPath, "fbf0 fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 sent paths KEEPALIVE", nil},
		{"several paths, sent, 4 bytes", mrt.TypeBGP4MP, mrt.MessageAS4LocalAddPath, "0000fbf0 0000fbf1" + ends + keepalive,
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 as4 sent paths KEEPALIVE", nil},
		{"state change", mrt.TypeBGP4MP, mrt.StateChange, "fbf0 fbf1" + ends + "0005 0006",
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 OpenConfirm to Established", nil},
		{"state change, 4 bytes", mrt.TypeBGP4MPET, mrt.StateChangeAS4, "00000000 0000fbf0 0000fbf1" + ends6 + "0006 0007",
			"2001:db8::1 AS64496 to 2001:db8::2 AS64497 as4 Established to Clearing", nil},
		{"short state change", mrt.TypeBGP4MP, mrt.StateChange, "fbf0 fbf1 0006 0001",
			"invalid IP AS64496 to invalid IP AS64497 Established to Idle", nil},
		{"OPEN without ends", mrt.TypeBGP4MP, mrt.MessageAS2, "fbf0 fbf1 ffffffffffffffffffffffffffffffff 001d 01 04fbf000b4c000020100",
			"invalid IP AS64496 to invalid IP AS64497 OPEN", nil},
		{"type 5 update", mrt.TypeBGP, mrt.BGPUpdate, "fbf0 c0000201 fbf1 c0000202 0000 0000",
			"192.0.2.1 AS64496 to 192.0.2.2 AS64497 UPDATE", nil},
		{"type 5 state change", mrt.TypeBGP, mrt.BGPStateChange, "fbf0 c0000201 0008 0001",
			"192.0.2.1 AS64496 to invalid IP AS0 Deleted to Idle", nil},
		{"type 5 SYNC", mrt.TypeBGP, 4, "fbf0 c0000201 fbf1 c0000202", "", mrt.ErrNoMessage},
		{"type 5 cut", mrt.TypeBGP, mrt.BGPUpdate, "fbf0 c0000201 fbf1", "", mrt.ErrTruncated},
		{"state 9", mrt.TypeBGP4MP, mrt.StateChange, "fbf0 fbf1" + ends + "0009 0001", "", mrt.ErrState},
		{"AFI 3", mrt.TypeBGP4MP, mrt.MessageAS2, "fbf0 fbf1 0000 0003 c0000201 c0000202" + keepalive, "", mrt.ErrFamily},
		{"snapshot", mrt.TypeBGP4MP, 3, "fbf0 fbf1" + ends, "", mrt.ErrNoMessage},
		{"cut message", mrt.TypeBGP4MP, mrt.MessageAS2, "fbf0 fbf1" + ends + "ffffffffffffffffffffffffffffffff 0017 02 0000", "", bgp.ErrShort},
		{"no marker", mrt.TypeBGP4MP, mrt.MessageAS2, "fbf0 fbf1" + ends + "00ffffffffffffffffffffffffffffff 0013 04", "", bgp.ErrMarker},
		{"cut microseconds", mrt.TypeBGP4MPET, mrt.MessageAS2, "0000", "", mrt.ErrTruncated},
		{"cut addresses", mrt.TypeBGP4MP, mrt.MessageAS2, "fbf0 fbf1 0003 0001 c0000201", "", mrt.ErrTruncated},
		{"a table", mrt.TypeTableDump, 1, "", "", mrt.ErrNoMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body, err := hex.DecodeString(strings.ReplaceAll(tt.body, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			var m mrt.Message
			err = m.Parse(mrt.Record{Type: tt.kind, Subtype: tt.subtype, Body: body})
			if !errors.Is(err, tt.err) {
				t.Fatalf("error: got %v, want %v", err, tt.err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(tt.want, messageText(&m)); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

// messageText returns all that a message says, as text.
func messageText(m *mrt.Message) string {
	text := fmt.Sprintf("%s AS%d to %s AS%d", m.Peer.Addr, m.Peer.ASN, m.Local.Addr, m.Local.ASN)
	if m.Session.AS4 {
		text += " as4"
	}
	if m.Sent {
		text += " sent"
	}
	if m.Session.AddPath != 0 {
		text += " paths"
	}
	if m.Changed {
		return text + fmt.Sprintf(" %s to %s", m.Old, m.New)
	}
	return text + " " + m.Type.String()
}
