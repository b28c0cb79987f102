package ofac

import (
	"bytes"
	"context"
	"encoding/xml"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Classic reads SDN.XML and CONSOLIDATED.XML. The zero Classic is ready.
type Classic struct{}

// Name implements [registry.Loader].
func (Classic) Name() string { return "ofac-xml" }

// Match implements [registry.Loader].
func (Classic) Match(_ string, head []byte) bool { return rootOf(head) == "sdnList" }

// rootOf returns the name of the root element that a file begins with, empty if
// it does not begin as XML does.
func rootOf(head []byte) string {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	for bytes.HasPrefix(head, []byte("<?")) || bytes.HasPrefix(head, []byte("<!--")) {
		_, rest, ok := bytes.Cut(head, []byte(">"))
		if !ok {
			return ""
		}
		head = bytes.TrimSpace(rest)
	}
	if !bytes.HasPrefix(head, []byte("<")) {
		return ""
	}
	name := head[1:]
	if end := bytes.IndexAny(name, " \t\r\n/>"); end >= 0 {
		name = name[:end]
	}
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	return string(name)
}

// Load implements [registry.Loader].
func (Classic) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	l := newLoading(about, sink)
	list := ""
	enter := func([]string, xml.StartElement) bool { return false }
	err := newElements(f).walk("sdnList", enter, func(_ []string, n *node) error {
		if n.name != "sdnEntry" {
			return nil
		}
		if err := l.Record(ctx); err != nil {
			return err
		}
		if list == "" {
			list = l.listOf(f, about, "")
		}
		return l.classic(n, list)
	})
	if err != nil {
		return l.Report, err
	}
	return l.end(ctx, "OFAC sdnList XML")
}

// classic takes one entry.
func (l *loading) classic(n *node, list string) error {
	switch kind := strings.ToLower(n.first("sdnType")); kind {
	case "entity":
	case "individual":
		l.Report.Drop("natural person")
		return nil
	case "vessel", "aircraft":
		l.Report.Drop(kind)
		return nil
	default:
		l.Report.Drop("type that is no organisation")
		return nil
	}
	p := party{uid: n.first("uid"), name: n.first("lastName")}
	p.record = recordOf("uid", p.uid)
	for _, a := range n.of("akaList", "aka") {
		if strings.EqualFold(a.first("category"), "weak") {
			l.Report.Drop("weak alias")
			continue
		}
		p.aliases = append(p.aliases, a.first("lastName"))
	}
	for _, a := range n.of("addressList", "address") {
		p.addresses = append(p.addresses, l.countries.Code(a.first("country")))
	}
	for _, d := range n.of("idList", "id") {
		p.documents = append(p.documents, document{d.first("idType"), l.countries.Code(d.first("idCountry")), d.first("idNumber")})
	}
	ok, err := l.party(p)
	if !ok || err != nil {
		return err
	}
	programs := n.of("programList", "program")
	if len(programs) == 0 {
		programs = []*node{{}}
	}
	for _, program := range programs[:min(len(programs), maxFacts)] {
		if err := l.listing(p.uid, list, program.text, entity.Interval{}, "", p.record); err != nil {
			return err
		}
	}
	return nil
}
