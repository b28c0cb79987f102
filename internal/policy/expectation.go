package policy

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

func (c *compiler) expectation(n yamldoc.Node) Expectation {
	m := n.Map(keysOf("expectation")...)
	x := Expectation{
		Place:   n.Place(),
		Entry:   c.entryName(m.Get("entry")),
		Company: c.company(m.Get("company")),
		Subject: c.thing(m.Get("subject")),
		None:    m.Get("none").Bool(),
		Suppose: !m.Get("suppose").IsZero(),
		State:   entryState(m.Get("state")),
	}
	x.Supposed = c.supposed(m.Get("suppose"))
	if due := m.Get("due"); !due.IsZero() {
		count := due.Int(0, math.MaxInt32)
		x.Due = &count
	}
	ofEntry := x.State != nil || x.Due != nil
	for _, key := range []string{"suppose", "state", "due"} {
		if m.Get("entry").IsZero() {
			m.KeyAt(key).Note("%q asks one entry: name it", key)
		}
	}
	x.Judges = !ofEntry || x.Suppose || x.None || !m.Get("verdict").IsZero()
	x.Verdict = c.expected(n, m, x.None, ofEntry && !x.Suppose)
	return x
}

// expected reads the verdict, which only an expectation about the entry itself
// may leave out.
func (c *compiler) expected(n yamldoc.Node, m yamldoc.Map, none, optional bool) Verdict {
	verdict := m.Get("verdict")
	switch {
	case verdict.IsZero() && !none && !optional:
		n.Note("say which verdict is expected, or none: true")
	case !verdict.IsZero() && none:
		verdict.Note("a verdict and none: true exclude each other")
	}
	if verdict.IsZero() {
		return Unknown
	}
	var words []string
	for _, v := range Verdicts() {
		words = append(words, v.String())
		if v.String() == verdict.Text() {
			return v
		}
	}
	verdict.Note("unknown verdict %q: want one of %s%s", verdict.Text(), strings.Join(words, ", "),
		yamldoc.Suggest(verdict.Text(), slices.Values(words)))
	return Unknown
}

// states returns the words for the states of an entry, in their order.
func states() []string { return []string{"not-yet", "in-force", "suspended", "ended"} }

func entryState(n yamldoc.Node) *EntryState {
	word := n.OneOf(states()...)
	if word == "" {
		return nil
	}
	state := EntryState(slices.Index(states(), word))
	return &state
}

// supposed reads attributes of an observation that nobody made: whole numbers
// are numbers, everything else is words.
func (c *compiler) supposed(n yamldoc.Node) []evidence.Attr {
	m := n.Map()
	var out []evidence.Attr
	for _, key := range m.Keys() {
		value := m.Get(key)
		if number, err := strconv.ParseInt(value.IfText(), 10, 64); err == nil {
			out = append(out, evidence.Max(key, number))
			continue
		}
		words := value.Texts()
		if len(words) == 0 {
			m.KeyAt(key).Note("say what %q is supposed to be", key)
		}
		out = append(out, evidence.Words(key, words...))
	}
	slices.SortFunc(out, func(a, b evidence.Attr) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
