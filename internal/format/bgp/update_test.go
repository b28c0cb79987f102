package bgp_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/bgp"
)

// Attributes that the tests put together.
const (
	origin  = "40 01 01 00"
	path    = "40 02 06 02 02 fbf0 fbf1" // AS64496 AS64497
	path4   = "40 02 0a 02 02 0000fbf0 0001000f"
	nextHop = "40 03 04 c0000201"
	mp6     = "80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8"
)

// updateOf returns the body of an UPDATE.
func updateOf(t testing.TB, withdrawn, attrs, announced string) []byte {
	t.Helper()
	w, a := unhex(t, withdrawn), unhex(t, attrs)
	return unhex(t, fmt.Sprintf("%04x %x %04x %x %s", len(w), w, len(a), a, announced))
}

// lines returns all that an update says, as text.
func lines(u *bgp.Update) []string {
	var out []string
	var routes bgp.Routes
	walk := func(word string, lists [2]bgp.NLRI) {
		for _, list := range lists {
			for routes.Reset(list); routes.Next(); {
				r := routes.Route()
				line := word
				if r.Prefix.IsValid() {
					line += " " + r.Prefix.String()
				}
				if list.AddPath {
					line += fmt.Sprintf(" id %d", r.PathID)
				}
				if r.RD != 0 {
					line += fmt.Sprintf(" rd %x", r.RD)
				}
				if r.Label != 0 {
					line += fmt.Sprintf(" label %d", r.Label)
				}
				if r.Kind != 0 {
					line += fmt.Sprintf(" kind %d", r.Kind)
				}
				out = append(out, line)
			}
			if err := routes.Err(); err != nil {
				out = append(out, word+": "+err.Error())
			}
		}
	}
	walk("withdraw", u.Withdrawn())
	walk("announce", u.Announced())
	if u.ASPath != nil {
		out = append(out, fmt.Sprintf("path %x", u.ASPath))
	}
	if u.NextHop.IsValid() {
		out = append(out, "via "+u.NextHop.String())
	}
	if f, ok := u.EndOfRIB(); ok {
		out = append(out, "end of "+f.String())
	}
	if u.Treatment != bgp.Accept {
		out = append(out, fmt.Sprintf("%s: %v", u.Treatment, u.Fault))
	}
	return out
}

