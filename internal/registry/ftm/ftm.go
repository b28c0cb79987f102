// Package ftm loads entities of the FollowTheMoney model (followthemoney.tech)
// from JSON lines, as OpenSanctions publishes them: entities.ftm.json, where
// each line is an entity and entities refer to one another by their ids, and
// targets.nested.json, where they stand within one another.
//
// The data of OpenSanctions is under CC BY-NC 4.0: who uses it for business
// needs its licence (opensanctions.org/licensing). The model and its tools are
// under MIT.
//
// Taken: Company, Organization and PublicBody with their names, jurisdiction,
// topics and identifiers; Ownership with percentage and dates; Sanction as a
// listing, under the name of its dataset, with programme, authority and dates;
// Identification as an identifier. A LegalEntity is what a publisher did not
// know to be a person or a company: it is taken only where a property shows a
// company, like an LEI or a date of incorporation.
//
// A Person is never passed on, nor is a sole trader: what they hold becomes a
// holding without an owner's name. Weak aliases, addresses, free text, and all
// links between people are left out.
//
// Ownership and sanctions refer to entities that may come later, so they are
// held until the end of the file, with the ids of all entities.
package ftm

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/jsonstream"
	"github.com/cleannet/cleannet/internal/format/text"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Loader returns the loader.
func Loader() registry.Loader { return loader{} }

type loader struct{}

// Name implements [registry.Loader].
func (loader) Name() string { return "ftm-json" }

// Match implements [registry.Loader].
func (loader) Match(_ string, head []byte) bool {
	head = bytes.TrimLeft(text.Head(head), " \t\r\n")
	if !bytes.HasPrefix(head, []byte("{")) {
		return false
	}
	for _, key := range []string{`"id"`, `"schema"`, `"properties"`} {
		if !bytes.Contains(head, []byte(key)) {
			return false
		}
	}
	return true
}

// Load implements [registry.Loader].
func (l loader) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	if err := ctx.Err(); err != nil {
		return registry.Report{}, err
	}
	w := registry.NewWriter(about, sink)
	g := newGraph(w, about.ID)
	in := jsonstream.NewReader(f)
	return w.Read(ctx, l.Name(), func() error {
		record, err := in.Next()
		if err != nil {
			return err
		}
		w.Report.Records++
		return g.read(record, in.Line())
	}, g.give)
}

// node is an entity of the model, and whatever else is one there: a link, a
// sanction, a document.
type node struct {
	ID         string            `json:"id"`
	Caption    string            `json:"caption"`
	Schema     string            `json:"schema"`
	Datasets   []string          `json:"datasets"`
	FirstSeen  string            `json:"first_seen"`
	LastChange string            `json:"last_change"`
	Properties map[string]values `json:"properties"`
}

// values are those of a property. In the nested form one may be an entity.
type values []value

type value struct {
	text string
	node *node
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *value) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		v.node = new(node)
		if err := json.Unmarshal(b, v.node); err != nil {
			return err
		}
		v.text = v.node.ID
		return nil
	}
	return json.Unmarshal(b, &v.text)
}

// first returns the first value of a property, empty if there is none.
func (n *node) first(property string) string {
	if v := n.Properties[property]; len(v) > 0 {
		return v[0].text
	}
	return ""
}

// has reports whether one of the properties has a value.
func (n *node) has(properties ...string) bool {
	for _, p := range properties {
		if len(n.Properties[p]) > 0 {
			return true
		}
	}
	return false
}

// known is when the source said so: with the last change, else when it was
// first seen.
func (n *node) known() entity.Interval {
	if d := registry.Day(n.LastChange); !d.IsZero() {
		return entity.Interval{From: d}
	}
	return entity.Interval{From: registry.Day(n.FirstSeen)}
}
