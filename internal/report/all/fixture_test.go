package all_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
)

// fixture builds the run that every report is tested with: all verdicts, all
// domains, lists long enough to be cut, and text made to break out of markup,
// of terminals and of tables. It is saved as report/testdata/run.json, from
// which the siblings read it.
type fixture struct {
	t        testing.TB
	findings []*finding.Finding
}

func hexDigest(b byte) string { return strings.Repeat(fmt.Sprintf("%02x", b), 32) }

// emit sends the run to a handler and closes it.
func (fx *fixture) emit(h finding.Handler) {
	fx.t.Helper()
	check := func(err error) {
		if err != nil {
			fx.t.Fatal(err)
		}
	}
	check(h.Run(fx.run()))
	for _, f := range fx.findings {
		check(h.Finding(f))
	}
	for _, p := range fx.problems() {
		check(h.Problem(&p))
	}
	check(h.Coverage(fx.coverage()))
	check(h.Close())
}

func (fx *fixture) run() *finding.Run {
	return &finding.Run{
		Tool: "cleannet", Version: "0.1.0",
		Policy: finding.PolicyInfo{
			ID: "example-network", Title: "Example Network Order", Issuer: "Ministry of Examples",
			Version: "3", Digest: hexDigest(0xd1), File: "example-network.yaml",
		},
		Registry: hexDigest(0x5e), AsOf: fx.date("2026-08-05"),
		AsKnownAt: fx.date("2026-08-04"), Assume: []string{"acme owns harbor: 80%"},
		Knowledge: []finding.KnowledgeInfo{
			{Kind: finding.KnowledgeRegistry, Name: "registry.yaml", SHA256: hexDigest(0x06)},
			{Kind: finding.KnowledgeData, Name: "data", SHA256: hexDigest(0x07), Repository: hexDigest(0x08)[:32], Version: 7},
		},
		Evidence: hexDigest(0x05),
		Inputs: []finding.InputInfo{
			{Name: "evidence/rib.20260805.gz", SHA256: hexDigest(0x01), Size: 412_345_678},
			{Name: "evidence/messenger 漢字.apk", SHA256: hexDigest(0x02), Size: 88_123_456},
			{Name: "infra/main.tf", SHA256: hexDigest(0x03), Size: 4_211},
			{Name: "cables.json", SHA256: hexDigest(0x04), Size: 90_112},
		},
		DataNotes: []string{"Numbers: example registry data, CC-BY-4.0 <https://example.org/numbers>"},
	}
}

func (fx *fixture) problems() []finding.Problem {
	return []finding.Problem{
		{
			Input: "evidence/messenger 漢字.apk", SHA256: hexDigest(0x02), Path: "lib/arm64-v8a/libx.so", Offset: 4096,
			Reader: "apk/1", Message: "section header table goes beyond the end of the file",
			Next: "ask the publisher for an undamaged file, or check it with: readelf -S",
		},
		{Input: "old/\x1b[31mrib.bz2", Offset: -1, Message: `open: permission denied </script><img src=x onerror=alert(1)>`},
	}
}

func (fx *fixture) coverage() *finding.Coverage {
	return &finding.Coverage{
		Read: []finding.Covered{
			{Name: "cables.json", SHA256: hexDigest(0x04), Status: evidence.StatusRead, Readers: []string{"cablemap/1"},
				Records: []finding.RecordCount{{Name: "cable systems", Count: 690}}},
			{Name: "evidence/messenger 漢字.apk", SHA256: hexDigest(0x02), Status: evidence.StatusPartial,
				Reason: "one native library is damaged", Readers: []string{"apk/1"}},
			{Name: "evidence/rib.20260805.gz", SHA256: hexDigest(0x01), Status: evidence.StatusRead, Readers: []string{"mrt/1"},
				Records: []finding.RecordCount{{Name: "mrt: RIB entries", Count: 31_415_926}}},
			{Name: "infra/main.tf", SHA256: hexDigest(0x03), Status: evidence.StatusRead, Readers: []string{"terraform/1"}},
		},
		Skipped: []finding.Skipped{
			{Name: "evidence/socket", Reason: "is a socket"},
			{Name: "evidence/messenger 漢字.apk", Path: "assets/big.bin", Reason: "larger than the limit of 1 GiB"},
		},
		Records: []finding.RecordCount{{Name: "cable systems", Count: 690}, {Name: "mrt: RIB entries", Count: 31_415_926}},
		Observed: []finding.ObservedCount{
			{Domain: "cable", Kind: "owns", Count: 812}, {Domain: "carrier", Kind: "adjacency", Count: 412_011},
			{Domain: "store", Kind: "embeds", Count: 61},
		},
		Problems: 2,
		Notes:    []string{"no reader for the domain apps was given any input"},
	}
}

