package judge

import (
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

func TestVerdicts(t *testing.T) {
	const us, uncertain = "    protects: {countries: [US]}\n", "    requires: {peers: 2}\n"
	exception := func(from, expires string) string {
		return "exceptions: [{id: waiver, who: Ministry, approved_by: Court, authority: law, reason: need, from: " +
			from + ", expires: " + expires + ", companies: [maker]}]\n"
	}
	unless := func(more string) string {
		return standard + "    unless: {event: divestiture, by: 2021-01-01" + more + "}\n"
	}
	few := entity.Range{Lo: 400_000, Hi: 600_000}
	tests := []struct {
		name, entry, rest string
		share             entity.Range // of child, all of it if zero
		obs               evidence.Observation
		want, says        string // findings, and words of the first one's reason
	}{
		{"violation", standard, "", entity.Range{}, meet(makerAS, homeAS, "a"), "violation 64496>64498", "2 records of 1 peer."},
		{"by control", standard, "", entity.Range{}, meet(homeAS, childAS), "violation 64497>64498", ""},
		{"clean", standard, "", entity.Range{}, meet(homeAS, abroadAS), "clean", "1 observation of"},
		{"two barred", standard, "", entity.Range{}, meet(makerAS, childAS), "clean", ""},
		{"unresolved party", standard, "", entity.Range{}, meet(homeAS, nobodyAS), "unknown", "who controls 1 party: AS64510"},
		{"range", standard, "", few, meet(homeAS, childAS), "unknown 64497>64498", "Company maker owns 40%–60% of Company child"},
		{"perhaps two barred", standard, "", few, meet(makerAS, childAS), "unknown 64496>64497", "too, is controlled"},
		{"country", standard + us, "", entity.Range{}, meet(makerAS, homeAS), "violation 64496>64498", ""},
		{"other country", standard + us, "", entity.Range{}, meet(makerAS, abroadAS), "clean", "in a case that it is about"},
		{"registered", standard + us, "", entity.Range{}, meet(makerAS, registeredAS), "violation 64496>64505", ""},
		{"space", standard + us, "", entity.Range{}, meet(makerAS, spaceAS), "unknown 64496>64506", "address space lies mostly in US"},
		{"space elsewhere", standard + us, "", entity.Range{}, meet(makerAS, spaceAbroadAS), "unknown", "registered country of 1 counterpart"},
		{"no country", standard + us, "", entity.Range{}, meet(makerAS, nobodyAS), "unknown 64496>64510", "in which AS64510 is registered"},
		{"company", standard + "    protects: {companies: [home]}\n", "", entity.Range{}, meet(makerAS, homeChildAS), "violation 64496>64499", ""},
		{"identifier", standard + "    protects: {identifiers: ['asn:64500']}\n", "", entity.Range{}, meet(makerAS, abroadAS), "violation 64496>64500", ""},
		{"corroborated", standard + uncertain, "", entity.Range{}, meet(makerAS, homeAS, "a", "b"), "violation 64496>64498", ""},
		{"not corroborated", standard + uncertain, "", entity.Range{}, meet(makerAS, homeAS, "a"), "unknown 64496>64498", "peers is 1, the entry asks for 2"},
		{"when true", standard + "    when: count == 2\n", "", entity.Range{}, meet(makerAS, homeAS), "violation 64496>64498", ""},
		{"when false", standard + "    when: count == 3\n", "", entity.Range{}, meet(makerAS, homeAS), "clean", ""},
		{"when false of a stranger", standard + "    when: count == 3\n", "", entity.Range{}, meet(nobodyAS, homeAS), "clean", ""},
		{"when undecided", standard + "    when: attrs.words.size() > 1\n", "", entity.Range{}, meet(makerAS, homeAS), "unknown 64496>64498", "attrs.words"},
		{"when rests on a guess", standard + "    when: counterpart.country == 'US'\n", "", entity.Range{}, meet(makerAS, spaceAS), "unknown 64496>64506", "counterpart.country"},
		{"when fails", standard + "    when: 1 / (count - 2) > 0\n", "", entity.Range{}, meet(makerAS, homeAS), "unknown 64496>64498", "could not be carried out"},
		{"unless pending", unless(""), "", entity.Range{}, meet(makerAS, homeAS), "pending 64496>64498", "may happen until 2021-01-01"},
		{"unless satisfied", unless(", determination: {outcome: satisfied, date: 2020-02-01, by: Court}"), "", entity.Range{}, meet(makerAS, homeAS), "", ""},
		{"unless lapsed", unless(", determination: {outcome: lapsed, date: 2020-02-01, by: Court}"), "", entity.Range{}, meet(makerAS, homeAS), "violation 64496>64498", "lapsed"},
		{"unless unknown", strings.ReplaceAll(unless(""), "2021", "2020"), "", entity.Range{}, meet(makerAS, homeAS), "unknown 64496>64498", "no determination is recorded"},
		{"excepted", standard, exception("2020-01-01", "2021-01-01"), entity.Range{}, meet(makerAS, homeAS), "excepted 64496>64498", "waiver holds until 2021-01-01"},
		{"exception lapsed", standard, exception("2020-01-01", "2020-02-01"), entity.Range{}, meet(makerAS, homeAS), "violation 64496>64498", "waiver expired on 2020-02-01"},
		{"not yet", strings.ReplaceAll(standard, "2020", "2030"), "", entity.Range{}, meet(makerAS, homeAS), "", ""},
		{"suspended", standard + "    suspended: [{from: 2020-02-01, reason: talks}]\n", "", entity.Range{}, meet(makerAS, homeAS), "", ""},
		{"all but", "    all_but: {companies: [home]}\n" + adjacency + always, "", entity.Range{}, meet(homeAS, abroadAS), "violation 64500>64498", ""},
		{"all but, unresolved", "    all_but: {companies: [home]}\n" + adjacency + always, "", entity.Range{}, meet(homeAS, nobodyAS), "unknown 64510>64498", "which company holds AS64510"},
		{"all but, trusted", "    all_but: {companies: [home]}\n" + adjacency + always, "", entity.Range{}, meet(homeAS, homeChildAS), "clean", ""},
		{"awaits", selectMaker + adjacency + always + "    awaits: cables\n", "", entity.Range{}, meet(makerAS, homeAS), "unknown", "reads no evidence"},
		{"no evidence", selectMaker + "    relations: [origin]\n" + always, "", entity.Range{}, meet(makerAS, homeAS), "unknown", "Nothing of the kind origin was examined."},
		{"protects, but one side only", selectMaker + "    relations: [origin]\n" + always + us, "", entity.Range{},
			evidence.Observation{Domain: "carrier", Kind: "origin", Count: 1, Subjects: []evidence.Subject{{Role: "origin", ID: evidence.ASN(makerAS)}}},
			"unknown 64496>", "whom it touches"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.share == (entity.Range{}) {
				tt.share = exactly(100)
			}
			reg := world(t, "CN", "US", tt.share)
			s := judgeAll(t, read(tt.obs), reg, compile(t, reg, tt.entry, tt.rest), "2020-08-05")
			if got := brief(s.findings); got != tt.want {
				t.Fatalf("got %q, want %q: %s", got, tt.want, asJSON(t, s.findings))
			}
			if len(s.findings) > 0 && !strings.Contains(s.findings[0].Reason, tt.says) {
				t.Errorf("got reason %q, want %q in it", s.findings[0].Reason, tt.says)
			}
			if tt.want == "" && len(s.coverage.Notes) != 1 {
				t.Errorf("got notes %q, want one on the entry that does not apply", s.coverage.Notes)
			}
		})
	}
}

