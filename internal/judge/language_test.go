package judge

import (
	"context"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/policy"
)

// equip says that a site uses a device of a maker; the attributes are those on
// which classes, uses and phases rest.
func equip(site, maker uint32, device string, attrs ...evidence.Attr) evidence.Observation {
	thing, _ := evidence.NewID(evidence.SchemeDomain, device)
	return evidence.Observation{
		Domain: "carrier", Kind: "equips", Count: 1, Thing: thing, Attrs: attrs,
		Subjects: []evidence.Subject{{Role: "maker", ID: evidence.ASN(maker)}, {Role: "site", ID: evidence.ASN(site)}},
	}
}

func offer(store, device string, count uint64) evidence.Observation {
	thing, _ := evidence.NewID(evidence.SchemeDomain, device)
	id, _ := evidence.NewID(evidence.SchemeDomain, store)
	return evidence.Observation{
		Domain: "carrier", Kind: "offers", Count: count, Thing: thing,
		Subjects: []evidence.Subject{{Role: "store", ID: id}}, Refs: []evidence.Ref{{Note: "offered"}},
	}
}

const equips = "    relations: [{equips: {roles: [maker]}}]\n" + always

// TestLanguage has what laws say beyond who and when.
func TestLanguage(t *testing.T) {
	words := evidence.Words
	class := func(more string) string { return "    select: {product_class: [router], " + more + "}\n" + equips }
	phased := selectMaker + equips + "    phases: [{id: core, title: Core, due: 2020-12-31, where: {places: [core]}}]\n"
	also := selectMaker + equips + "    also: [{relation: offers, when: count > 1}]\n"
	carve := "    except: [{id: list, title: the cleared list, where: {approvals: [yes]}, until: 2020-10-01}]\n"
	waiver := func(when string) string {
		return "exceptions: [{id: w, who: A, approved_by: B, authority: law, reason: need, from: 2020-01-01, " +
			"expires: 2021-01-01, companies: [maker], conditions: [monthly reports], when: " + when + "}]\n"
	}
	router, abroad := words("product_class", "router"), words("produced_in", "CN")
	tests := []struct {
		name, entry, rest, on string
		obs                   []evidence.Observation
		want, says            string
	}{
		{"class of anyone", class("produced_in: [CN]"), "", "", []evidence.Observation{equip(homeAS, nobodyAS, "r.example", abroad, router)},
			"violation 64510>64498", ""},
		{"class, country not said", class("produced_in: [CN]"), "", "", []evidence.Observation{equip(homeAS, nobodyAS, "r.example", router)},
			"unknown 64510>64498", "whether it is produced in CN"},
		{"class, nothing said", class("produced_in: [CN]"), "", "", []evidence.Observation{equip(homeAS, nobodyAS, "r.example")},
			"unknown 64510>64498", "whether it is of the class router"},
		{"another class", class("produced_in: [CN]"), "", "", []evidence.Observation{equip(homeAS, nobodyAS, "r.example", words("product_class", "drone"))},
			"clean", ""},
		{"class narrows companies", class("companies: [maker]"), "", "", []evidence.Observation{
			equip(homeAS, makerAS, "r.example", router), equip(homeAS, abroadAS, "r.example", router)}, "violation 64496>64498", ""},
		{"excepted by the rule", class("produced_in: [CN]") + carve, "", "", []evidence.Observation{
			equip(homeAS, nobodyAS, "r.example", words("approvals", "yes"), abroad, router)}, "excepted 64510>64498", "the cleared list, until 2020-10-01"},
		{"perhaps excepted", class("produced_in: [CN]") + carve, "", "", []evidence.Observation{equip(homeAS, nobodyAS, "r.example", abroad, router)},
			"unknown 64510>64498", "the cleared list"},
		{"no longer excepted", class("produced_in: [CN]") + carve, "", "2020-10-01", []evidence.Observation{equip(homeAS, nobodyAS, "r.example", abroad, router)},
			"violation 64510>64498", ""},
		{"phase not due", phased, "", "", []evidence.Observation{equip(homeAS, makerAS, "r.example", words("places", "core"))},
			"pending 64496>64498", "falls due on 2020-12-31"},
		{"phase due", phased, "", "2020-12-31", []evidence.Observation{equip(homeAS, makerAS, "r.example", words("places", "core"))},
			"violation 64496>64498", "is due since 2020-12-31"},
		{"phase due, place not said", phased, "", "2020-12-31", []evidence.Observation{equip(homeAS, makerAS, "r.example")},
			"unknown 64496>64498", "places core"},
		{"in no phase", phased, "", "2020-12-31", []evidence.Observation{equip(homeAS, makerAS, "r.example", words("places", "edge"))}, "clean", ""},
		{"use not said", selectMaker + equips + "    uses: [public safety]\n", "", "", []evidence.Observation{equip(homeAS, makerAS, "r.example")},
			"unknown 64496>64498", "only to the extent used for public safety"},
		{"also there", also, "", "", []evidence.Observation{equip(homeAS, makerAS, "r.example"), offer("shop.example", "r.example", 2)},
			"violation 64496>64498", ""},
		{"also not there, and looked for", also, "", "", []evidence.Observation{equip(homeAS, makerAS, "r.example"), offer("shop.example", "s.example", 2)},
			"clean", ""},
		{"also there, but not so", also, "", "", []evidence.Observation{equip(homeAS, makerAS, "r.example"), offer("shop.example", "r.example", 1)},
			"clean", ""},
		{"also never looked for", also, "", "", []evidence.Observation{equip(homeAS, makerAS, "r.example")},
			"unknown 64496>64498", "whether there is also offers of r.example"},
		{"by identifier, as a party", "    select: {identifiers: ['asn:64510']}\n" + equips, "", "", []evidence.Observation{
			equip(homeAS, nobodyAS, "r.example"), equip(homeAS, spaceAS, "r.example")}, "violation 64510>64498", ""},
		{"by identifier, as the thing", "    select: {identifiers: ['domain:r.example']}\n" + equips, "", "", []evidence.Observation{
			equip(homeAS, abroadAS, "r.example"), equip(homeAS, abroadAS, "s.example")}, "violation 64500>64498", ""},
		{"by identifier of a selected company, once", "    select: {companies: [maker], identifiers: ['asn:64496', 'domain:r.example']}\n" + equips, "", "",
			[]evidence.Observation{equip(homeAS, makerAS, "r.example")}, "violation 64496>64498", "in 1 record."},
		{"headquarters not known", "    select: {headquarters: [CN]}\n" + equips, "", "", []evidence.Observation{equip(homeAS, abroadAS, "r.example")},
			"unknown", "of 1 party its principal place of business: AS64500"},
		{"waiver on a condition", selectMaker + equips, waiver("count == 1"), "", []evidence.Observation{equip(homeAS, makerAS, "r.example")},
			"excepted 64496>64498", "on condition: monthly reports"},
		{"waiver whose condition fails", selectMaker + equips, waiver("count == 2"), "", []evidence.Observation{equip(homeAS, makerAS, "r.example")},
			"violation 64496>64498", ""},
		{"waiver whose condition is open", selectMaker + equips, waiver("attrs.places.size() == 1"), "", []evidence.Observation{equip(homeAS, makerAS, "r.example")},
			"unknown 64496>64498", "whether the exception w covers it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reg := world(t, "CN", "US", exactly(100))
			on := tt.on
			if on == "" {
				on = "2020-08-05"
			}
			s := judgeAll(t, read(tt.obs...), reg, compile(t, reg, tt.entry, tt.rest), on)
			if got := brief(s.findings); got != tt.want {
				t.Fatalf("got %q, want %q: %s", got, tt.want, asJSON(t, s.findings))
			}
			if !strings.Contains(s.findings[0].Reason, tt.says) {
				t.Errorf("got reason %q, want %q in it", s.findings[0].Reason, tt.says)
			}
		})
	}
}

