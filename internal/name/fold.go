package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes bounds the part of a name that is read. The longest names of the
// OFAC and GLEIF lists have some 300.
const maxRunes = 400

// latinised is a name spelled in Latin letters.
type latinised struct {
	text    string
	scripts script
	// native has for a word of Chinese readings the characters they stand for,
	// simplified, since one reading stands for many words.
	native map[string]string
	cut    bool // only the first maxRunes were read
}

// latinise spells a name in Latin letters. What glosses translates is
// translated, with spaces around it.
func (m *Matcher) latinise(text string) latinised {
	out := latinised{}
	text, out.cut = firstRunes(text)
	text, cut := firstRunes(norm.NFKC.String(strings.ToValidUTF8(text, " "))) // one character may become eighteen
	out.cut = out.cut || cut
	if isASCII(text) {
		out.text, out.scripts = text, latin
		return out
	}
	s := speller{m: m, out: &out, runes: []rune(text)}
	for s.at < len(s.runes) {
		s.step()
	}
	s.endReading()
	out.text = s.b.String()
	return out
}

// firstRunes returns the first maxRunes characters of a text, and whether it
// has more.
func firstRunes(text string) (first string, cut bool) {
	n := 0
	for at := range text {
		if n == maxRunes {
			return text[:at], true
		}
		n++
	}
	return text, false
}

// speller is the state of latinise.
type speller struct {
	m       *Matcher
	out     *latinised
	runes   []rune
	at      int
	b       strings.Builder
	reading strings.Builder // of the Chinese characters before at
	chars   strings.Builder // those characters
}

func (s *speller) step() {
	r := s.runes[s.at]
	if latinWords, n := s.m.gloss(s.runes, s.at); n > 0 {
		s.endReading()
		for _, g := range s.runes[s.at : s.at+n] {
			s.out.scripts |= scriptOf(g)
		}
		s.b.WriteString(" " + latinWords + " ")
		s.at += n
		return
	}
	s.at++
	sc := scriptOf(r)
	s.out.scripts |= sc
	if sc == han {
		if simple, ok := s.m.simplified[r]; ok {
			r = simple
		}
		s.chars.WriteRune(r)
		if syllable := s.m.pinyin[r]; syllable != "" {
			s.reading.WriteString(syllable)
		} else {
			s.reading.WriteRune(r)
		}
		return
	}
	s.endReading()
	s.spell(r, sc)
}

func (s *speller) spell(r rune, sc script) {
	if sc == hangul {
		s.b.WriteString(romanHangul(r))
		return
	}
	const hiraganaFirst, hiraganaLast, toKatakana = 'ぁ', 'ゖ', 0x60
	if r >= hiraganaFirst && r <= hiraganaLast {
		r += toKatakana
	}
	lower := unicode.ToLower(r)
	spelled, ok := s.m.letters[lower]
	switch {
	case !ok:
		s.b.WriteRune(r)
	case sc == arabic && r == 'ا' && s.at < len(s.runes) && s.runes[s.at] == 'ل' && s.wordStart(s.at-1):
		s.b.WriteString("al ") // the article is a word of its own
		s.at++
	case lower != r:
		s.b.WriteString(strings.ToUpper(spelled))
	default:
		s.b.WriteString(spelled)
	}
}

// wordStart tells whether no letter stands before a position.
func (s *speller) wordStart(at int) bool { return at == 0 || !unicode.IsLetter(s.runes[at-1]) }

// endReading writes the Chinese word that has ended, if any.
func (s *speller) endReading() {
	if s.reading.Len() == 0 {
		return
	}
	word := s.reading.String()
	if s.out.native == nil {
		s.out.native = map[string]string{}
	}
	s.out.native[word] = s.chars.String()
	s.b.WriteString(" " + word + " ")
	s.reading.Reset()
	s.chars.Reset()
}

