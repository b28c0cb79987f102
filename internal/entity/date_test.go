package entity_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
)

func TestDates(t *testing.T) {
	for _, text := range []string{
		"0001-01-01", "0001-01-02", "1583-01-01", "1600-02-29", "1900-02-28", "1969-12-31", "1970-01-01",
		"2000-02-29", "2020-02-29", "2020-08-05", "9999-12-31",
	} {
		want, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		d, err := entity.ParseDate(text)
		if err != nil {
			t.Errorf("ParseDate(%q): %v", text, err)
			continue
		}
		if d.IsZero() || d.String() != text || !d.Time().Equal(want) {
			t.Errorf("ParseDate(%q) = %q, %v", text, d, d.Time())
		}
		for _, moment := range []time.Duration{1, 12 * time.Hour, 24*time.Hour - 1} {
			if got := entity.DateOf(want.Add(moment)); got != d {
				t.Errorf("DateOf(%v) = %q, want %q", want.Add(moment), got, d)
			}
		}
		var again entity.Date
		encoded, err := d.MarshalText()
		if err != nil || again.UnmarshalText(encoded) != nil || again != d {
			t.Errorf("%q comes back as %q", encoded, again)
		}
	}
	for _, text := range []string{
		"", "2020-9-1", "01/09/2020", "2020-02-30", "1900-02-29", "0000-12-31", "10000-01-01", "2020-01-01T00:00:00Z", " 2020-01-01",
	} {
		if d, err := entity.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %q, want an error", text, d)
		}
	}
}

func TestDateOf(t *testing.T) {
	east := time.FixedZone("", 9*3600)
	for _, test := range []struct {
		in   time.Time
		want string
	}{
		{time.Time{}, ""},
		{time.Date(2020, 8, 5, 3, 0, 0, 0, east), "2020-08-04"},
		{time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), "1969-12-31"},
		{time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), "0001-01-01"},
		{time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), "9999-12-31"},
		{time.Unix(1<<60, 0), "9999-12-31"},
	} {
		if got := entity.DateOf(test.in).String(); got != test.want {
			t.Errorf("DateOf(%v) = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestDateOrder compares with package time on random days.
func TestDateOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	random := func() time.Time { return time.Date(1, 1, 2+r.IntN(3_652_000), 0, 0, 0, 0, time.UTC) }
	for range 20_000 {
		x, y := random(), random()
		a, b := entity.DateOf(x), entity.DateOf(y)
		if a.String() != x.Format(time.DateOnly) || a.Compare(b) != x.Compare(y) || a.Before(b) != x.Before(y) {
			t.Fatalf("%v and %v give %q and %q", x, y, a, b)
		}
	}
}

func TestIntervals(t *testing.T) {
	in := func(from, to string) entity.Interval { return entity.Interval{From: day(t, from), To: day(t, to)} }
	intervals := []entity.Interval{
		{}, in("2020-01-01", ""), in("", "2020-01-01"), in("2020-01-01", "2020-01-02"),
		in("2019-12-31", "2020-01-01"), in("2020-01-02", "2020-01-05"), in("2019-01-01", "2021-01-01"),
	}
	var days []entity.Date
	for d := time.Date(2018, 12, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2022; d = d.AddDate(0, 0, 1) {
		days = append(days, entity.DateOf(d))
	}
	for _, a := range intervals {
		for _, b := range intervals {
			shared := false
			for _, d := range days {
				inA := (a.From.IsZero() || d.String() >= a.From.String()) && (a.To.IsZero() || d.String() < a.To.String())
				if inA != a.Contains(d) {
					t.Fatalf("%s contains %s: got %t", a, d, !inA)
				}
				shared = shared || inA && b.Contains(d)
			}
			if got := a.Overlaps(b); got != shared {
				t.Errorf("%s overlaps %s: got %t, want %t", a, b, got, shared)
			}
		}
	}
	for _, test := range []struct{ got, want string }{
		{intervals[0].String(), "always"}, {intervals[1].String(), "2020-01-01.."}, {intervals[3].String(), "2020-01-01..2020-01-02"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestParseRange(t *testing.T) {
	for text, want := range map[string]entity.Range{
		"100": {Lo: 1_000_000, Hi: 1_000_000}, "0": {}, "19.9": {Lo: 199_000, Hi: 199_000}, " 19.9% ": {Lo: 199_000, Hi: 199_000},
		"33.3333": {Lo: 333_333, Hi: 333_333}, "33.33333": {Lo: 333_333, Hi: 333_334}, "0.00001": {Lo: 0, Hi: 1},
		"[50,100]": {Lo: 500_000, Hi: 1_000_000}, "(50,100]": {Lo: 500_001, Hi: 1_000_000}, "[0,50)": {Lo: 0, Hi: 499_999},
		"(0, 100)": {Lo: 1, Hi: 999_999}, "[33.33333,66.66666]": {Lo: 333_333, Hi: 666_667}, "[50%,60%]": {Lo: 500_000, Hi: 600_000},
		"(33.33333,50]": {Lo: 333_333, Hi: 500_000}, "[0,33.33333)": {Lo: 0, Hi: 333_334},
	} {
		got, err := entity.ParseRange(text)
		if err != nil {
			t.Errorf("ParseRange(%q): %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseRange(%q) (-want +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{
		"", "x", "-1", "101", "100.00001", "1e2", "1/2", "..", "50,60", "[50]", "[50", "50]", "[50,", "[,]", "[60,50]", "(50,50]", "[50,50)",
		"[50,60,70]", "[50,101]", "0x10", "1_0", "NaN", "[(1,2)]", "99999999999999999999999999999999999",
	} {
		if got, err := entity.ParseRange(text); err == nil {
			t.Errorf("ParseRange(%q) = %v, want an error", text, got)
		}
	}
	for share, want := range map[entity.Share]string{0: "0%", 1: "0.0001%", 199_000: "19.9%", 1_000_000: "100%", 100_000: "10%"} {
		if got := share.String(); got != want {
			t.Errorf("%d: got %q, want %q", share, got, want)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	f.Add("(33.33333,50]")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := entity.ParseRange(text)
		if err == nil && (r.Lo < 0 || r.Lo > r.Hi || r.Hi > entity.Whole) {
			t.Fatalf("ParseRange(%q) = %v", text, r)
		}
	})
}