// TestAlsoChain: the finding carries both observations.
func TestAlsoChain(t *testing.T) {
	reg := world(t, "CN", "US", exactly(100))
	p := compile(t, reg, selectMaker+equips+"    also: [{relation: offers}]\n", "")
	s := judgeAll(t, read(equip(homeAS, makerAS, "r.example"), offer("shop.example", "r.example", 2)), reg, p, "2020-08-05")
	var kinds []string
	for _, step := range s.findings[0].Chain {
		if step.Observed != nil {
			kinds = append(kinds, step.Observed.Kind)
		}
	}
	if got := strings.Join(kinds, " "); got != "equips offers" {
		t.Errorf("got the observations %q, want %q", got, "equips offers")
	}
}

// TestOnUnknown: what an undecided control makes of a finding.
func TestOnUnknown(t *testing.T) {
	reg := world(t, "CN", "US", entity.Range{Lo: 0, Hi: entity.Whole})
	for answer, want := range map[string]string{
		"unknown": "unknown 64497>64498 prohibit", "review": "violation 64497>64498 review",
		"violation": "violation 64497>64498 prohibit", "ignore": "clean prohibit",
	} {
		doc := strings.Replace(smallDoc(standard, ""), "threshold: 50}", "threshold: 50, on_unknown: "+answer+"}", 1)
		p, err := policy.Compile("small.yaml", []byte(doc), policy.Env{Registry: reg, Kinds: kinds()})
		if err != nil {
			t.Fatal(err)
		}
		s := judgeAll(t, read(meet(homeAS, childAS)), reg, p, "2020-08-05")
		f := s.findings[0]
		if got := brief(s.findings) + " " + string(f.Effect); got != want {
			t.Errorf("on_unknown %s: got %q, want %q", answer, got, want)
		}
		if answer != "ignore" && !strings.Contains(f.Reason, "Company maker owns 0%–100% of Company child") || !strings.Contains(f.Reason, "controlled") {
			t.Errorf("on_unknown %s: the reason %q does not say why", answer, f.Reason)
		}
	}
}

