package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
	"github.com/cleannet/cleannet/internal/trust"
)

// lineLoader reads lines of "slug,name": a company each; "person," is dropped
// and "cut" is a file that ends too early.
type lineLoader struct{}

func (lineLoader) Name() string { return "lines" }

func (lineLoader) Match(_ string, head []byte) bool {
	return bytes.HasPrefix(head, []byte("slug,name\n"))
}

func (lineLoader) Load(_ context.Context, f *source.File, about entity.Source, sink entity.Sink) (r registry.Report, err error) {
	if err := sink.Source(about); err != nil {
		return r, err
	}
	lines := bufio.NewScanner(f)
	for n := int64(1); lines.Scan(); n++ {
		slug, name, ok := strings.Cut(lines.Text(), ",")
		switch {
		case n == 1:
			continue
		case slug == "cut":
			return r, errors.New("cut off")
		case slug == "person":
			r.Records++
			r.Drop("natural person")
			continue
		case !ok:
			r.Records++
			r.Problem(registry.Problem{Line: n, Message: "no name; the line is left out"})
			continue
		}
		r.Records++
		r.Facts++
		if err := sink.Company(entity.Company{Slug: slug, Name: name, Country: "US", Source: about.ID}); err != nil {
			return r, err
		}
	}
	return r, lines.Err()
}

// TestRegistryBuild takes a file through a loader, compressed too, into a
// registry and a manifest.
func TestRegistryBuild(t *testing.T) {
	day, err := entity.ParseDate("2026-02-03")
	if err != nil {
		t.Fatal(err)
	}
	build := func(t *testing.T, content, loader string) (*registryBuild, []byte, string, error) {
		t.Helper()
		name := filepath.Join(t.TempDir(), "list.csv")
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		var warn bytes.Buffer
		b := &registryBuild{loaders: []registry.Loader{lineLoader{}}, warn: &warn, files: []companyFile{{
			file: name, loader: loader, about: entity.Source{ID: sourceID(name), Title: "List", Licence: "CC0-1.0", Retrieved: day},
		}}}
		reg, err := b.run(t.Context())
		if err != nil {
			return b, nil, warn.String(), err
		}
		var raw bytes.Buffer
		if _, err := reg.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		return b, raw.Bytes(), warn.String(), nil
	}
	t.Run("whole", func(t *testing.T) {
		const content = "slug,name\nacme,Acme Corp\nperson,\nodd\n"
		b, raw, warn, err := build(t, content, "")
		if err != nil {
			t.Fatal(err)
		}
		want := trust.Manifest{Kind: kindRegistry, BuiltBy: "cleannet " + buildVersion(), Sources: []trust.Source{{
			ID: "file-list-csv", File: "list.csv", Title: "List", SHA256: digestOf([]byte(content)), Licence: "CC0-1.0",
			Retrieved: "2026-02-03", Loader: "lines", Records: 3, Facts: 1, Problems: 1,
			Dropped: []trust.Dropped{{Reason: "natural person", Count: 1}},
		}}}
		if diff := cmp.Diff(want, b.manifest); diff != "" {
			t.Errorf("manifest (-want +got):\n%s", diff)
		}
		if !strings.Contains(warn, "list.csv: line 4: no name") {
			t.Errorf("warnings %q", warn)
		}
		reg, err := openSnapshot(raw, nil, entity.Records{})
		if err != nil {
			t.Fatal(err)
		}
		c, ok := reg.Company("acme")
		if !ok || c.Name != "Acme Corp" || reg.Source(c.Source).SHA256 != digestOf([]byte(content)) {
			t.Errorf("company %+v, source %+v", c, reg.Source("file-list-csv"))
		}
	})
	for _, tt := range []struct{ name, content, loader, want string }{
		{"cut off", "slug,name\nacme,Acme\ncut\n", "", `list.csv": cut off`},
		{"no loader", "hello\n", "", "no loader knows this form of data: want YAML or one of lines"},
		{"unknown loader", "slug,name\n", "columns", "no loader knows"},
		{"facts that do not fit", "slug,name\nacme,Acme\nacme,Acme\n", "lines", "the files do not fit together"},
		{"empty", "", "", "list.csv"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, raw, _, err := build(t, tt.content, tt.loader)
			var code exitCode
			if raw != nil || !errors.As(err, &code) || code.code != exitUsage || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%d bytes, error %v, want %q in it and exit code %d", len(raw), err, tt.want, exitUsage)
			}
		})
	}
}
