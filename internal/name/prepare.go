package name

import (
	"slices"
	"strings"
)

// maxWords bounds the words of a name that are compared.
const maxWords = 24

// Name is a name that is prepared for comparison; [Matcher.Prepare] makes one.
// It is immutable and safe for concurrent use.
type Name struct {
	Text string // as it was given

	core     []token // words and places, in order
	numbers  []string
	forms    []legalForm
	joined   string // the texts of the core, one after the other
	initials string // of the core, if it has several words
	scripts  script
	weight   float64 // of the core's words, without its places
	whole    float64 // of the core's words and places
	rare     bool    // a word of the core is neither a place nor one that people know
	cut      bool
}

// Key returns what remains of a name when case, marks, punctuation and the
// spelling of legal forms are set aside: two names with one key are written
// alike. It is stable for one version of the tables.
func (n *Name) Key() string {
	parts := make([]string, 0, len(n.core)+len(n.numbers)+len(n.forms)+2)
	for _, t := range n.core {
		parts = append(parts, t.text+t.native)
	}
	parts = append(parts, "/")
	parts = append(parts, n.numbers...)
	parts = append(parts, "/")
	for _, f := range n.forms {
		parts = append(parts, f.key)
	}
	return strings.Join(parts, " ")
}

// Empty tells whether a name has no letter or digit to compare.
func (n *Name) Empty() bool { return len(n.core) == 0 && len(n.numbers) == 0 }

// token is a word of the core.
type token struct {
	text    string // canonical
	raw     string // folded, as written
	native  string // the Chinese characters that text is the reading of
	plain   string // see plainOf, empty for short words
	sound   string // see soundOf
	bones   string // consonants
	letters uint32 // a bit for each letter that text holds
	weight  float64
	kind    kind // word or place
	known   bool
	bracket bool
}

// item is a phrase found in a name.
type item struct {
	phrase
	raw     string
	bracket bool
}

// Prepare reads a name.
func (m *Matcher) Prepare(text string) *Name {
	l := m.latinise(text)
	n := &Name{Text: text, scripts: l.scripts, cut: l.cut}
	items := m.phrasesOf(m.split(l.text))
	items = setForms(items, n)
	items = m.setNumbers(items, n)
	for _, it := range items {
		if it.kind == stop || len(n.core) == maxWords {
			continue
		}
		n.core = append(n.core, m.token(it, l.native))
	}
	for _, t := range n.core {
		n.joined += t.text
		n.whole += t.weight
		if t.kind == word {
			n.weight += t.weight
			n.rare = n.rare || !t.known
		}
	}
	n.initials = initialsOf(items)
	return n
}

// phrasesOf finds the longest known phrase at each word.
func (m *Matcher) phrasesOf(words []written) []item {
	for i, w := range words {
		if long, ok := m.misspelledForm(w.text); ok {
			words[i].text = long
		}
	}
	out := make([]item, 0, len(words))
	for i := 0; i < len(words); {
		found, n := phrase{kind: word, key: words[i].text}, 1
		for _, p := range m.phrases[words[i].text] {
			if startsWith(words[i:], p.words) {
				found, n = p, len(p.words)
				break
			}
		}
		var raw []string
		for _, w := range words[i : i+n] {
			raw = append(raw, w.text)
		}
		out = append(out, item{found, strings.Join(raw, " "), words[i].bracket})
		i += n
	}
	return out
}

func startsWith(words []written, phrase []string) bool {
	if len(words) < len(phrase) {
		return false
	}
	for i, p := range phrase {
		if words[i].text != p {
			return false
		}
	}
	return true
}

// longForms are the forms that are long enough to be known when a letter is
// wrong, missing or too many.
var longForms = [...]string{"limited", "company", "corporation", "incorporated", "aktiengesellschaft"}

func (m *Matcher) misspelledForm(text string) (long string, ok bool) {
	const shortest = 6
	if len(text) < shortest || m.known(text) || m.phrases[text] != nil {
		return "", false
	}
	for _, long := range longForms {
		if distance(text, long, 1) == 1 {
			return long, true
		}
	}
	return "", false
}

