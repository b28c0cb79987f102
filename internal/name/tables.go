package name

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

//go:embed tables/forms.txt
var formsTable string

//go:embed tables/words.txt
var wordsTable string

//go:embed tables/places.txt
var placesTable string

//go:embed tables/glosses.txt
var glossesTable string

//go:embed tables/han.txt
var hanTable string

//go:embed tables/weights.txt
var weightsTable string

// tableLines yields the lines of a table that are not comments.
func tableLines(table string, yield func(line string)) {
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			yield(line)
		}
	}
}

// kind says what a phrase of a name is.
type kind uint8

const (
	word kind = iota
	place
	number
	form
	stop // without weight
)

// phrase is one or more written words that mean one thing.
type phrase struct {
	words []string
	kind  kind
	key   string
	form  legalForm // of kind form
}

// legalForm is a kind of organisation in some law.
type legalForm struct {
	key, family string
	where       byte // s, b or e: see forms.txt
}

// gloss is a translation of what stands in a name in another script.
type gloss struct {
	runes []rune
	latin string
}

func (m *Matcher) readTables() {
	m.letters = spelling()
	m.readHan()
	tableLines(glossesTable, func(line string) {
		latinWords, list, _ := strings.Cut(line, ": ")
		for w := range strings.FieldsSeq(list) {
			r := []rune(w)
			m.glosses[r[0]] = append(m.glosses[r[0]], gloss{r, latinWords})
		}
	})
	for _, list := range m.glosses {
		slices.SortStableFunc(list, func(a, b gloss) int { return len(b.runes) - len(a.runes) })
	}
	tableLines(wordsTable, m.readWord)
	tableLines(placesTable, func(line string) {
		key, list, _ := strings.Cut(line, ":")
		m.addPhrase(key, phrase{kind: place, key: key})
		singles, several, _ := strings.Cut(list, ";")
		for _, n := range append(strings.Fields(singles), strings.Split(several, ";")...) {
			m.addPhrase(n, phrase{kind: place, key: key})
		}
	})
	tableLines(formsTable, func(line string) {
		parts := strings.SplitN(line, "|", 4)
		f := legalForm{key: parts[0], family: parts[1], where: parts[2][0]}
		for v := range strings.SplitSeq(parts[3], ";") {
			m.addPhrase(v, phrase{kind: form, key: f.key, form: f})
		}
	})
	for _, list := range m.phrases {
		slices.SortStableFunc(list, func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	m.readWeights()
}

// readHan reads the Chinese readings and the simplified forms.
func (m *Matcher) readHan() {
	tableLines(hanTable, func(line string) {
		syllable, chars, _ := strings.Cut(line, " ")
		if syllable != "=" {
			for _, r := range chars {
				m.pinyin[r] = syllable
			}
			return
		}
		pair := []rune(chars)
		for i := 0; i+1 < len(pair); i += 2 {
			m.simplified[pair[i]] = pair[i+1]
		}
	})
}

// readWord reads a line of words.txt.
func (m *Matcher) readWord(line string) {
	sign, list := line[0], line[2:]
	switch sign {
	case '-':
		for w := range strings.FieldsSeq(list) {
			m.addPhrase(w, phrase{kind: stop, key: w})
		}
	case '~':
		for w := range strings.FieldsSeq(list) {
			m.ordinary[w] = true
		}
	case '=':
		key, others, _ := strings.Cut(list, ":")
		k := word
		if _, err := strconv.Atoi(key); err == nil {
			k = number
		}
		for w := range strings.FieldsSeq(others) {
			m.addPhrase(w, phrase{kind: k, key: key})
		}
	}
}

// addPhrase enters a phrase under the words that a name with it is split into.
func (m *Matcher) addPhrase(text string, p phrase) {
	words := m.split(m.latinise(text).text)
	if len(words) == 0 {
		return
	}
	for _, w := range words {
		p.words = append(p.words, w.text)
	}
	m.phrases[p.words[0]] = append(m.phrases[p.words[0]], p)
}

// readWeights reads how many names of the corpus hold each word that three or
// more do.
func (m *Matcher) readWeights() {
	tableLines(weightsTable, func(line string) {
		count, list, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			return // the table is ours, and a test reads it
		}
		if list == "names" {
			m.corpus = n
			return
		}
		for w := range strings.FieldsSeq(list) {
			m.counts[w] = n
		}
	})
}
