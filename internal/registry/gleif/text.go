package gleif

import (
	"io"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
)

// done reports the regular end of a file.
func done(err error) bool { return err == io.EOF }

// company returns the identifier of an LEI and the slug of its company. It
// reports false if the check digits are wrong (ISO 17442).
func company(lei string) (slug string, id evidence.ID, ok bool) {
	id, err := evidence.NewID(evidence.SchemeLEI, lei)
	if err != nil {
		return "", id, false
	}
	return "lei-" + strings.ToLower(id.Value()), id, true
}

// date reads the civil date of a timestamp as it was written. Its zone is not
// applied: who files "2015-01-01T00:00:00+02:00" means the first of January.
// An empty or unreadable one is "no date".
func date(text string) entity.Date {
	if len(text) > len("2006-01-02") {
		text = text[:len("2006-01-02")]
	}
	d, err := entity.ParseDate(text)
	if err != nil {
		return entity.Date{}
	}
	return d
}

// since is the span from a day on, for when the source said something.
func since(text string) entity.Interval { return entity.Interval{From: date(text)} }

// country returns the country of a code of ISO 3166, whose second part, a
// province, does not matter here: "US-DE" is US. It is empty for what is none.
func country(code string) string {
	code, _, _ = strings.Cut(strings.ToUpper(code), "-")
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return ""
	}
	return code
}

// code writes a code of the standard as the registry does: NO_LEI is "no-lei".
// It is empty for what is no code.
func code(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "_", "-")
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(text) > 64 {
		return ""
	}
	return strings.Trim(text, "-")
}

// key is the record's key in reports and facts.
func key(lei string) string { return "LEI " + lei }

// quote keeps a foreign value short and printable in a message.
func quote(text string) string {
	const most = 60
	text, ok := registry.Clean(text)
	if !ok || len(text) > most {
		return "(long text)"
	}
	return text
}
