package ftm

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/jsonstream"
	"github.com/cleannet/cleannet/internal/registry"
)

// maxHeld is how many ids and links a file may make the loader hold.
const maxHeld = 16 << 20

// class is what an id stands for.
type class uint8

const (
	company class = iota + 1
	person
	other // a link, a vessel, an address: nothing that owns or is owned
)

// graph holds the ids and the links of a file until its end.
type graph struct {
	w       *registry.Writer
	source  string
	classes map[string]class
	line    int64
	held    int

	ownerships []ownership
	listings   []listing
	numbers    []number
}

// ownership, listing and number are links whose ends may come later.
type ownership struct {
	fact         entity.Edge // without its ends
	owner, asset string      // ids
	line         int64
}

type listing struct {
	fact entity.Listing // without its company
	id   string
}

type number struct {
	fact entity.Identifier // without its company
	id   string
}

func newGraph(w *registry.Writer, source string) *graph {
	return &graph{w: w, source: source, classes: map[string]class{}}
}

// read takes in one line. An error ends the file.
func (g *graph) read(record []byte, line int64) error {
	g.line = line
	var n node
	sound, err := jsonstream.Decode(record, line, &n)
	if err != nil {
		return err
	}
	if !sound {
		g.problem("", "the entity is not of the form, and was left out")
		return nil
	}
	if n.ID == "" || n.Schema == "" {
		g.problem(n.ID, "an entity without an id or a schema was left out")
		return nil
	}
	g.take(&n)
	if g.held += 1 + len(n.Properties); g.held > maxHeld {
		return fmt.Errorf("line %d: the file has more than %d entities and links: take a smaller dataset", line, maxHeld)
	}
	return nil
}

func (g *graph) problem(id, message string) {
	if id != "" {
		id = "id " + registry.Short(id)
	}
	g.w.Report.Problem(registry.Problem{Line: g.line, Record: id, Message: message})
}

// take sorts an entity by its schema, after those that stand within it.
func (g *graph) take(n *node) {
	for _, name := range slices.Sorted(maps.Keys(n.Properties)) {
		for _, v := range n.Properties[name] {
			if v.node != nil && v.node.ID != "" && v.node.Schema != "" {
				g.take(v.node)
			}
		}
	}
	switch n.Schema {
	case "Company", "Organization", "PublicBody":
		g.organisation(n, soleTrader(n))
	case "LegalEntity":
		g.organisation(n, soleTrader(n) || !organised(n))
	case "Person":
		g.person(n.ID, "natural person")
	case "Ownership", "Sanction", "Identification":
		g.link(n)
	case "Directorship", "Family", "Associate", "Membership", "Employment", "Representation", "Occupancy", "Passport":
		g.w.Report.Drop("link or paper of a natural person (" + n.Schema + ")")
	default:
		g.classes[n.ID] = other
		g.w.Report.Drop("entity of another kind")
	}
}

// link keeps a link once: in the nested form it stands at both its ends.
func (g *graph) link(n *node) {
	if g.classes[n.ID] != 0 {
		g.w.Report.Drop("entity that stands twice")
		return
	}
	g.classes[n.ID] = other
	switch n.Schema {
	case "Ownership":
		g.ownership(n)
	case "Sanction":
		g.sanction(n)
	default:
		g.identification(n)
	}
}

func (g *graph) person(id, reason string) {
	g.classes[id] = person
	g.w.Report.Drop(reason)
}

// give passes the links on, now that all ends are known.
func (g *graph) give() {
	for _, d := range g.numbers {
		if g.classes[d.id] != company {
			g.w.Report.Drop("identifier of what is no company")
			continue
		}
		d.fact.Company = g.slug(d.id)
		g.w.Identifier(d.fact)
	}
	for _, l := range g.listings {
		switch g.classes[l.id] {
		case company:
			l.fact.Company = g.slug(l.id)
			g.w.Listing(l.fact)
		case person:
			g.w.Report.Drop("listing of a natural person")
		default:
			g.w.Report.Drop("listing of what is no company")
		}
	}
	g.giveOwnerships()
}

func (g *graph) slug(id string) string { return registry.Slug(g.source, id) }