// TestStrangersAmongSelected: a stranger that met only companies of one entry
// is open for the other entry, and not for it.
func TestStrangersAmongSelected(t *testing.T) {
	reg := world(t, "CN", "US", exactly(100))
	p := compile(t, reg, standard, `  - id: two
    title: Second
    authority: act
    citation: section 2
    domain: carrier
    select: {companies: [abroad]}
`+adjacency+always)
	s := judgeAll(t, read(meet(makerAS, nobodyAS)), reg, p, "2020-08-05")
	var got []string
	for _, f := range s.findings {
		got = append(got, f.Entry+" "+f.Verdict.String())
	}
	want := "one violation, two unknown"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got %q, want %q: %s", text, want, asJSON(t, s.findings))
	}
}

// TestExpectations: what a document's own tests may ask beside findings.
func TestExpectations(t *testing.T) {
	reg := world(t, "CN", "US", exactly(100))
	p := compile(t, reg, selectMaker+`    relations: [equips]
    awaits: inventories
    in_force: [{from: 2020-01-01}]
    suspended: [{from: 2020-06-01, reason: enjoined, known: 2020-06-01}]
    phases: [{id: core, title: Core, due: 2020-03-01, where: {places: [core]}}]
`, `tests:
  - name: good
    as_of: 2020-03-01
    expect:
      - {entry: one, state: in-force, due: 1}
      - {entry: one, company: child, suppose: {places: [core]}, verdict: violation}
      - {entry: one, company: child, suppose: {places: [edge]}, none: true}
      - {entry: one, company: child, suppose: {}, verdict: unknown}
      - {entry: one, company: abroad, suppose: {places: [core]}, verdict: clean}
      - {entry: one, subject: AS64497, suppose: {places: [core]}, verdict: violation}
  - name: suspended
    as_of: 2020-06-01
    expect:
      - {entry: one, state: suspended}
      - {entry: one, company: child, suppose: {places: [core]}, none: true}
  - name: not known yet
    as_of: 2020-06-01
    as_known_at: 2020-05-31
    expect:
      - {entry: one, state: in-force, company: child, suppose: {places: [core]}, verdict: violation}
  - name: wrong
    as_of: 2020-03-01
    expect:
      - {entry: one, state: ended}
      - {entry: one, due: 2}
      - {entry: one, company: child, suppose: {places: [core]}, verdict: pending}
`)
	results, err := RunTests(context.Background(), p, reg)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 0, 0, 3} {
		if got := results[i].Failures; len(got) != want {
			t.Errorf("%s: got %d failures, want %d: %s", results[i].Test.Name, len(got), want, strings.Join(got, "\n"))
		}
	}
}
