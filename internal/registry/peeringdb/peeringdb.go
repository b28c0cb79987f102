// Package peeringdb loads the organisations and networks of PeeringDB.
//
// Form: the JSON of its API, https://www.peeringdb.com/apidocs/, version 2: a
// dump of all object types, {"org": {"data": [...]}, "net": {"data": [...]}, ...},
// as CAIDA archives it, or the answer for one type, {"data": [...]}.
// Licence: PeeringDB's acceptable use policy restricts bulk use and passing the
// data on; an archive may add terms. Nothing of it ships; users bring a dump.
//
// Taken: an organisation is a company "pdb-org-N" with its names and its
// country; a network's AS number is an identifier that its organisation holds.
// An answer for networks alone names organisations that another file describes.
//
// Dropped and counted: what is not in service (status other than "ok"),
// exchanges and ports (evidence of meetings, not of ownership), facilities, and
// contacts, which are people and are never looked at.
//
// PeeringDB does not tell organisations from natural persons, and has some who
// run a network under their own name. Nothing can filter them by what the file
// says; use it to name networks, not to screen.
package peeringdb

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/stream"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Loader reads dumps and single answers. The zero Loader is ready.
type Loader struct{}

// Name implements [registry.Loader].
func (Loader) Name() string { return "peeringdb" }

// Match implements [registry.Loader].
func (Loader) Match(_ string, head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if !bytes.HasPrefix(head, []byte("{")) || !bytes.Contains(head, []byte(`"data"`)) {
		return false
	}
	return slices.ContainsFunc([]string{
		`"org_id"`, `"net_id"`, `"ix_id"`, `"fac_id"`, `"ixlan_id"`, `"name_long"`, `"address1"`, `"clli"`,
	}, func(key string) bool { return bytes.Contains(head, []byte(key)) })
}

// maxHeld bounds the organisations, and the networks that wait for theirs: some
// thirty times what PeeringDB had in 2026.
const maxHeld = 1 << 20

// Load implements [registry.Loader].
func (Loader) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	l := &loading{Writer: registry.NewWriter(about, sink), orgs: map[int64]bool{}, asns: map[uint32]bool{}}
	err := stream.Arrays(stream.NewReader(f), func(path []string, decode func(any) error) error {
		return l.element(ctx, path, decode)
	})
	if err == nil {
		err = l.settle(ctx)
	}
	if err != nil {
		return l.Report, err
	}
	return l.End(ctx, "PeeringDB JSON")
}

// loading is the state of one file.
type loading struct {
	*registry.Writer

	orgs    map[int64]bool  // given
	asns    map[uint32]bool // given or waiting
	waiting []network       // all networks: a dump may have them before the organisations
	dump    bool            // the file has a list of organisations
}

// network is what is kept of a net object.
type network struct {
	id, org int64
	asn     uint32
	note    string
}

// object has the keys that are taken of any object, and those that tell its
// type in an answer that does not name it.
type object struct {
	ID       int64   `json:"id"`
	Status   string  `json:"status"`
	Name     string  `json:"name"`
	AKA      string  `json:"aka"`
	NameLong string  `json:"name_long"`
	Country  string  `json:"country"`
	ASN      *int64  `json:"asn"`
	OrgID    *int64  `json:"org_id"`
	NetID    *int64  `json:"net_id"`
	IXID     *int64  `json:"ix_id"`
	IXLanID  *int64  `json:"ixlan_id"`
	FacID    *int64  `json:"fac_id"`
	CLLI     *string `json:"clli"`
	Role     *string `json:"role"`
	// Nets are the networks of an organisation, in an answer that was asked for
	// with a depth: objects, or their ids alone.
	Nets []json.RawMessage `json:"net_set"`
}

// kind tells the type by the keys that only it has.
func (o *object) kind() string {
	switch {
	case o.Role != nil:
		return "poc"
	case o.IXID != nil || o.IXLanID != nil:
		return "netixlan"
	case o.FacID != nil || o.CLLI != nil || o.NetID != nil:
		return "netfac"
	case o.ASN != nil && o.OrgID != nil:
		return "net"
	case o.OrgID != nil:
		return "ix" // or a facility, a campus, a carrier: none is taken
	}
	return "org"
}

