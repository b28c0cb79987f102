package gleif

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/csvrow"
	"github.com/cleannet/cleannet/internal/format/text"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// table is the loader of a golden copy as CSV.
type table struct {
	kind kind
}

// Name implements [registry.Loader].
func (t table) Name() string { return "gleif-" + t.kind.String() + "-csv" }

// Match implements [registry.Loader]. It looks at the first columns only: the
// head of a level 1 file is longer than what it is shown.
func (t table) Match(_ string, head []byte) bool {
	line, _, _ := bytes.Cut(text.Head(head), []byte{'\n'})
	header := strings.ReplaceAll(string(line), `"`, "")
	switch t.kind {
	case kindLEI:
		return strings.HasPrefix(header, "LEI,") && strings.Contains(header, ",Entity.")
	case kindRelation:
		return strings.Contains(header, "Relationship.StartNode.NodeID")
	}
	return strings.HasPrefix(header, "LEI,") && strings.Contains(header, "Exception.")
}

// Load implements [registry.Loader].
func (t table) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	rows := &rows{csv: csvrow.NewReader(f), kind: t.kind, words: map[string]string{}}
	return load(ctx, t.Name(), t.kind, rows, about, sink)
}

// rows reads the records of a table.
type rows struct {
	csv    *csvrow.Reader
	kind   kind
	width  int // fields of a row, 0 before the header
	fields []field
	words  map[string]string
}

// field is a column that is taken.
type field struct {
	column int
	set    func(r *record, value string)
	word   bool // the values are few and are kept
}

func (t *rows) next(r *record) error {
	if t.width == 0 {
		if err := t.header(); err != nil {
			return err
		}
	}
	row, err := t.csv.Read()
	if err != nil {
		return err
	}
	if len(row) != t.width {
		return fmt.Errorf("line %d: the row has %d fields, the header %d: the file is cut off or damaged: %s", t.csv.Line(), len(row), t.width, fetch)
	}
	if !t.csv.Ended() {
		return fmt.Errorf("line %d: the last row ends without a line break: the file is cut off: %s", t.csv.Line(), fetch)
	}
	r.line = t.csv.Line()
	for _, f := range t.fields {
		if value := row[f.column]; len(value) > 0 {
			f.set(r, t.text(value, f.word))
		}
	}
	return nil
}

// text makes a string of a value, for words the one made before.
func (t *rows) text(value []byte, word bool) string {
	const most = 4096 // words kept, so that no file can fill the memory
	if !word {
		return string(value)
	}
	if s, ok := t.words[string(value)]; ok {
		return s
	}
	s := string(value)
	if len(t.words) < most && len(s) <= 64 {
		t.words[s] = s
	}
	return s
}

// header finds the columns.
func (t *rows) header() error {
	row, err := t.csv.Read()
	if err == io.EOF {
		return fmt.Errorf("the file is empty: %s", fetch)
	}
	if err != nil {
		return err
	}
	names := make([]string, len(row))
	for i, name := range row {
		names[i] = string(name)
		if slices.Contains(names[:i], names[i]) && names[i] != "" {
			return fmt.Errorf("line %d: the column %q stands twice: %s", t.csv.Line(), registry.Short(names[i]), fetch)
		}
	}
	needed, repeated := columns(t.kind)
	var missing []string
	for _, c := range needed {
		i := slices.Index(names, c.name)
		if i < 0 {
			missing = append(missing, strconv.Quote(c.name))
			continue
		}
		t.fields = append(t.fields, field{i, c.set, c.word})
	}
	if len(missing) > 0 {
		return fmt.Errorf("line %d: the header has no column %s among its %d: take the CSV form of the %s golden copy as GLEIF publishes it (LEI-CDF 3.1, RR-CDF 2.1, exceptions 2.1)",
			t.csv.Line(), strings.Join(missing, ", "), len(names), t.kind)
	}
	for _, c := range repeated {
		for n := 1; n <= maxRepeat; n++ {
			if i := slices.Index(names, strings.Replace(c.name, "#", strconv.Itoa(n), 1)); i >= 0 {
				t.fields = append(t.fields, field{i, c.set(n - 1), c.word})
			}
		}
	}
	t.width = len(row)
	return nil
}

// maxRepeat is how often a group of columns may be repeated in a table.
const maxRepeat = 40

// column is a column that every file has.
type column struct {
	name string
	word bool
	set  func(r *record, value string)
}

// group is a column that is repeated, with "#" in place of its number.
type group struct {
	name string
	word bool
	set  func(n int) func(r *record, value string)
}

// columns returns the columns that are taken, by the names that GLEIF gives
// the paths of its XML.
func columns(k kind) ([]column, []group) {
	switch k {
	case kindLEI:
		return leiColumns()
	case kindRelation:
		return relationColumns()
	}
	return exceptionColumns()
}

