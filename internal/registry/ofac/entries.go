package ofac

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
)

// relation says how a type of relation reads as a holding.
type relation struct {
	interest string
	reversed bool // the profile that it comes from is the owner
}

// relationOf reads the types of relations by their words. Most name the asset
// first: "A owned or controlled by B". Those that say nothing of ownership or
// control are false.
func relationOf(words string) (relation, bool) {
	const control, unknown = "other-influence-or-control", "unknown-interest"
	switch words {
	case "owned or controlled by":
		return relation{control, false}, true
	case "owns, controls, or operates":
		return relation{control, true}, true
	case "property in the interest of", "acting for or on behalf of":
		return relation{unknown, false}, true
	}
	return relation{}, false
}

// relation gives a holding between two organisations.
func (l *advanced) relation(n *node) error {
	typeID := n.get("RelationTypeID")
	words := l.word("RelationType", typeID)
	record := recordOf("relation", n.get("ID"))
	from, to := n.get("From-ProfileID"), n.get("To-ProfileID")
	rel, ok := relationOf(words)
	switch {
	case words == "":
		l.problem(0, record, fmt.Sprintf("is of the type %s, which the file does not explain: it was left out", clip(typeID)))
		return nil
	case !ok:
		l.Report.Drop("relation without ownership or control")
		return nil
	case n.get("Former") == "true":
		l.Report.Drop("former relation")
		return nil
	case l.profiles[from] == person || l.profiles[to] == person:
		l.Report.Drop("relation to a natural person")
		return nil
	case l.profiles[from] == thing || l.profiles[to] == thing:
		l.Report.Drop("relation to a vessel or aircraft")
		return nil
	case l.profiles[from] != organisation || l.profiles[to] != organisation:
		l.problem(0, record, "names a party that the file does not have: it was left out")
		return nil
	case from == to:
		l.Report.Drop("relation of a party to itself")
		return nil
	}
	owner, asset := slug(to), slug(from)
	if rel.reversed {
		owner, asset = asset, owner
	}
	key := owner + "|" + asset + "|" + rel.interest
	switch {
	case l.edges[key]:
		l.Report.Drop("relation stated twice")
		return nil
	case len(l.edges) >= maxHeld:
		return errMany
	}
	l.edges[key] = true
	l.Edge(entity.Edge{
		Owner: owner, Asset: asset, Share: entity.Range{Hi: entity.Whole}, Interest: rel.interest, Record: record,
		Note: "OFAC states no share: " + registry.Line(l.values["RelationType/"+typeID].text) + ".",
	})
	return nil
}

// entry gives the place of an organisation on a list.
func (l *advanced) entry(n *node) error {
	uid, record := n.get("ProfileID"), recordOf("entry", n.get("ID"))
	switch l.profiles[uid] {
	case organisation:
	case person, thing:
		return nil // counted with its party
	default:
		l.problem(0, record, fmt.Sprintf("is of the party %s, which the file does not have: it was left out", clip(uid)))
		return nil
	}
	var programs, measures []string
	for _, m := range n.of("SanctionsMeasure") {
		// A measure that stands for a programme has its name as comment; no
		// other has one.
		kind := registry.Line(l.values["SanctionsType/"+m.get("SanctionsTypeID")].text)
		switch program := m.first("Comment"); {
		case program != "":
			programs = append(programs, program)
		case kind != "" && !slices.Contains(measures, kind):
			measures = append(measures, kind)
		}
	}
	name := l.values["List/"+n.get("ListID")].text
	list, part := listNamed(name)
	if list == "" {
		l.problem(0, record, "is of a list that the file does not name: it was left out")
		return nil
	}
	if part != "" {
		programs = append(programs, part)
	}
	if len(programs) == 0 {
		programs = []string{""}
	}
	var notes []string
	if part != "" {
		notes = append(notes, registry.Line(name)+".")
	}
	if len(measures) > 0 {
		notes = append(notes, "Measures: "+strings.Join(measures, ", ")+".")
	}
	valid := entity.Interval{From: l.since(n, record)}
	for _, program := range programs {
		if err := l.listing(uid, list, program, valid, strings.Join(notes, " "), record); err != nil {
			return err
		}
	}
	return nil
}

// listNamed finds the list, and the short name of a part of the list of those
// that are no SDNs.
func listNamed(name string) (list, part string) {
	low := strings.ToLower(strings.TrimSpace(name))
	switch low {
	case "":
		return "", ""
	case "sdn list":
		return listSDN, ""
	case "consolidated list":
		return listNonSDN, ""
	}
	for _, known := range []struct{ words, part string }{
		{"sectoral sanctions", "SSI"}, {"palestinian legislative", "NS-PLC"}, {"menu-based", "NS-MBS"},
		{"military-industrial", "NS-CMIC"}, {"military industrial", "NS-CMIC"}, {"payable-through", "CAPTA"}, {"capta", "CAPTA"},
		{"part 561", "561-LIST"}, {"foreign sanctions evaders", "FSE"}, {"iran sanctions act", "NS-ISA"},
	} {
		if strings.Contains(low, known.words) {
			return listNonSDN, known.part
		}
	}
	return listNonSDN, name
}

// since returns the date of the first event of an entry.
func (l *advanced) since(n *node, record string) entity.Date {
	var first entity.Date
	for _, event := range n.of("EntryEvent") {
		year := event.first("Date", "Year")
		if year == "" {
			continue
		}
		date, err := entity.ParseDate(pad(year, 4) + "-" + pad(event.first("Date", "Month"), 2) + "-" + pad(event.first("Date", "Day"), 2))
		if err != nil {
			l.problem(0, record, "the date of an event is none: it was not used")
			continue
		}
		if first.IsZero() || date.Before(first) {
			first = date
		}
	}
	return first
}

// pad writes a number with leading zeros, as ISO 8601 does.
func pad(digits string, width int) string {
	return strings.Repeat("0", max(width-len(digits), 0)) + clip(digits)
}
