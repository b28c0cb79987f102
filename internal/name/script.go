package name

import (
	"strings"
	"unicode"
)

// script is a set of the scripts that a name is written in.
type script uint8

const (
	latin script = 1 << iota
	cyrillic
	greek
	arabic
	han
	kana
	hangul
	otherScript
)

// String names the scripts, in the order of the constants.
func (s script) String() string {
	var names []string
	for i, n := range scriptNames {
		if s&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, " and ")
}

var scriptNames = [...]string{"Latin", "Cyrillic", "Greek", "Arabic", "Han", "Kana", "Hangul", "another script"}

// scriptOf returns the script of a letter, 0 for what is none.
func scriptOf(r rune) script {
	switch {
	case r < 0x370:
		if unicode.IsLetter(r) {
			return latin
		}
		return 0
	case !unicode.IsLetter(r):
		return 0
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.Is(unicode.Arabic, r):
		return arabic
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r), r == 'ー':
		return kana
	case unicode.Is(unicode.Greek, r):
		return greek
	case unicode.Is(unicode.Latin, r):
		return latin
	}
	return otherScript
}

// letterPairs spells letters in Latin ones: Cyrillic as the BGN/PCGN systems
// do, without their marks and rules of position; Greek by ELOT 743; Arabic and
// Persian consonants and long vowels by the BGN/PCGN system, without marks;
// Katakana by Hepburn, Hiragana being folded into it first; and the Latin
// letters that do not decompose.
const letterPairs = `а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f
х kh ц ts ч ch ш sh щ shch ъ _ ы y ь _ э e ю yu я ya і i ї yi є ye ґ g ў u ђ dj ј j љ lj њ nj ћ c џ dz ѓ gj
ќ kj ѕ dz қ q ғ gh ұ u ү u ң ng ө o һ h ә a ҳ h ҷ j ӣ i ӯ u
α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o
ا a أ a إ i آ a ب b ت t ث th ج j ح h خ kh د d ذ dh ر r ز z س s ش sh ص s ض d ط t ظ z ع _ غ gh ف f ق q
ك k ک k ل l م m ن n ه h ة a و u ي i ی i ى a ئ i ؤ u ء _ پ p چ ch ژ zh گ g ـ _
ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ shi ス su セ se ソ so タ ta チ chi ツ tsu テ te ト to
ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo
ラ ra リ ri ル ru レ re ロ ro ワ wa ヲ o ン n ガ ga ギ gi グ gu ゲ ge ゴ go ザ za ジ ji ズ zu ゼ ze ゾ zo
ダ da ヂ ji ヅ zu デ de ド do バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po ヴ vu
ァ a ィ i ゥ u ェ e ォ o ャ ya ュ yu ョ yo ッ _ ー _
ß ss ø o æ ae œ oe ł l đ d ð d þ th ı i ħ h ŋ ng ə a ɛ e`

// spelling returns the table of letterPairs.
func spelling() map[rune]string {
	words := strings.Fields(letterPairs)
	out := make(map[rune]string, len(words)/2)
	for i := 0; i+1 < len(words); i += 2 {
		for _, r := range words[i] {
			out[r] = strings.Trim(words[i+1], "_")
		}
	}
	return out
}

// The jamo of the Revised Romanization of Korean, in the order of Unicode.
var (
	hangulLeads  = [...]string{"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"}
	hangulVowels = [...]string{"a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"}
	hangulTails  = [...]string{
		"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l",
		"m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
	}
)

// romanHangul spells a syllable, without the changes of sound between two.
func romanHangul(r rune) string {
	const first, last, perLead, perVowel = 0xAC00, 0xD7A3, 588, 28
	if r < first || r > last {
		return ""
	}
	n := int(r - first)
	return hangulLeads[n/perLead] + hangulVowels[n%perLead/perVowel] + hangulTails[n%perVowel]
}