func leiColumns() ([]column, []group) {
	name := func(int) func(*record, string) {
		return func(r *record, v string) { r.lei.names = append(r.lei.names, v) }
	}
	return []column{
			{"LEI", false, func(r *record, v string) { r.lei.lei = v }},
			{"Entity.LegalName", false, func(r *record, v string) { r.lei.name = v }},
			{"Entity.HeadquartersAddress.Country", true, func(r *record, v string) { r.lei.headquarters = v }},
			{"Entity.RegistrationAuthority.RegistrationAuthorityID", true, func(r *record, v string) { r.lei.register = v }},
			{"Entity.RegistrationAuthority.RegistrationAuthorityEntityID", false, func(r *record, v string) { r.lei.number = v }},
			{"Entity.LegalJurisdiction", true, func(r *record, v string) { r.lei.jurisdiction = v }},
			{"Entity.EntityCategory", true, func(r *record, v string) { r.lei.category = v }},
			{"Entity.EntityStatus", true, func(r *record, v string) { r.lei.status = v }},
			{"Entity.EntityExpirationDate", false, func(r *record, v string) { r.lei.expired = v }},
			{"Entity.EntityExpirationReason", true, func(r *record, v string) { r.lei.expiry = v }},
			{"Registration.LastUpdateDate", false, func(r *record, v string) { r.lei.updated = v }},
			{"Registration.RegistrationStatus", true, func(r *record, v string) { r.lei.registration = v }},
		}, []group{
			{"Entity.OtherEntityNames.OtherEntityName.#", false, name},
			{"Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.#", false, name},
			{"Entity.SuccessorEntity.#.SuccessorLEI", false, func(int) func(*record, string) {
				return func(r *record, v string) { r.lei.successors = append(r.lei.successors, v) }
			}},
		}
}

func relationColumns() ([]column, []group) {
	during := func(set func(p *period, v string)) func(int) func(*record, string) {
		return func(n int) func(*record, string) {
			return func(r *record, v string) { set(at(&r.rel.periods, n), v) }
		}
	}
	measured := func(set func(q *quantifier, v string)) func(int) func(*record, string) {
		return func(n int) func(*record, string) {
			return func(r *record, v string) { set(at(&r.rel.quantifiers, n), v) }
		}
	}
	return []column{
			{"Relationship.StartNode.NodeID", false, func(r *record, v string) { r.rel.start = v }},
			{"Relationship.StartNode.NodeIDType", true, func(r *record, v string) { r.rel.startType = v }},
			{"Relationship.EndNode.NodeID", false, func(r *record, v string) { r.rel.end = v }},
			{"Relationship.EndNode.NodeIDType", true, func(r *record, v string) { r.rel.endType = v }},
			{"Relationship.RelationshipType", true, func(r *record, v string) { r.rel.kind = v }},
			{"Relationship.RelationshipStatus", true, func(r *record, v string) { r.rel.status = v }},
			{"Registration.LastUpdateDate", false, func(r *record, v string) { r.rel.updated = v }},
			{"Registration.RegistrationStatus", true, func(r *record, v string) { r.rel.registration = v }},
		}, []group{
			{"Relationship.Period.#.startDate", false, during(func(p *period, v string) { p.from = v })},
			{"Relationship.Period.#.endDate", false, during(func(p *period, v string) { p.to = v })},
			{"Relationship.Period.#.periodType", true, during(func(p *period, v string) { p.kind = v })},
			{"Relationship.Quantifiers.#.MeasurementMethod", true, measured(func(q *quantifier, v string) { q.method = v })},
			{"Relationship.Quantifiers.#.QuantifierAmount", true, measured(func(q *quantifier, v string) { q.amount = v })},
			{"Relationship.Quantifiers.#.QuantifierUnits", true, measured(func(q *quantifier, v string) { q.units = v })},
		}
}

func exceptionColumns() ([]column, []group) {
	return []column{
			{"LEI", false, func(r *record, v string) { r.exc.lei = v }},
			{"Exception.Category", true, func(r *record, v string) { r.exc.category = v }},
		}, []group{
			{"Exception.Reason.#", true, func(int) func(*record, string) {
				return func(r *record, v string) { r.exc.reasons = append(r.exc.reasons, v) }
			}},
			{"Exception.Reference.#", true, func(int) func(*record, string) {
				return func(r *record, v string) { r.exc.referenced = true }
			}},
		}
}

// at returns the element of the place, which the slice grows to have.
func at[T any](s *[]T, n int) *T {
	for len(*s) <= n {
		*s = append(*s, *new(T))
	}
	return &(*s)[n]
}
