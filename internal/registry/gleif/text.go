package gleif

import (
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/registry"
)

// company returns the identifier of an LEI and the slug of its company. It
// reports false if the check digits are wrong (ISO 17442).
func company(lei string) (slug string, id evidence.ID, ok bool) {
	id, err := evidence.NewID(evidence.SchemeLEI, lei)
	if err != nil {
		return "", id, false
	}
	return "lei-" + strings.ToLower(id.Value()), id, true
}

// since is the span from a day on, for when the source said something.
func since(text string) entity.Interval { return entity.Interval{From: registry.Day(text)} }

// key is the record's key in reports and facts.
func key(lei string) string { return "LEI " + lei }
