package bgp_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/bgp"
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

func TestNextMessage(t *testing.T) {
	ones := strings.Repeat("ff", 16)
	for _, tt := range []struct {
		name, in string
		want     string
		err      error
	}{
		{"keepalive", ones + "0013 04", "KEEPALIVE", nil},
		{"two messages", ones + "0015 03 0602" + ones + "0013 04", "NOTIFICATION 0602", nil},
		{"cut header", ones + "0013", "", bgp.ErrShort},
		{"cut body", ones + "0017 02 0000", "", bgp.ErrShort},
		{"shorter than its header", ones + "0012 04", "", bgp.ErrLength},
		{"no marker", "ffff00", "", bgp.ErrMarker},
		{"nothing", "", "", bgp.ErrShort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := unhex(t, tt.in)
			m, rest, err := bgp.NextMessage(in)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error: got %v, want %v", err, tt.err)
			}
			if err != nil {
				if len(rest) != len(in) {
					t.Errorf("took %d bytes of what is no message", len(in)-len(rest))
				}
				return
			}
			got := strings.TrimSpace(fmt.Sprintf("%s %x", m.Type, m.Body))
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	v4, v6 := bgp.Family{AFI: bgp.AFIIPv4, SAFI: bgp.SAFIUnicast}, bgp.Family{AFI: bgp.AFIIPv6, SAFI: bgp.SAFIUnicast}
	const fixed = "04 5ba0 00b4 c0000201"
	old := bgp.Open{Version: 4, ASN: 23456, HoldTime: 180, ID: netip.MustParseAddr("192.0.2.1"), Role: bgp.RoleNone}
	full := old
	full.AS4, full.ASN, full.Long, full.Role = true, 65551, true, bgp.RoleCustomer
	full.Families = []bgp.Family{v4, v6}
	full.AddPathReceive = bgp.Families(0).With(v4)
	full.AddPathSend = full.AddPathReceive.With(v6)
	capabilities := "0104 00010001 0104 00020001 4104 0001000f 0600 0901 03 4508 00010103 00020102"
	for _, tt := range []struct {
		name, in string
		want     bgp.Open
		err      error
	}{
		{"without parameters", fixed + "00", old, nil},
		{"one list", fixed + "23 0221" + capabilities, full, nil},
		{"extended parameters", fixed + "ff ff 0024 02 0021" + capabilities, full, nil},
		{"unknown parameter", fixed + "03 01 01 00", old, nil},
		{"capability of a wrong length", fixed + "06 02 04 4102 0001", old, nil},
		{"cut", fixed, bgp.Open{}, bgp.ErrShort},
		{"parameters cut", fixed + "04 0202", old, bgp.ErrOpen},
		{"capability cut", fixed + "04 0202 4104", old, bgp.ErrOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bgp.ParseOpen(unhex(t, tt.in))
			if !errors.Is(err, tt.err) {
				t.Fatalf("error: got %v, want %v", err, tt.err)
			}
			got.Capabilities = nil
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
				t.Errorf("OPEN (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNegotiate tells the two directions of a session apart.
func TestNegotiate(t *testing.T) {
	v4 := bgp.Families(0).With(bgp.IPv4())
	server := bgp.Open{AS4: true, AddPathSend: v4}
	client := bgp.Open{AS4: true, AddPathReceive: v4}
	old := bgp.Open{}
	for _, tt := range []struct {
		name     string
		from, to bgp.Open
		want     bgp.Session
	}{
		{"server to client", server, client, bgp.Session{AS4: true, AddPath: v4}},
		{"client to server", client, server, bgp.Session{AS4: true}},
		{"server to old speaker", server, old, bgp.Session{}},
	} {
		if got := bgp.Negotiate(tt.from, tt.to); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestNotification(t *testing.T) {
	got, err := bgp.ParseNotification(unhex(t, "0602 41"))
	if err != nil || got.String() != "cease (6/2)" || !bytes.Equal(got.Data, []byte("A")) {
		t.Errorf("got %v %q, error %v", got, got.Data, err)
	}
	if _, err := bgp.ParseNotification([]byte{6}); !errors.Is(err, bgp.ErrShort) {
		t.Errorf("error: got %v, want ErrShort", err)
	}
}
