package decision

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Outcome is what was decided about a name and a company.
type Outcome string

// The outcomes. Withdrawn takes an earlier decision back.
const (
	Confirmed Outcome = "confirmed"
	Rejected  Outcome = "rejected"
	Withdrawn Outcome = "withdrawn"
)

// Outcomes lists them.
func Outcomes() []Outcome { return []Outcome{Confirmed, Rejected, Withdrawn} }

// Decision says that a name is, or is not, that of a company.
type Decision struct {
	Name    string  `yaml:"name"`
	Company string  `yaml:"company"` // slug of the registry
	Outcome Outcome `yaml:"outcome"`
	By      string  `yaml:"by"`   // an office or organisation, in its own words
	When    string  `yaml:"when"` // YYYY-MM-DD
	Why     string  `yaml:"why"`
}

// Limits on a record, so that a wrong file is refused and not worked on.
const (
	MaxBytes = 16 << 20
	maxText  = 2000 // bytes of a field
)

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Check returns what is wrong with a decision, nil if nothing is.
func (d Decision) Check() error {
	var errs []error
	for _, f := range []struct{ key, value string }{{"name", d.Name}, {"by", d.By}, {"why", d.Why}} {
		switch {
		case strings.TrimSpace(f.value) == "":
			errs = append(errs, fmt.Errorf("%s is empty: say it in a few words", f.key))
		case len(f.value) > maxText || !utf8.ValidString(f.value):
			errs = append(errs, fmt.Errorf("%s is longer than %d bytes or not UTF-8: shorten it", f.key, maxText))
		}
	}
	if !slug.MatchString(d.Company) || len(d.Company) > maxText {
		errs = append(errs, fmt.Errorf("company %.40q: want a slug of the registry, as cleannet who prints it", d.Company))
	}
	if !slices.Contains(Outcomes(), d.Outcome) {
		errs = append(errs, fmt.Errorf("outcome %.40q: want one of %v", d.Outcome, Outcomes()))
	}
	if _, err := time.Parse(time.DateOnly, d.When); err != nil {
		errs = append(errs, fmt.Errorf("when %.40q: want YYYY-MM-DD", d.When))
	}
	return errors.Join(errs...)
}

// Record is a list of decisions, the oldest first. The zero value has none; it
// is not safe for concurrent use while [Record.Add] runs.
type Record struct {
	decisions []Decision
	latest    map[pair]int
	byName    map[string][]int // the latest ones, by folded name
	fold      func(string) string
}

// pair is a folded name and a company.
type pair struct{ name, company string }

// New returns an empty record. Two names that fold returns the same for are one
// name.
func New(fold func(name string) string) *Record {
	return &Record{latest: map[pair]int{}, byName: map[string][]int{}, fold: fold}
}

// Parse reads a record. An error names the file, and for each mistake its line.
func Parse(file string, data []byte, fold func(name string) string) (*Record, error) {
	r := New(fold)
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%q: more than %d bytes: split the record, or keep it elsewhere", file, MaxBytes)
	}
	var doc struct {
		Decisions []yaml.Node `yaml:"decisions"`
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		if strings.TrimSpace(string(data)) == "" {
			return r, nil
		}
		return nil, fmt.Errorf("%q: %w: want a list \"decisions:\" as cleannet decide writes it", file, firstMistake(err))
	}
	var errs []error
	for i := range doc.Decisions {
		n := &doc.Decisions[i]
		d, err := decode(n)
		if err == nil {
			err = r.Add(d)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", file, n.Line, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// firstMistake returns the first of what YAML has against a document, without
// the type in Go that it should have fitted: a file of another kind has a
// mistake in each line.
func firstMistake(err error) error {
	mistakes, ok := errors.AsType[*yaml.TypeError](err)
	if !ok || len(mistakes.Errors) == 0 {
		return err
	}
	text, _, _ := strings.Cut(mistakes.Errors[0], " in type ")
	return errors.New("no record of decisions: " + text)
}

// decode reads one decision and refuses keys that it does not know.
func decode(n *yaml.Node) (Decision, error) {
	var d Decision
	if n.Kind != yaml.MappingNode {
		return d, errors.New("want a decision with the keys name, company, outcome, by, when, why")
	}
	known := []string{"name", "company", "outcome", "by", "when", "why"}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; !slices.Contains(known, key) {
			return d, fmt.Errorf("unknown key %.40q: want one of %s", key, strings.Join(known, ", "))
		}
	}
	err := n.Decode(&d)
	return d, err
}

// Add checks a decision and enters it after the others.
func (r *Record) Add(d Decision) error {
	if err := d.Check(); err != nil {
		return err
	}
	key := pair{r.fold(d.Name), d.Company}
	if old, ok := r.latest[key]; ok {
		r.byName[key.name] = slices.DeleteFunc(r.byName[key.name], func(i int) bool { return i == old })
	}
	r.byName[key.name] = append(r.byName[key.name], len(r.decisions))
	r.latest[key] = len(r.decisions)
	r.decisions = append(r.decisions, d)
	return nil
}

// About returns the decisions in force on a name that is folded already, the
// oldest first.
func (r *Record) About(folded string) []Decision {
	var out []Decision
	for _, i := range r.byName[folded] {
		if r.decisions[i].Outcome != Withdrawn {
			out = append(out, r.decisions[i])
		}
	}
	return out
}

// InForce yields the decisions that no later one replaces, the oldest first.
func (r *Record) InForce() iter.Seq[Decision] {
	return func(yield func(Decision) bool) {
		for i, d := range r.decisions {
			latest := slices.Contains(r.byName[r.fold(d.Name)], i)
			if d.Outcome != Withdrawn && latest && !yield(d) {
				return
			}
		}
	}
}

// Encode writes the record as YAML. Parse reads the same record from it.
func (r *Record) Encode() ([]byte, error) {
	return yaml.Marshal(struct {
		Decisions []Decision `yaml:"decisions"`
	}{r.decisions})
}
