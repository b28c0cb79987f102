package name

import (
	"math/bits"
	"strings"
)

// maxLetters bounds the bytes of a word that are compared.
const maxLetters = 32

// allowed returns how many letters may differ in a misspelling of a word.
func allowed(length int) int {
	switch {
	case length < 3:
		return 0
	case length < 6:
		return 1
	}
	return 2
}

// similarity returns how alike two words are, 1 for equal ones and 0 for
// different ones, and what makes them so.
func similarity(a, b *token, bones bool) (s float64, how string) {
	if a.text == b.text {
		if a.native != b.native && a.native != "" && b.native != "" {
			return 0.8, "same reading, other characters"
		}
		return 1, ""
	}
	if a.kind == place || b.kind == place {
		return 0, ""
	}
	if a.plain == b.plain && a.plain != "" || plural(a.text, b.text) {
		return nearlyEqual, "another spelling"
	}
	if abbreviates(a, b) || abbreviates(b, a) {
		return 0.85, "abbreviation"
	}
	if a.known && b.known {
		return 0, "" // a slip rarely makes a word of another one
	}
	s, how = misspelling(a.text, b.text, a.letters^b.letters)
	if s == 0 && (a.raw != a.text || b.raw != b.text) {
		s, how = misspelling(a.raw, b.raw, 0)
	}
	const soundLength = 5
	if a.sound == b.sound && min(len(a.text), len(b.text)) >= soundLength && s < 0.9 {
		s, how = 0.9, "sound"
	}
	if bones && s == 0 && len(a.bones) >= 3 && a.bones == b.bones {
		s, how = 0.85, "consonants"
	}
	return s, how
}

// nearlyEqual is the similarity of words that differ in what plainOf folds, or
// in an s at the end. It alone does not bar a name from acceptance.
const nearlyEqual = 0.97

// misspelling returns how alike two words are of which one may be the other
// misspelled. Two letters that only one word has can come of one slip.
func misspelling(a, b string, differing uint32) (s float64, how string) {
	length := max(len(a), len(b))
	limit := allowed(length)
	if bits.OnesCount32(differing) > 2*limit || a == "" || b == "" {
		return 0, ""
	}
	const short = 4 // of which the first letter is not mistaken
	d := distance(a, b, limit)
	if d > limit || length <= short && a[0] != b[0] {
		return 0, ""
	}
	return 1 - 1.2*float64(d)/float64(length), "spelling"
}

// plural tells whether two words differ only by an s at the end.
func plural(a, b string) bool {
	const shortest = 4
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= shortest && len(b) == len(a)+1 && b[len(a)] == 's' && b[:len(a)] == a
}

// abbreviates tells whether a is the start of b, a word of business.
func abbreviates(a, b *token) bool {
	const shortest = 4
	return b.known && len(a.text) >= shortest && len(a.text) < len(b.text) && strings.HasPrefix(b.text, a.text) && !a.known
}

// distance returns the optimal string alignment distance of two words: letters
// added, dropped, changed, or swapped with their neighbour. Where it is more
// than limit, the result is limit+1.
func distance(a, b string, limit int) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > limit || len(b) > maxLetters {
		return limit + 1
	}
	for a != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if a == "" {
		return len(b)
	}
	if limit == 0 {
		return 1
	}
	var rows [3][maxLetters + 1]uint8
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		above[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = uint8(i)
		least := row[0]
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			v := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				v = min(v, before[j-2]+1)
			}
			row[j] = v
			least = min(least, v)
		}
		if int(least) > limit {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return min(int(above[len(b)]), limit+1)
}

// plainOf folds what systems of romanisation write differently without another
// sound, and doubled letters.
func plainOf(text string) string {
	text = plainPairs.Replace(text)
	var b strings.Builder
	var last byte
	for i := range len(text) {
		if c := text[i]; c != last {
			b.WriteByte(c)
			last = c
		}
	}
	return b.String()
}

// plainPairs: the replacer takes the first that fits at a place.
var plainPairs = strings.NewReplacer(
	"sch", "sh", "ck", "k", "ch", "ch", "ce", "ce", "ci", "ci", "c", "k", "q", "k", "ph", "f", "ks", "x", "tz", "ts", "w", "v",
	"ae", "ai", "ay", "ai", "ei", "ai", "ey", "ai", "oo", "u", "ou", "u", "ee", "i", "y", "i",
)

// soundOf folds the spellings that systems of romanisation and ears mix up.
func soundOf(text string) string {
	text = soundPairs.Replace(text)
	var b strings.Builder
	var last byte
	for i := range len(text) {
		c := text[i]
		vowel := isVowel(c)
		if vowel && i > 0 && isVowel(last) || c == last {
			last = c
			continue
		}
		last = c
		b.WriteByte(c)
	}
	return b.String()
}

// soundPairs: what is longer comes first, since the replacer takes the first
// that fits.
var soundPairs = strings.NewReplacer(
	"shch", "s", "sch", "s", "tch", "c", "sh", "s", "zh", "z", "kh", "h", "gh", "g", "ph", "f", "th", "t",
	"ck", "k", "qu", "k", "q", "k", "ch", "c", "ce", "se", "ci", "si", "c", "k", "x", "ks", "tz", "c", "ts", "c",
	"w", "v", "dj", "j", "ae", "e", "ai", "e", "ei", "e", "ay", "e", "ey", "e", "ou", "u", "oo", "u", "ee", "i",
	"iy", "i", "yi", "i", "y", "i",
)

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// bonesOf returns the consonants of a word: Arabic does not write short vowels.
func bonesOf(text string) string {
	var b strings.Builder
	sound := soundPairs.Replace(text)
	for i := range len(sound) {
		if c := sound[i]; !isVowel(c) && (i == 0 || c != sound[i-1]) {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// letterSet has a bit for each letter of a word.
func letterSet(text string) uint32 {
	var set uint32
	for i := range len(text) {
		set |= 1 << (text[i] & 31)
	}
	return set
}
