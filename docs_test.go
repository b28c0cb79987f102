package cleannet_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/domain/all"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the generated pages of docs again")

// TestGeneratedDocs keeps the pages that list what the code knows equal to it.
func TestGeneratedDocs(t *testing.T) {
	testkit.Golden(t, "docs/02-identifiers.md", identifiersPage(), *update)
}

func identifiersPage() string {
	var b strings.Builder
	b.WriteString(`# Identifiers

Things are named ` + "`scheme:value`" + ` everywhere: in observations, policies, registry
files and reports. A value is normalised when it is read, so that equal things
have equal identifiers. ` + "`cleannet who`" + ` also takes what people write.

| scheme | what | example | also accepted |
|---|---|---|---|
`)
	for _, s := range evidence.Schemes() {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", s.Scheme, s.Doc, s.Example, s.Accepts())
	}
	b.WriteString(`
# Observations

Each kind of observation is a relation that policies can name. Roles marked * may
be a company that a policy selects; the others of them are then its counterpart.

| domain | kind | roles | attributes | means |
|---|---|---|---|---|
`)
	for _, k := range domain.Kinds(all.Domains()) {
		var roles, attrs []string
		for _, r := range k.Roles {
			mark := ""
			if r.Party {
				mark = "*"
			}
			roles = append(roles, r.Name+mark)
		}
		for _, a := range k.Attrs {
			attrs = append(attrs, fmt.Sprintf("%s (%s)", a.Key, a.Op))
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n",
			k.Domain, k.Name, strings.Join(roles, ", "), strings.Join(attrs, ", "), k.Doc)
	}
	return b.String()
}
