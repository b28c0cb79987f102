package entity

import (
	"fmt"
	"time"
)

// Date is a civil date in UTC, the grain at which laws and registers speak.
// The zero value means "no date"; it is not 0001-01-01, which is a date. Dates are comparable with == and ordered by
// [Date.Compare].
type Date struct {
	days int32 // days since 0001-01-01, plus one; 0 is "no date"
}

// ParseDate reads the ISO 8601 form YYYY-MM-DD. It accepts nothing else, so
// that 2020-9-1 or 01/09/2020 cannot be misread.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 { // there is no year 0
		return Date{}, fmt.Errorf("date %q: want YYYY-MM-DD, for example 2020-08-05", s)
	}
	return dateOf(t), nil
}

// DateOf returns the UTC date of an instant, and "no date" for the zero time.
// Instants before the year 1 and after the year 9999, which ISO 8601 cannot
// write in four digits, give the first and the last date.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	return dateOf(t)
}

func dateOf(t time.Time) Date {
	const secondsPerDay, last = 24 * 60 * 60, 3_652_059 // 9999-12-31
	zero := time.Time{}.Unix()
	if t.Before(time.Time{}) {
		return Date{days: 1}
	}
	return Date{days: int32(min((t.Unix()-zero)/secondsPerDay+1, last))}
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d.days == 0 }

// Time returns midnight UTC of the date, the zero time for "no date".
func (d Date) Time() time.Time {
	if d.days == 0 {
		return time.Time{}
	}
	return time.Time{}.AddDate(0, 0, int(d.days)-1)
}

// Compare orders dates; "no date" comes first.
func (d Date) Compare(e Date) int {
	switch {
	case d.days < e.days:
		return -1
	case d.days > e.days:
		return +1
	}
	return 0
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.days < e.days }

// String returns YYYY-MM-DD, empty for "no date".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText implements encoding.TextMarshaler with [Date.String].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; empty text is "no date".
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	var err error
	*d, err = ParseDate(string(b))
	return err
}

// Interval is a half-open span of dates [From, To). A zero From means "since
// ever", a zero To means "until further notice"; the zero Interval holds
// every date.
type Interval struct {
	From, To Date
}

// Contains reports whether the interval holds d.
func (iv Interval) Contains(d Date) bool {
	return (iv.From.IsZero() || !d.Before(iv.From)) && (iv.To.IsZero() || d.Before(iv.To))
}

// Overlaps reports whether the two intervals share a date.
func (iv Interval) Overlaps(o Interval) bool {
	return (iv.To.IsZero() || o.From.IsZero() || o.From.Before(iv.To)) &&
		(o.To.IsZero() || iv.From.IsZero() || iv.From.Before(o.To))
}

// String returns "2020-08-05..2021-06-09", with an empty side for an open end
// and "always" for the zero Interval.
func (iv Interval) String() string {
	if iv == (Interval{}) {
		return "always"
	}
	return iv.From.String() + ".." + iv.To.String()
}