// TestRollUpNeverCleanOverGaps: what was not read keeps an entry open, and
// what no reader takes is counted beside the word clean.
func TestRollUpNeverCleanOverGaps(t *testing.T) {
	reg := world(t, "CN", "US", exactly(100))
	p := compile(t, reg, standard, "")
	fine := shard(input("rib", evidence.StatusRead, "carrier"), meet(homeAS, abroadAS))
	broken := shard(input("tar", evidence.StatusPartial, "store"))
	broken.Problem(evidence.Problem{Message: "archive breaks off"})
	unopened := setOf(fine)
	unopened.Unopened(evidence.Problem{Name: "gone", Message: "no such file"})
	for _, tt := range []struct {
		name       string
		set        *evidence.Set
		want, says string
	}{
		{"partial", setOf(fine, shard(input("b", evidence.StatusPartial, "carrier"))), "unknown", "unread part of b"},
		{"failed", setOf(fine, shard(input("b", evidence.StatusFailed, "carrier"))), "unknown", "failed"},
		{"failed before any reader", setOf(fine, shard(input("b", evidence.StatusFailed))), "unknown", "unread part of b"},
		{"archive breaks off", setOf(fine, broken), "unknown", "unread part of tar"},
		{"another domain's damage", setOf(fine, shard(input("b", evidence.StatusPartial, "store"))), "unknown", ""},
		{"unopened", unopened, "unknown", "what gone holds"},
		{"unrecognised beside", setOf(fine, shard(input("b", evidence.StatusUnrecognised))), "clean", "left out, as the coverage lists: 1 input."},
		{"all unrecognised", setOf(shard(input("b", evidence.StatusUnrecognised))), "unknown", "left out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "another domain's damage" {
				// Its reader met the damage: the problem names it.
				b := shard(input("b", evidence.StatusPartial, "store"))
				b.Problem(evidence.Problem{Reader: "apk/1", Message: "bad"})
				tt.set, tt.want = setOf(fine, b), "clean"
			}
			got := judgeAll(t, tt.set, reg, p, "2020-08-05").findings
			if brief(got) != tt.want || !strings.Contains(got[0].Reason, tt.says) {
				t.Errorf("got %q: %s, want %q", brief(got), got[0].Reason, tt.want)
			}
		})
	}
}
