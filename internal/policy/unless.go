package policy

import (
	"fmt"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Unless is a condition that keeps an entry from applying. Only a recorded
// determination moves it; a deadline that passes without one leaves it unknown.
type Unless struct {
	Event          string
	By             entity.Date     // deadline
	Determinations []Determination // in order of their dates, as known
}

// Determination records how a condition was decided.
type Determination struct {
	Outcome  Outcome
	Date     entity.Date
	Until    entity.Date // the new deadline of [Extended]
	By       string      // the body that decided
	Document string      // SHA-256 of the document, lower-case hex, optional
	URL      string
	Known    entity.Interval // when this was the published state; zero: always
}

// Outcome is what a determination decides.
type Outcome string

// The outcomes.
const (
	Satisfied Outcome = "satisfied" // the entry does not apply
	Lapsed    Outcome = "lapsed"    // the entry applies
	Extended  Outcome = "extended"  // there is a new deadline
	Reversed  Outcome = "reversed"  // the determination before it falls
)

// Outcomes returns the words that a determination's outcome may be.
func Outcomes() []Outcome { return []Outcome{Satisfied, Lapsed, Extended, Reversed} }

// UnlessState is how far a condition is decided at a date.
type UnlessState uint8

// The states of an Unless. The zero value is UnlessUnknown.
const (
	UnlessUnknown   UnlessState = iota // the deadline passed and no determination is recorded
	UnlessPending                      // the deadline has not passed, nothing is determined
	UnlessSatisfied                    // determined: the entry does not apply
	UnlessLapsed                       // determined: the entry applies
)

// String returns the state in one word.
func (s UnlessState) String() string {
	switch s {
	case UnlessPending:
		return "pending"
	case UnlessSatisfied:
		return "satisfied"
	case UnlessLapsed:
		return "lapsed"
	}
	return "unknown"
}

// Status returns how far the condition is decided at a date, and why. The last
// determination up to that date decides, less those that were reversed by then;
// each counts from its own date on. The deadline's day still belongs to the
// time allowed.
func (u *Unless) Status(on entity.Date) (UnlessState, string) {
	var stand []Determination // those that were not reversed
	fallen := ""
	for _, d := range u.Determinations {
		switch {
		case on.Before(d.Date):
		case d.Outcome != Reversed:
			stand = append(stand, d)
		case len(stand) > 0:
			last := stand[len(stand)-1]
			stand = stand[:len(stand)-1]
			fallen = fmt.Sprintf("; that it was %s on %s was reversed by %s on %s", last.Outcome, last.Date, d.By, d.Date)
		}
	}
	by, how := u.By, ""
	if len(stand) > 0 {
		d := stand[len(stand)-1]
		reason := fmt.Sprintf("%s: %s, determined by %s on %s%s", u.Event, d.Outcome, d.By, d.Date, fallen)
		switch d.Outcome {
		case Satisfied:
			return UnlessSatisfied, reason
		case Lapsed:
			return UnlessLapsed, reason
		}
		by, how = d.Until, fmt.Sprintf(", extended by %s on %s", d.By, d.Date)
	}
	if !by.Before(on) {
		return UnlessPending, fmt.Sprintf("%s: may happen until %s%s%s", u.Event, by, how, fallen)
	}
	return UnlessUnknown, fmt.Sprintf("%s: the deadline %s%s passed and no determination is recorded%s", u.Event, by, how, fallen)
}

func (c *compiler) unless(n yamldoc.Node) *Unless {
	if n.IsZero() {
		return nil
	}
	m := n.Map(keysOf("unless")...)
	u := &Unless{Event: c.needText(m, "event"), By: c.date(m.Need("by"))}
	for i, item := range m.Get("determinations").List() {
		d := c.determination(item)
		if i > 0 && d.Date.Before(u.Determinations[i-1].Date) && !d.Date.IsZero() {
			item.Note("a determination of %s stands after one of %s: write them in order of time", d.Date, u.Determinations[i-1].Date)
		}
		if d.Outcome == Reversed && i == 0 {
			item.Note("nothing stands before it that could be reversed")
		}
		u.Determinations = append(u.Determinations, d)
	}
	return u
}

func (c *compiler) determination(n yamldoc.Node) Determination {
	m := n.Map(keysOf("determination")...)
	d := Determination{
		Outcome:  oneOf(m.Need("outcome"), "outcome", Outcomes(), ""),
		Date:     c.date(m.Need("date")),
		Until:    c.date(m.Get("until")),
		By:       c.needText(m, "by"),
		Document: c.sha256(m.Get("document")),
		URL:      c.url(m.Get("url")),
		Known:    c.known(m.Get("known")),
	}
	switch {
	case d.Outcome == Extended && m.Get("until").IsZero():
		n.Note("an extension needs %q: the new deadline", "until")
	case d.Outcome != Extended:
		m.KeyAt("until").Note("a new deadline needs the outcome %q", Extended)
	case !d.Date.IsZero() && !d.Until.IsZero() && d.Until.Before(d.Date):
		m.Get("until").Note("the new deadline %s is before the day of the extension, %s", d.Until, d.Date)
	}
	return d
}

func (c *compiler) sha256(n yamldoc.Node) string {
	s := n.Text()
	if s != "" && !isSHA256(s) {
		n.Note("document %q: want its SHA-256 in 64 lower-case hexadecimal digits", s)
		return ""
	}
	return s
}