func (fx *fixture) date(s string) entity.Date {
	d, err := entity.ParseDate(s)
	if err != nil {
		fx.t.Fatal(err)
	}
	return d
}

func (fx *fixture) id(s string) evidence.ID {
	if s == "" {
		return evidence.ID{}
	}
	id, err := evidence.ParseID(s)
	if err != nil {
		fx.t.Fatal(err)
	}
	return id
}

// spec is a finding in short: the rest of it, chain included, follows.
type spec struct {
	domain, relation  string
	verdict           policy.Verdict
	effect            policy.Effect
	severity          policy.Severity
	subject, subjName string
	party, partyName  string
	company, compName string
	entry, reason     string
	count             uint64
	note              string
}

func (fx *fixture) add(s spec) {
	f := &finding.Finding{
		Domain: s.domain, Relation: s.relation, Verdict: s.verdict, Effect: s.effect, Severity: s.severity,
		Subject: fx.id(s.subject), SubjectName: s.subjName, Party: fx.id(s.party), PartyName: s.partyName,
		Company: fx.id(s.company), CompanyName: s.compName, Policy: "example-network", Entry: s.entry,
		Reason: s.reason, Count: s.count,
	}
	f.ID = finding.Identify(f)
	switch s.verdict {
	case policy.Violation:
		f.Remedy = "Disconnect the session, or ask the ministry for a waiver."
	case policy.Unknown:
		f.Missing = []finding.Missing{{
			What: "the share that Example Fund holds in " + s.compName, Next: "add the filing to the registry: cleannet registry add",
		}}
	}
	f.Chain = fx.chain(s, f)
	fx.findings = append(fx.findings, f)
}

// chain makes the proof of a finding; one of a clean one is its rule alone.
func (fx *fixture) chain(s spec, f *finding.Finding) []finding.Step {
	rule := finding.Step{
		Kind: finding.StepRule, Text: "rule " + s.entry + ": no protected party may have this relation with the company",
		File: "policies/example.yaml", Line: 42, Valid: "2026-01-01..",
		Source: &finding.Source{ID: "order-7", Title: "Order 7 on trusted networks, section 3", URL: "https://example.org/order-7", Retrieved: fx.date("2026-07-01")},
	}
	if s.verdict == policy.Clean {
		return []finding.Step{rule}
	}
	ref := evidence.Ref{Input: hexDigest(0x01), Offset: 123_456, Length: 88, Note: s.note}
	name := "evidence/rib.20260805.gz"
	if s.domain == "store" {
		ref.Input, ref.Path, name = hexDigest(0x02), "classes2.dex", "evidence/messenger 漢字.apk"
	}
	seen := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	observed := &evidence.Observation{
		Domain: s.domain, Kind: s.relation, Count: s.count, First: seen, Last: seen.Add(2 * time.Hour),
		Subjects: []evidence.Subject{{Role: "left", ID: f.Subject}, {Role: "right", ID: f.Party}},
		Attrs:    []evidence.Attr{evidence.Distinct("collectors", "a", "b"), evidence.Words("tags", "x<y", "z&")},
	}
	holder := fx.id("company:holding-of-" + f.Company.Value())
	steps := []finding.Step{
		{Kind: finding.StepBytes, Text: "bytes 123456 to 123543 of " + name, Ref: &ref, Name: name},
		{Kind: finding.StepObservation, Text: "records of " + s.relation + " on 2026-08-05: " + fmt.Sprint(s.count), Observed: observed},
		{Kind: finding.StepIdentifier, Text: f.Party.String() + " belongs to " + s.compName, From: f.Party, To: f.Company,
			Valid:  "2019-01-01..",
			Source: &finding.Source{ID: "numbers", Title: "Example number registry", URL: "https://example.org/numbers", Retrieved: fx.date("2026-08-01"), Licence: "CC-BY-4.0"}},
		{Kind: finding.StepOwnership, Text: s.compName + " is owned by its holding", From: f.Company, To: holder,
			Relation: "owns", Share: "51 %", Sum: "51 % ≥ 50 %", Valid: "2015-06-01..",
			Source: &finding.Source{Title: "Annual report 2025", URL: "javascript:alert(1)", Retrieved: fx.date("2026-07-30")}},
	}
	if s.verdict == policy.Excepted {
		steps = append(steps, finding.Step{
			Kind: finding.StepException, Text: "waiver W-12 covers it until 2026-12-31: replacement is being procured",
			Valid: "2026-01-01..2026-12-31", File: "policies/example.yaml", Line: 77,
		})
	}
	return append(steps, rule)
}