// setForms takes the legal forms out of a name. Those that are ordinary words
// too are forms only at an end of the name, where places and brackets may
// follow. A name that is nothing but forms keeps them as words.
func setForms(items []item, n *Name) []item {
	first, last := 0, len(items)-1
	for first < len(items) && (items[first].kind == form && items[first].form.where != 'e' || items[first].kind == stop) {
		first++
	}
	for last >= 0 && (items[last].kind == form || items[last].kind == stop || last > 0 && items[last].kind == place && formBefore(items, last)) {
		last--
	}
	rest := make([]item, 0, len(items))
	var forms []legalForm
	for i, it := range items {
		atEnd := i > last && last >= 0 || i < first && first < len(items)
		if it.kind == form && (atEnd || it.form.where == 's') {
			forms = append(forms, it.form)
			continue
		}
		if it.kind == form {
			it = asWord(it)
		}
		rest = append(rest, it)
	}
	if !slices.ContainsFunc(rest, func(it item) bool { return it.kind != stop }) {
		rest, forms = rest[:0], nil
		for _, it := range items {
			rest = append(rest, asWord(it))
		}
	}
	slices.SortFunc(forms, func(a, b legalForm) int { return strings.Compare(a.key, b.key) })
	n.forms = slices.Compact(forms)
	return rest
}

// formBefore tells whether a place follows a form, or another place that does.
func formBefore(items []item, at int) bool {
	for at--; at >= 0; at-- {
		switch items[at].kind {
		case form:
			return true
		case place, stop:
		default:
			return false
		}
	}
	return false
}

func asWord(it item) item {
	it.phrase = phrase{kind: word, key: strings.ReplaceAll(it.raw, " ", "")}
	return it
}

// setNumbers takes the numbers out of a name: digits, number words, ordinals,
// and Roman numerals where one can stand. A name of numbers alone keeps them as
// words.
func (m *Matcher) setNumbers(items []item, n *Name) []item {
	rest := make([]item, 0, len(items))
	for i, it := range items {
		switch value, ok := numberOf(it.key, i > 0, i == len(items)-1); {
		case it.kind == number:
			n.numbers = append(n.numbers, it.key)
		case it.kind == word && ok:
			n.numbers = append(n.numbers, value)
		default:
			rest = append(rest, it)
		}
	}
	n.numbers = joinTens(n.numbers)
	if len(n.numbers) > 0 && !slices.ContainsFunc(rest, func(it item) bool { return it.kind != stop }) {
		for _, v := range n.numbers {
			rest = append(rest, item{phrase: phrase{kind: word, key: v}, raw: v})
		}
		n.numbers = nil
	}
	return rest
}

func (m *Matcher) token(it item, native map[string]string) token {
	t := token{
		text: strings.ReplaceAll(it.key, " ", ""), raw: it.raw, native: native[it.key],
		kind: it.kind, bracket: it.bracket, weight: m.weight(it.key) * lengthFactor(it.key), known: it.kind == place || m.known(it.key),
	}
	if len(t.text) > maxLetters {
		t.text = t.text[:maxLetters]
	}
	const plainFrom = 5
	if len(t.text) >= plainFrom {
		t.plain = plainOf(t.text)
	}
	t.sound, t.bones, t.letters = soundOf(t.text), bonesOf(t.text), letterSet(t.text)
	return t
}

// lengthFactor is how much less a word of few letters tells than a longer one.
func lengthFactor(word string) float64 {
	switch len(word) {
	case 1:
		return 0.4
	case 2:
		return 0.7
	case 3:
		return 0.85
	}
	return 1
}

// initialsOf returns the first letters of the words of a name, if several.
func initialsOf(items []item) string {
	var b strings.Builder
	for _, it := range items {
		if it.kind != stop {
			for part := range strings.FieldsSeq(it.raw) {
				b.WriteByte(part[0])
			}
		}
	}
	if b.Len() < shortestAcronym {
		return ""
	}
	return b.String()
}
