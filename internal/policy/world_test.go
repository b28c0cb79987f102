package policy

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// testKinds are kinds like those of the carrier domain, and one of another
// domain to mistake them for. The package may not import the real ones.
func testKinds() []*evidence.Kind {
	seen := []evidence.AttrSpec{
		{Key: "looped", Op: evidence.OpSum},
		{Key: "peer_ases", Op: evidence.OpDistinct},
		{Key: "peers", Op: evidence.OpDistinct},
		{Key: "prefixes", Op: evidence.OpSet},
	}
	return []*evidence.Kind{
		{Domain: "carrier", Name: "adjacency", Attrs: seen, Roles: []evidence.Role{
			{Name: "near", Party: true}, {Name: "far", Party: true}}},
		{Domain: "carrier", Name: "session", Confirms: "adjacency", Roles: []evidence.Role{
			{Name: "local", Party: true}, {Name: "remote", Party: true}}},
		{Domain: "carrier", Name: "aspa", Confirms: "adjacency", Roles: []evidence.Role{
			{Name: "customer", Party: true}, {Name: "provider", Party: true}}},
		{Domain: "carrier", Name: "meeting", Roles: []evidence.Role{
			{Name: "member", Party: true}, {Name: "fellow", Party: true}},
			Attrs: []evidence.AttrSpec{{Key: "exchanges", Op: evidence.OpSet}}},
		{Domain: "carrier", Name: "origin", Attrs: seen, Roles: []evidence.Role{{Name: "origin", Party: true}}},
		{Domain: "carrier", Name: "transit", Attrs: seen, Roles: []evidence.Role{{Name: "via", Party: true}}},
		{Domain: "store", Name: "embeds", Roles: []evidence.Role{{Name: "app"}, {Name: "library", Party: true}}},
	}
}

// testEnv knows a few companies of every sort that a selection asks for.
func testEnv(t testing.TB) Env {
	t.Helper()
	return Env{newRegistry(t, []entity.Company{
		{Slug: "acme", Name: "Acme Telecom", Country: "CN", Tags: []string{"carrier"}, StateOwned: true},
		{Slug: "bolt", Name: "Bolt Cloud", Country: "CN", Tags: []string{"cloud"}},
		{Slug: "crown", Name: "Crown Networks", Country: "GB", Tags: []string{"carrier"}, StateOwned: true},
		{Slug: "delta", Name: "Delta Corporation", Country: "US", Headquarters: "HK"},
	}, entity.Listing{Company: "bolt", List: "bad-list", Source: "test",
		Valid: entity.Interval{From: date(t, "2021-01-01")}}), testKinds()}
}

func newRegistry(t testing.TB, companies []entity.Company, listings ...entity.Listing) *entity.Registry {
	t.Helper()
	for i := range companies {
		companies[i].Source = "test"
	}
	reg, err := entity.New(entity.Records{
		Sources: []entity.Source{{ID: "test", Title: "test"}}, Companies: companies, Listings: listings,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// shippedEnv has the companies of the registry that ships, read for their
// names only: the loader is not this package's to import.
func shippedEnv(t testing.TB) Env {
	t.Helper()
	files, err := filepath.Glob("../../data/registry/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no registry files found: %v", err)
	}
	var companies []entity.Company
	var listings []entity.Listing
	for _, file := range files {
		doc, root, err := yamldoc.Parse(file, readFile(t, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range root.Map().Get("companies").List() {
			m := n.Map()
			companies = append(companies, entity.Company{
				Slug: m.Get("id").Text(), Name: m.Get("name").Text(), Country: m.Get("country").Text(),
				Tags: m.Get("tags").Texts(), StateOwned: m.Get("state_owned").Bool(),
			})
			for _, l := range m.Get("lists").List() {
				listings = append(listings, entity.Listing{
					Company: m.Get("id").Text(), List: l.Map().Get("list").Text(), Source: "test",
				})
			}
		}
		if err := doc.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return Env{newRegistry(t, companies, listings...), testKinds()}
}

// shipped yields the policies that ship, by file.
func shipped(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	dir := os.DirFS("../../data/policies")
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil || len(names) < 3 {
		t.Fatalf("policies found: %v, %v", names, err)
	}
	for _, name := range names {
		out[name] = readFile(t, filepath.Join("../../data/policies", name))
	}
	return out
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// document is a small valid policy, into which a test puts its lines under
// the one entry and at the end.
func document(entry, rest string) []byte {
	return []byte(`policy: small
version: "1"
title: Small policy
issuer: Test office
published: 2020-01-01
authorities:
  - {id: act, title: The act, date: 2020-01-01}
control:
  - {id: half, method: cascade, threshold: 50}
entries:
  - id: one
    title: First rule
    authority: act
    citation: section 1
    domain: carrier
    select: {companies: [acme]}
    relations: [adjacency]
` + entry + `
` + rest)
}

const since2020 = "    in_force: [{from: 2020-01-01}]\n"

func mustCompile(t testing.TB, data []byte) *Policy {
	t.Helper()
	p, err := Compile("small.yaml", data, testEnv(t))
	if err != nil {
		t.Fatalf("Compile: %v\n%s", err, data)
	}
	return p
}

func date(t testing.TB, s string) entity.Date {
	t.Helper()
	d, err := entity.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
