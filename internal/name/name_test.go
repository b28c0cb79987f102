package name

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestKey shows what a name becomes: its words, numbers and legal forms.
func TestKey(t *testing.T) {
	m := New()
	tests := []struct{ name, want string }{
		{"Acme, Inc.", "acme / / inc"},
		{"ACME Incorporated", "acme / / inc"},
		{"SiemensAG", "siemens / / ag"},
		{"A.B.C. Company", "abc / / co"},
		{"FABERLIC EUROPE Sp. z o. o.", "faberlic europe / / spzoo"},
		{"Societatea cu Răspundere Limitată PRO TRAFFIC", "pro traffic / / srl"},
		{"ООО «Ромашка»", "romashka / / llc"},
		{"Общество с ограниченной ответственностью «Ромашка»", "romashka / / llc"},
		{"ТОВ «Нова пошта»", "nova poshta / / llc"},
		{"Публичное акционерное общество «Газпром»", "gazprom / / pjsc"},
		{"华为技术有限公司", "huawei华为 technology / / coltd"},
		{"華為技術有限公司", "huawei华为 technology / / coltd"},
		{"中国工商银行股份有限公司", "china gongshang工商 bank / / jsc"},
		{"株式会社ソニー", "soni / / kk"},
		{"삼성전자 주식회사", "samseong electronic / / jusik"},
		{"شركة النفط الوطنية", "petroleum utnia / / co"},
		{"Müller & Söhne GmbH & Co. KG", "muller sohne / / gmbhcokg"},
		{"Crédit Agricole S.A.", "credit agricole / / sa"},
		{"Bain Capital Fund XI L.P.", "bain capital fund / 11 / lp"},
		{"First International Bank", "international bank / 1 /"},
		{"Brigade Fourty-four", "brigade / 44 /"}, //nolint:misspell // that it is read is the point
		{"3M", "3m / /"},
		{"Limited", "limited / /"},
		{"The Goldman Sachs Group, Inc.", "goldman sachs group / / inc"},
		{"U.S. Department of State", "usa department state / /"},
		{"Bank of China (Hong Kong) Limited", "bank china hongkong / / ltd"},
		{"", "/ /"},
		{"«—»", "/ /"},
	}
	for _, tt := range tests {
		if got := strings.TrimSpace(m.Prepare(tt.name).Key()); got != tt.want {
			t.Errorf("Key of %q is %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestBands shows what is accepted, proposed and neither.
func TestBands(t *testing.T) {
	m := New()
	tests := []struct {
		a, b string
		want Band
	}{
		{"Hua wei technologies co ltd", "Huawei Technologies Co., Ltd.", Accept},
		{"Huawei", "Huawei Technologies Co., Ltd.", Propose},
		{"Hikvision", "Hangzhou Hikvision Digital Technology Co., Ltd.", Propose},
		{"IBM", "International Business Machines Corporation", Propose},
		{"华为技术有限公司", "Huawei Technologies Co., Ltd.", Propose},
		{"华为技术有限公司", "華為技術有限公司", Accept},
		{"华为技术有限公司", "华维技术有限公司", Propose}, // read alike
		{"ООО Ромашка", "Romashka LLC", Propose},
		{"카카오 주식회사", "Kakao Corp.", Propose},
		{"ABB", "Asea Brown Boveri", Propose},
		{"AB", "Asea Boveri", Different},
		{"China Mobile", "China Mobile Ltd", Propose},
		{"China Mobile", "China Telecom", Different},
		{"Acme Fund II", "Acme Fund III", Propose},
		{"Acme Trading Ltd", "Acme Trading GmbH", Propose},
		{"Alpha Trading", "Beta Trading", Different},
		{"Trading Company", "Trading Co", Propose}, // ordinary words
		{"Acme", "", Different},
	}
	for _, tt := range tests {
		e := Explain(m.Prepare(tt.a), m.Prepare(tt.b))
		if got := e.Score.Band(); got != tt.want {
			t.Errorf("%q and %q: %v (%.1f), want %v: %v", tt.a, tt.b, got, float64(e.Score), tt.want, e.Terms)
		}
	}
}

// TestTables wants every line of the tables to be used, and no phrase to mean
// two forms.
func TestTables(t *testing.T) {
	m := New()
	for first, list := range m.phrases {
		forms := map[string]string{}
		for _, p := range list {
			if p.kind != form {
				continue
			}
			text := strings.Join(p.words, " ")
			if old, ok := forms[text]; ok && old != p.key {
				t.Errorf("%q is the form %q and the form %q", text, old, p.key)
			}
			forms[text] = p.key
		}
		if first == "" {
			t.Error("a phrase starts with nothing")
		}
	}
	if m.corpus == 0 || len(m.pinyin) < 6000 || len(m.counts) < 500 {
		t.Errorf("%d names, %d readings, %d words", m.corpus, len(m.pinyin), len(m.counts))
	}
}

// TestLong bounds the work on a name that is no name.
func TestLong(t *testing.T) {
	m := New()
	n := m.Prepare(strings.Repeat("long name ", 100_000))
	if len(n.core) > maxWords || !n.cut {
		t.Errorf("%d words, cut %v", len(n.core), n.cut)
	}
}

// reference is the optimal string alignment distance by its definition.
func reference(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	cost := 1
	if a[len(a)-1] == b[len(b)-1] {
		cost = 0
	}
	d := min(reference(a[:len(a)-1], b)+1, reference(a, b[:len(b)-1])+1, reference(a[:len(a)-1], b[:len(b)-1])+cost)
	if len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-2] && a[len(a)-2] == b[len(b)-1] {
		d = min(d, reference(a[:len(a)-2], b[:len(b)-2])+1)
	}
	return d
}

// TestDistance compares with the definition on all words of three letters up to
// five long, as far as their number allows.
func TestDistance(t *testing.T) {
	words := []string{""}
	for i := 0; i < len(words) && len(words) < 120; i++ {
		for _, c := range "abc" {
			words = append(words, words[i]+string(c))
		}
	}
	words = append(words, "abcab", "bacba", "abcabc", "cabbac")
	for _, a := range words {
		for _, b := range words {
			for limit := range 3 {
				if got, want := distance(a, b, limit), min(reference(a, b), limit+1); got != want {
					t.Fatalf("distance(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
				}
			}
		}
	}
}

// FuzzPrepare wants any text to be read without a fault, a name to be accepted
// as itself unless it has nothing to compare, and scores to be symmetric.
func FuzzPrepare(f *testing.F) {
	for _, s := range []string{
		"Acme, Inc.", "ООО «Ромашка»", "华为技术有限公司", "삼성전자 주식회사", "شركة النفط", "A.B.C. (H.K.) Co., Ltd.",
		"SiemensAG", "3%ers", "", "Ⅻ. Fund", "e\u0301\u0301\u0301", "\xff\xfe", "株式会社ソニー",
	} {
		f.Add(s, "Acme Ltd")
	}
	m := New()
	f.Fuzz(func(t *testing.T, a, b string) {
		na, nb := m.Prepare(a), m.Prepare(b)
		if s := Compare(na, na); !na.Empty() && s.Band() == Different {
			t.Errorf("%q is not itself: %v, %v", a, s, Explain(na, na).Terms)
		}
		there, back := Explain(na, nb), Explain(nb, na)
		if d := there.Score - back.Score; d > 1e-6 || d < -1e-6 || there.Score < 0 || there.Score > 100+1e-6 {
			t.Errorf("%q and %q: %v and %v", a, b, there, back)
		}
		for _, term := range there.Terms {
			if utf8.ValidString(a) && utf8.ValidString(b) && !utf8.ValidString(term.Reason) {
				t.Errorf("%q and %q: the reason %q is not UTF-8", a, b, term.Reason)
			}
		}
		sum := 0.0
		for _, term := range there.Terms {
			sum += term.Points
		}
		if d := sum - float64(there.Score); d > 1e-6 || d < -1e-6 {
			t.Errorf("%q and %q: terms add up to %v, not %v", a, b, sum, there.Score)
		}
		x := NewIndex([]*Name{na})
		if found := len(x.Search(nb)) > 0; found != (there.Score.Band() != Different) {
			t.Errorf("the index finds %q for %q: %v; the score is %v", a, b, found, there.Score)
		}
	})
}
