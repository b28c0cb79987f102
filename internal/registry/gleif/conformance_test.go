package gleif

import (
	"bytes"
	"testing"

	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
	"github.com/cleannet/cleannet/internal/testkit/leifile"
)

// copies returns a golden copy of each kind in the form.
func copies(t testing.TB, form leifile.Form, c leifile.Config) map[kind][]byte {
	t.Helper()
	var lei, rel, exc bytes.Buffer
	for _, err := range []error{
		leifile.WriteLEI(&lei, form, c),
		leifile.WriteRelations(&rel, form, c),
		leifile.WriteExceptions(&exc, form, c, c.Companies),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[kind][]byte{kindLEI: lei.Bytes(), kindRelation: rel.Bytes(), kindException: exc.Bytes()}
}

func TestConformance(t *testing.T) {
	c := leifile.Config{Seed: 1, Companies: 60, Relations: 60}
	for _, tc := range []struct {
		form   leifile.Form
		loader func(kind) registry.Loader
	}{
		{leifile.CSV, func(k kind) registry.Loader { return table{k} }},
		{leifile.JSON, func(k kind) registry.Loader { return document{k} }},
	} {
		for k, content := range copies(t, tc.form, c) {
			s := registrytest.Sample{Name: k.String(), Content: content, Ends: tc.form == leifile.JSON}
			switch k {
			case kindLEI:
				s.People = c.People()
			case kindException:
				s.People = []string{leifile.Person(4), leifile.Person(54)}
			}
			loader := tc.loader(k)
			t.Run(loader.Name(), func(t *testing.T) { registrytest.Run(t, loader, s) })
		}
	}
}