// newFixture builds the findings, in the order in which a judge gives them.
func newFixture(t testing.TB) *fixture {
	fx := &fixture{t: t}
	adjacency := spec{
		domain: "carrier", relation: "adjacency", verdict: policy.Violation, effect: policy.Prohibit, severity: policy.Critical,
		party: "asn:64511", partyName: "ACME-BACKBONE", company: "company:acme-telecom", compName: "Acme Telecom Corporation Limited",
		entry: "prohibited-carriers",
	}
	for i := range 24 {
		s := adjacency
		s.subject, s.subjName = fmt.Sprintf("asn:%d", 64496+i%12+1000*(i/12)), fmt.Sprintf("Example Net %d", i+1)
		s.count = uint64(1 + (i*7919)%4000)
		s.reason = fmt.Sprintf("%s is directly connected with a network of Acme Telecom.", s.subjName)
		s.note = fmt.Sprintf("AS path 64500 %s 64511", strings.TrimPrefix(s.subject, "asn:"))
		fx.add(s)
	}
	fx.addOthers()
	fx.addHostile()
	return fx
}

// addOthers adds the other verdicts and domains.
func (fx *fixture) addOthers() {
	sdk := spec{
		domain: "store", relation: "embeds", verdict: policy.Violation, effect: policy.Restrict, severity: policy.High,
		subject: "android:org.example.messenger", subjName: "Example Messenger", party: "dex:com.globex.analytics", partyName: "Globex Analytics SDK",
		company: "company:globex", compName: "Globex Software", entry: "untrusted-sdk", count: 1204,
		reason: "The app carries code of Globex Software.", note: "Lcom/globex/analytics/Agent;",
	}
	fx.add(sdk)
	sdk.verdict, sdk.subject, sdk.subjName, sdk.count = policy.Excepted, "android:org.example.bank", "Example Bank", 12
	sdk.reason = "A waiver covers the code of Globex Software in this app until 2026-12-31."
	fx.add(sdk)
	sdk.verdict, sdk.effect, sdk.severity = policy.Violation, policy.Review, policy.Low
	sdk.subject, sdk.subjName, sdk.entry = "android:org.example.weather", "Example Weather", "sdk-review"
	sdk.reason = "The app contacts a host of Globex Software."
	fx.add(sdk)
	fx.add(spec{
		domain: "cloud", relation: "stores", verdict: policy.Pending, effect: policy.Prohibit, severity: policy.High,
		subject: "domain:records.example.org", subjName: "Patient records", party: "region:example-north-1",
		company: "company:initech", compName: "Initech Cloud", entry: "health-data", count: 3,
		reason: "The rule waits for a decision that is due by 2026-10-01.", note: `bucket "records" in example-north-1`,
	})
	fx.add(spec{
		domain: "cloud", relation: "reaches", verdict: policy.Clean, effect: policy.Prohibit, severity: policy.Medium,
		entry: "cloud-control-plane", reason: "Examined 1 input for this relation and found none.",
	})
	fx.add(spec{
		domain: "cable", relation: "owns", verdict: policy.Unknown, effect: policy.Prohibit, severity: policy.High,
		subject: "cable:example-express", subjName: "Example Express", party: "company:hooli", partyName: "Hooli Networks",
		company: "company:hooli", compName: "Hooli Networks", entry: "cable-owners", count: 1,
		reason: "Whether Hooli Networks is controlled by a listed company depends on a share that is not known.",
		note:   `"owners": "Hooli Networks, Example Telco"`,
	})
	fx.add(spec{
		domain: "cable", relation: "lands", verdict: policy.Clean, effect: policy.Prohibit, severity: policy.High,
		entry: "cable-landings", reason: "Examined 690 cable systems and found none.",
	})
}

// addHostile adds text that tries to break out of where it is shown.
func (fx *fixture) addHostile() {
	fx.add(spec{
		domain: "store", relation: "publishes", verdict: policy.Violation, effect: policy.Prohibit, severity: policy.Critical,
		subject: "android:x.y", subjName: `</script><img src=x onerror="document.title='pwned'">`,
		party: "cert:" + hexDigest(0xab), partyName: "{{.}} ${alert(1)} {0} [link](javascript:alert(1))",
		company: "company:umbrella", compName: "\x1b[2J\u202eUmbrella <b>&amp; 'Söhne' 漢字 " + strings.Repeat("very-long-name-", 9),
		entry: "untrusted-publishers", count: 18_446_744_073_709_551_615,
		reason: "The signer is\r\nUmbrella\x00: <!-- </style> -->\u2028 \xff\xfe bad UTF-8.",
		note:   "]]></textarea></noscript>\x07" + strings.Repeat("A", 300),
	})
}