// gloss returns the translation of what stands at a position, and its length.
// Where a script parts its words only whole words are translated.
func (m *Matcher) gloss(runes []rune, at int) (latinWords string, n int) {
	for _, g := range m.glosses[runes[at]] {
		end := at + len(g.runes)
		if end > len(runes) || string(runes[at:end]) != string(g.runes) {
			continue
		}
		parted := scriptOf(runes[at]) == arabic
		if parted && (at > 0 && unicode.IsLetter(runes[at-1]) || end < len(runes) && unicode.IsLetter(runes[end])) {
			continue
		}
		return g.latin, len(g.runes)
	}
	return "", 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// written is a word of a name as it stands there, folded: lower case, without
// marks.
type written struct {
	text    string
	bracket bool // it stands in brackets
}

// split folds a name in Latin letters and parts it into words. A single letter
// and what follows it over a dot or a slash is one word: "A.B.C.", "A/S".
func (m *Matcher) split(text string) []written {
	text = norm.NFKD.String(text)
	f := folder{matcher: m, runes: []rune(text)}
	for i, r := range f.runes {
		f.add(i, r)
	}
	f.end()
	return f.joinLetters()
}

// folder is the state of split.
type folder struct {
	matcher *Matcher
	runes   []rune
	words   []written
	word    []rune // as written, with case
	dotted  bool   // the last letter of word was followed by a dot or slash
	depth   int    // of brackets
}

func (f *folder) add(i int, r rune) {
	switch {
	case unicode.Is(unicode.Mn, r) || isApostrophe(r):
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		if f.dotted && f.lastPart() > 1 {
			f.end()
		}
		f.dotted = false
		f.word = append(f.word, r)
	case (r == '.' || r == '/') && f.lastPart() == 1 && i+1 < len(f.runes) && unicode.IsLetter(f.runes[i+1]):
		f.word = append(f.word, '.')
	case r == '&' || r == '+':
		f.end()
		f.words = append(f.words, written{"and", f.depth > 0})
	case r == '%':
		f.end()
		f.words = append(f.words, written{"percent", f.depth > 0})
	default:
		f.end()
		switch r {
		case '(', '[', '{':
			f.depth++
		case ')', ']', '}':
			f.depth = max(f.depth-1, 0)
		}
	}
}

// lastPart returns the number of letters of the word since its last dot.
func (f *folder) lastPart() int {
	n := 0
	for i := len(f.word) - 1; i >= 0 && f.word[i] != '.'; i-- {
		n++
	}
	return n
}

// end ends a word. A legal form that is glued to it is parted: "SiemensAG".
func (f *folder) end() {
	if len(f.word) == 0 {
		return
	}
	word := string(f.word)
	f.word = f.word[:0]
	for _, form := range gluedForms {
		head, ok := strings.CutSuffix(word, form)
		if ok && head != "" && unicode.IsLower(lastRune(head)) {
			f.put(head)
			word = form
			break
		}
	}
	f.put(word)
}

func (f *folder) put(word string) {
	// A word whose dotted parts are longer than a letter is several: "Ges.mbH".
	var b strings.Builder
	for _, r := range word {
		if r == '.' {
			continue
		}
		lower := unicode.ToLower(r)
		if spelled, ok := f.matcher.letters[lower]; ok {
			b.WriteString(spelled)
		} else {
			b.WriteRune(lower)
		}
	}
	if b.Len() > 0 {
		f.words = append(f.words, written{b.String(), f.depth > 0})
	}
}

// gluedForms are the forms that are found glued to a name in lower case.
var gluedForms = [...]string{"GmbH", "LLC", "Ltd", "Inc", "PLC", "Corp", "SARL", "SRL", "SpA", "AG", "SA", "BV", "NV", "SE", "KG", "AB", "AS", "Oy", "OY"}

// joinLetters makes one word of single letters that follow each other: "S. A.".
func (f *folder) joinLetters() []written {
	out := f.words[:0:0]
	run := 0 // how many single letters end out's last word
	for _, w := range f.words {
		single := utf8.RuneCountInString(w.text) == 1 && unicode.IsLetter(lastRune(w.text))
		if single && run > 0 && out[len(out)-1].bracket == w.bracket {
			out[len(out)-1].text += w.text
			run++
			continue
		}
		run = 0
		if single {
			run = 1
		}
		out = append(out, w)
	}
	return out
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ', 'ʻ', 'ʹ', 'ʿ', 'ʾ', '′':
		return true
	}
	return false
}