// element takes one object of a list.
func (l *loading) element(ctx context.Context, path []string, decode func(any) error) error {
	kind := ""
	switch {
	case len(path) == 2 && path[1] == "data":
		kind = path[0]
	case len(path) == 1 && path[0] == "data":
	default: // a list inside the head of the answer
		return decode(&json.RawMessage{})
	}
	if err := l.Record(ctx); err != nil {
		return err
	}
	if kind != "" && kind != "org" && kind != "net" {
		l.Report.Drop(reason(kind))
		return decode(&json.RawMessage{})
	}
	var o object
	var odd *json.UnmarshalTypeError
	switch err := decode(&o); {
	case errors.As(err, &odd):
		l.problem(kind, o.ID, fmt.Sprintf("its %q is of another type: the object was left out", odd.Field))
		return nil
	case err != nil:
		return err
	}
	l.dump = l.dump || kind == "org"
	kind = cmp.Or(kind, o.kind())
	switch {
	case kind != "org" && kind != "net":
		l.Report.Drop(reason(kind))
		return nil
	case o.Status != "ok":
		l.Report.Drop("not in service")
		return nil
	case kind == "org":
		return l.organisation(o)
	}
	return l.network(o)
}

// reason says why objects of a type are left out.
func reason(kind string) string {
	switch kind {
	case "ix", "ixlan", "ixpfx", "netixlan", "ixfac":
		return "exchange data"
	case "fac", "netfac", "carrier", "carrierfac", "campus":
		return "facility data"
	case "poc":
		return "contact of a natural person"
	}
	return "objects of an unknown type"
}

func (l *loading) organisation(o object) error {
	name := registry.Line(o.Name)
	switch {
	case o.ID <= 0 || name == "":
		l.problem("org", o.ID, "has no id or no name that can be used: it was left out")
		return nil
	case l.orgs[o.ID]:
		l.problem("org", o.ID, "stands twice: only the first was used")
		return nil
	case len(l.orgs) >= maxHeld:
		return errMany
	}
	l.orgs[o.ID] = true
	l.Company(entity.Company{
		Slug: slug(o.ID), Name: name, Aliases: registry.Aliases(name, o.AKA, o.NameLong),
		Country: registry.Country(o.Country), Record: record("org", o.ID),
	})
	for _, raw := range o.Nets {
		if err := l.inside(o.ID, raw); err != nil {
			return err
		}
	}
	return nil
}

// inside takes a network that stands within its organisation.
func (l *loading) inside(org int64, raw json.RawMessage) error {
	var o object
	switch err := json.Unmarshal(raw, &o); {
	case !bytes.HasPrefix(raw, []byte("{")):
		l.Report.Drop("network of which only the id is given")
		return nil
	case err != nil:
		l.problem("org", org, "has a network that cannot be read: it was left out")
		return nil //nolint:nilerr // the report has it
	case o.Status != "ok":
		l.Report.Drop("not in service")
		return nil
	}
	o.OrgID = &org
	return l.network(o)
}

func (l *loading) network(o object) error {
	switch {
	case o.ID <= 0 || o.OrgID == nil || *o.OrgID <= 0:
		l.problem("net", o.ID, "has no id or no organisation: it was left out")
		return nil
	case o.ASN == nil || *o.ASN <= 0 || *o.ASN > 1<<32-1:
		l.problem("net", o.ID, "has no AS number from 1 to 4294967295: it was left out")
		return nil
	case l.asns[uint32(*o.ASN)]:
		l.problem("net", o.ID, fmt.Sprintf("AS%d stands twice: only the first network was used", *o.ASN))
		return nil
	case len(l.asns) >= maxHeld:
		return errMany
	}
	l.asns[uint32(*o.ASN)] = true
	l.waiting = append(l.waiting, network{id: o.ID, org: *o.OrgID, asn: uint32(*o.ASN), note: registry.Line(o.Name)})
	return nil
}

var errMany = fmt.Errorf("more than %d organisations or networks: the file is damaged or no data of PeeringDB, fetch it again", maxHeld)

// settle gives the networks to their organisations. Where the file lists
// organisations, all of them must be there.
func (l *loading) settle(ctx context.Context) error {
	for i, n := range l.waiting {
		if i%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if l.dump && !l.orgs[n.org] {
			l.problem("net", n.id, fmt.Sprintf("belongs to the organisation %d, which the file does not have in service: it was left out", n.org))
			continue
		}
		l.Identifier(entity.Identifier{
			ID: evidence.ASN(n.asn), Company: slug(n.org), Note: n.note, Record: record("net", n.id),
		})
	}
	return nil
}

func (l *loading) problem(kind string, id int64, message string) {
	l.Report.Problem(registry.Problem{Record: record(kind, id), Message: message})
}

// record names an object, whose type may not be known.
func record(kind string, id int64) string {
	return fmt.Sprintf("%s %d", cmp.Or(kind, "object"), id)
}

func slug(org int64) string { return fmt.Sprintf("pdb-org-%d", org) }
