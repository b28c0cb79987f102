package lists

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/evidence"
)

// Interpret implements [enforce.Interpreter]. It carries out the JSON file.
func (Target) Interpret(files []enforce.File) (*enforce.Program, error) {
	for _, f := range files {
		if !bytes.HasPrefix(bytes.TrimSpace(f.Data), []byte("{")) {
			continue
		}
		var doc Document
		dec := json.NewDecoder(bytes.NewReader(f.Data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&doc); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if doc.Format != 1 {
			return nil, fmt.Errorf("%s: format %d, want 1", f.Name, doc.Format)
		}
		program, err := doc.program()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return program, nil
	}
	return nil, fmt.Errorf("there is no JSON file: give %s", JSONFile)
}

// program turns the document into tests.
func (d *Document) program() (*enforce.Program, error) {
	plan := &enforce.Plan{Entries: []enforce.Entry{}}
	out := new(enforce.Program)
	for _, l := range d.Lists {
		level, err := enforce.ParseLevel(l.Level)
		if l.Level == "" {
			level, err = enforce.Origin, nil // of blocks
		}
		if err != nil {
			return nil, fmt.Errorf("list %q: %w", l.Name, err)
		}
		plan.Entries = append(plan.Entries, enforce.Entry{ID: l.Name, Domain: "carrier", Level: level, AllBut: l.Action == "permit_only"})
		for _, e := range l.Entries {
			id := evidence.ASN(e.ASN)
			if e.Prefix != "" {
				p, err := netip.ParsePrefix(e.Prefix)
				if err != nil {
					return nil, fmt.Errorf("list %q: %w", l.Name, err)
				}
				if id = evidence.Prefix(p); p.IsSingleIP() {
					id = evidence.Addr(p.Addr())
				}
			}
			for _, one := range e.IDs {
				out.Lines = append(out.Lines, enforce.Line{Identifier: id, ID: one})
			}
			plan.Items = append(plan.Items, enforce.Item{
				ID: strings.Join(e.IDs, " "), Entry: l.Name, Domain: "carrier", Identifier: id, Level: level, Allow: l.Action == "permit_only",
			})
		}
	}
	for _, w := range d.Waivers {
		peer, err := netip.ParseAddr(w.Peer)
		if err != nil {
			return nil, fmt.Errorf("waiver %q: %w", w.ID, err)
		}
		x := enforce.Waiver{ID: w.ID, Peer: peer}
		for _, text := range w.Pass {
			id, err := evidence.ParseID(text)
			if err != nil {
				return nil, fmt.Errorf("waiver %q: %w", w.ID, err)
			}
			x.Pass = append(x.Pass, id)
		}
		plan.Waivers = append(plan.Waivers, x)
	}
	routes, err := enforce.NewRoutes(plan, "carrier")
	if err != nil {
		return nil, err
	}
	out.Add("", routes.Tests("")...)
	for _, s := range routes.Sessions {
		out.Add(s.Name, routes.Tests(s.Name)...)
	}
	return out, nil
}