func TestUpdate(t *testing.T) {
	addPath := bgp.Session{AddPath: bgp.AllFamilies()}
	for _, tt := range []struct {
		name                        string
		session                     bgp.Session
		withdrawn, attrs, announced string
		want                        string // lines
	}{
		{"announcement", bgp.Session{}, "", origin + path + nextHop, "18 c63364 19 cb007180",
			"announce 198.51.100.0/24|announce 203.0.113.128/25|path 0202fbf0fbf1|via 192.0.2.1"},
		{"bits after a prefix are cleared", bgp.Session{}, "", origin + path + nextHop, "14 c6337f",
			"announce 198.51.112.0/20|path 0202fbf0fbf1|via 192.0.2.1"},
		{"withdrawal", bgp.Session{}, "18 c63364 00", "", "", "withdraw 198.51.100.0/24|withdraw 0.0.0.0/0"},
		{"IPv6", bgp.Session{AS4: true}, "", origin + path4 + mp6, "",
			"announce 2001:db8::/32|path 02020000fbf00001000f|via 2001:db8::1"},
		{"several paths", addPath, "00000007 18 c63364", origin + path + nextHop, "00000001 18 cb0071 00000002 18 cb0071",
			"withdraw 198.51.100.0/24 id 7|announce 203.0.113.0/24 id 1|announce 203.0.113.0/24 id 2|path 0202fbf0fbf1|via 192.0.2.1"},
		{"end of table", bgp.Session{}, "", "", "", "end of IPv4 unicast"},
		{"end of IPv6 table", bgp.Session{}, "", "80 0f 03 0002 01", "", "end of IPv6 unicast"},
		{"labels", bgp.Session{}, "", origin + path + "80 0e 13 0001 04 04 c0000201 00 48 000100 000211 c63364", "",
			"announce 198.51.100.0/24 label 16|path 0202fbf0fbf1|via 192.0.2.1"},
		{"VPN", bgp.Session{}, "", origin + path + "80 0e 20 0001 80 0c 0000000000000000 c0000201 00 70 000211 0000fbf000000001 c63364", "",
			"announce 198.51.100.0/24 rd fbf000000001 label 33|path 0202fbf0fbf1|via 192.0.2.1"},
		{"VPN withdrawn", bgp.Session{}, "", "80 0f 12 0001 80 70 800000 0000fbf000000001 c63364", "",
			"withdraw 198.51.100.0/24 rd fbf000000001 label 524288"},
		{"EVPN prefix", bgp.Session{}, "", origin + path + "80 0e 2d 0019 46 04 c0000201 00 05 22 0000fbf000000001 00000000000000000000 00000000 18 c6336400 00000000 000000", "",
			"announce 198.51.100.0/24 rd fbf000000001 kind 5|path 0202fbf0fbf1|via 192.0.2.1"},
		{"unknown family", bgp.Session{}, "", origin + path + "80 0e 0a 4004 47 04 c0000201 00 00", "",
			"announce: 1 bytes of AFI 16388 SAFI 71: address family not supported|path 0202fbf0fbf1|via 192.0.2.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var u bgp.Update
			if err := u.Parse(updateOf(t, tt.withdrawn, tt.attrs, tt.announced), tt.session); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(tt.want, "|"), lines(&u)); diff != "" {
				t.Errorf("update (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTreatment holds damaged updates against RFC 7606.
func TestTreatment(t *testing.T) {
	sound := origin + path + nextHop
	const route = "18 c63364"
	for _, tt := range []struct {
		name, attrs, announced string
		want                   bgp.Treatment
		fault                  string
	}{
		{"sound", sound, route, bgp.Accept, ""},
		{"ORIGIN of two bytes", "40 01 02 0000" + path + nextHop, route, bgp.Withdraw, "ORIGIN"},
		{"ORIGIN 3", "40 01 01 03" + path + nextHop, route, bgp.Withdraw, "impossible value"},
		{"no AS_PATH", origin + nextHop, route, bgp.Withdraw, "AS_PATH: mandatory"},
		{"no NEXT_HOP", origin + path, route, bgp.Withdraw, "NEXT_HOP: mandatory"},
		{"MP_REACH needs no NEXT_HOP", origin + path + mp6, "", bgp.Accept, ""},
		{"path longer than its bytes", origin + "40 02 04 02 02 fbf0" + nextHop, route, bgp.Withdraw, "segments"},
		{"empty segment", origin + "40 02 02 02 00" + nextHop, route, bgp.Withdraw, "segments"},
		{"segment type 5", origin + "40 02 04 05 01 fbf0" + nextHop, route, bgp.Withdraw, "segments"},
		{"well-known as optional", "c0 01 01 00" + path + nextHop, route, bgp.Withdraw, "flags"},
		{"ATOMIC_AGGREGATE with a value", sound + "40 06 01 00", route, bgp.Discard, "ATOMIC_AGGREGATE"},
		{"AGGREGATOR of 8 bytes", sound + "c0 07 08 0000fbf0c0000201", route, bgp.Discard, "AGGREGATOR"},
		{"no community", sound + "c0 08 00", route, bgp.Withdraw, "COMMUNITIES"},
		{"large community of 8 bytes", sound + "c0 20 08 0000fbf000000001", route, bgp.Withdraw, "LARGE_COMMUNITY"},
		{"broken AS4_PATH", sound + "c0 11 03 02 01 00", route, bgp.Discard, "AS4_PATH"},
		{"ORIGIN twice", origin + sound, route, bgp.Accept, ""},
		{"MP_REACH twice", origin + path + mp6 + mp6, "", bgp.ResetSession, "twice"},
		{"MP_REACH cut", origin + path + "80 0e 04 0002 01 10", "", bgp.ResetSession, "MP_REACH_NLRI"},
		{"attribute beyond the end", sound + "40 05 04 00", route, bgp.Withdraw, "left for the last one"},
		{"prefix of 33 bits", sound, "21 c633640080", bgp.ResetSession, "/33"},
		{"prefix cut", sound, "18 c633", bgp.ResetSession, "/24 in 3 bytes"},
		{"the worst counts", "40 01 02 0000" + path + nextHop, "18 c6", bgp.ResetSession, "/24"},
		{"unknown attribute", sound + "e0 63 01 00", route, bgp.Accept, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var u bgp.Update
			err := u.Parse(updateOf(t, "", tt.attrs, tt.announced), bgp.Session{})
			if err != nil && !errors.Is(err, bgp.ErrAttributes) {
				t.Errorf("error %v", err)
			}
			if u.Treatment != tt.want || tt.fault != "" && !strings.Contains(fmt.Sprint(u.Fault), tt.fault) {
				t.Errorf("got %q because %v, want %q because of %q", u.Treatment, u.Fault, tt.want, tt.fault)
			}
		})
	}
}

// TestTornUpdate asks for what stands before the damage.
func TestTornUpdate(t *testing.T) {
	whole := updateOf(t, "18 c63364", origin+path+nextHop, "18 cb0071")
	for n := range whole {
		var u bgp.Update
		err := u.Parse(whole[:n], bgp.Session{})
		switch {
		case n < 6+4+17 && !errors.Is(err, bgp.ErrUpdate):
			t.Errorf("%d bytes: error %v", n, err)
		case err != nil && u.Treatment != bgp.ResetSession:
			t.Errorf("%d bytes: %s", n, u.Treatment)
		}
	}
}

func TestUpdateDoesNotAllocate(t *testing.T) {
	body := updateOf(t, "18 c63364", origin+path+nextHop+mp6, "18 cb0071")
	var u bgp.Update
	var routes bgp.Routes
	n := 0
	got := testing.AllocsPerRun(10, func() {
		if u.Parse(body, bgp.Session{}) != nil {
			t.Fatal("parse")
		}
		for _, list := range u.Announced() {
			for routes.Reset(list); routes.Next(); {
				n++
			}
		}
	})
	if got != 0 || n == 0 {
		t.Errorf("got %v allocations for %d routes, want none", got, n)
	}
}

func FuzzUpdate(f *testing.F) {
	f.Add(updateOf(f, "18 c63364", origin+path+nextHop, "18 cb0071"), false, uint16(0))
	f.Add(updateOf(f, "", origin+path4+mp6, ""), true, uint16(0))
	f.Add(updateOf(f, "", origin+path+"80 0e 20 0001 80 0c 0000000000000000 c0000201 00 70 000211 0000fbf000000001 c63364", ""), false, uint16(0))
	f.Add(updateOf(f, "00000007 18 c63364", origin+path+nextHop, "00000001 18 cb0071"), false, uint16(bgp.AllFamilies()))
	f.Fuzz(func(t *testing.T, body []byte, as4 bool, families uint16) {
		var u, again bgp.Update
		s := bgp.Session{AS4: as4, AddPath: bgp.Families(families)}
		err := u.Parse(body, s)
		if err != nil && u.Treatment < bgp.Withdraw {
			t.Errorf("error %v is to be treated with %s", err, u.Treatment)
		}
		if (u.Fault == nil) != (u.Treatment == bgp.Accept) {
			t.Errorf("%s because of %v", u.Treatment, u.Fault)
		}
		first := lines(&u)
		_ = again.Parse(body, s)
		if diff := cmp.Diff(first, lines(&again)); diff != "" {
			t.Errorf("the same bytes give something else:\n%s", diff)
		}
		// The other messages take any bytes without harm, too.
		_, _ = bgp.ParseOpen(body)
		_, _ = bgp.ParseNotification(body)
		_, _, _ = bgp.NextMessage(body)
	})
}
