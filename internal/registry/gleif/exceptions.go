package gleif

import (
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
)

// exceptionRecord is what is taken of a reporting exception.
type exceptionRecord struct {
	lei, category string
	reasons       []string
	referenced    bool // there was free text
	deleted       bool
}

// exceptions are the rules for reporting exceptions.
type exceptions struct {
	w *registry.Writer
}

// moreThanHalf is what the parent in a consolidation holds: (50,100].
func moreThanHalf() entity.Range { return entity.Range{Lo: entity.Whole/2 + 1, Hi: entity.Whole} }

func (x *exceptions) take(r *record) error {
	e := &r.exc
	if e.deleted {
		x.w.Report.Drop("deleted exception")
		return nil
	}
	slug, id, ok := company(e.lei)
	if !ok {
		x.problem(r, fmt.Sprintf("the LEI %q is none (ISO 17442): the record was left out", registry.Short(e.lei)))
		return nil
	}
	if e.referenced {
		x.w.Report.Drop("free text of an exception")
	}
	var parent string
	switch e.category {
	case "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT":
		parent = "direct parent"
	case "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT":
		parent = "ultimate parent"
	default:
		x.problem(r, fmt.Sprintf("unknown exception category %q: the record was left out", registry.Short(e.category)))
		return nil
	}
	if len(e.reasons) == 0 {
		x.problem(r, "an exception without a reason was left out")
	}
	record := key(id.Value()) + " " + parent
	for i, reason := range e.reasons {
		if slices.Contains(e.reasons[:i], reason) {
			continue
		}
		text := registry.Code(reason)
		switch {
		case text == "":
			x.problem(r, fmt.Sprintf("exception reason %q is no code: it was left out", registry.Short(reason)))
		case text == "natural-persons" && parent == "direct parent":
			// Interest of a kind of its own, so that it is not added to a parent
			// that a contradictory record names.
			x.w.Edge(entity.Edge{
				Asset: slug, Share: moreThanHalf(), Interest: "unknown-interest",
				Note: "controlled by natural persons without a consolidating parent", Record: record,
			})
		default:
			x.w.Gap(entity.Gap{Company: slug, Reason: text, Note: parent, Record: record})
		}
	}
	return nil
}

func (x *exceptions) end() {}

func (x *exceptions) problem(r *record, message string) {
	record := ""
	if r.exc.lei != "" {
		record = key(registry.Short(r.exc.lei))
	}
	x.w.Report.Problem(registry.Problem{Line: r.line, Record: record, Message: message})
}
