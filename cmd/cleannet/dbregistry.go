package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/data"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry"
	registryyaml "github.com/cleannet/cleannet/internal/registry/yaml"
	"github.com/cleannet/cleannet/internal/source"
	"github.com/cleannet/cleannet/internal/trust"
)

// companyFile is a file of company data to build a registry from.
type companyFile struct {
	file   string
	loader string // name, empty to tell by the content
	about  entity.Source
}

// registryBuild is the making of a registry from files.
type registryBuild struct {
	loaders  []registry.Loader
	builtIn  bool // begin with what ships with the program
	files    []companyFile
	warn     io.Writer
	builder  entity.Builder
	manifest trust.Manifest
}

// run makes the registry. An error in any file means that there is none: half
// of a file would look like all of it.
func (b *registryBuild) run(ctx context.Context) (*entity.Registry, error) {
	// A heap left to double before garbage is collected would take twice what is
	// in use.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(buildMemory))
	b.manifest = trust.Manifest{Kind: kindRegistry, BuiltBy: "cleannet " + buildVersion(), Sources: []trust.Source{}}
	if b.builtIn {
		if err := b.addBuiltIn(); err != nil {
			return nil, err
		}
	}
	for _, f := range b.files {
		if err := b.builder.Layer(); err != nil {
			return nil, usage(fmt.Errorf("%q: %w", f.file, err))
		}
		if err := b.add(ctx, f); err != nil {
			return nil, err
		}
	}
	reg, err := b.builder.Registry(nil)
	if err != nil {
		return nil, usage(fmt.Errorf("the files do not fit together:\n%w", err))
	}
	b.leftOut()
	return reg, nil
}

// buildMemory is the memory in bytes beyond which a build collects garbage as
// often as it must; it is no bound.
const buildMemory = 1700 << 20

// leftOut adds to the manifest what of each file did not fit. The built-in
// registry comes before the first layer, and every file is one of its own.
func (b *registryBuild) leftOut() {
	for _, l := range b.builder.Left() {
		at := l.Layer
		if !b.builtIn {
			at--
		}
		from := &b.manifest.Sources[at]
		from.Dropped = append(from.Dropped, trust.Dropped{Reason: l.Reason, Count: l.Count})
		from.Facts -= min(l.Count, from.Facts) // what the loader gave and the registry does not have
	}
}

func (b *registryBuild) addBuiltIn() error {
	records, err := registryyaml.Load(data.Registry(), "registry")
	if err != nil {
		return fmt.Errorf("built-in registry: %w", err)
	}
	folder, err := fs.Sub(data.Registry(), "registry")
	if err != nil {
		return fmt.Errorf("built-in registry: %w", err)
	}
	digest, err := digestFolder(folder)
	if err != nil {
		return fmt.Errorf("built-in registry: %w", err)
	}
	return b.addRecords(trust.Source{File: "built-in registry", SHA256: digest, Loader: "yaml"}, records)
}

// addRecords adds what was read from YAML. Its sources name their own days: the
// first of them is when the file was retrieved.
func (b *registryBuild) addRecords(from trust.Source, records entity.Records) error {
	facts := len(records.Companies) + len(records.Identifiers) + len(records.Edges) + len(records.Listings) + len(records.Gaps)
	from.Records, from.Facts = uint64(len(records.Companies)), uint64(facts)
	var first entity.Date
	for _, s := range records.Sources {
		if !s.Retrieved.IsZero() && (first.IsZero() || s.Retrieved.Compare(first) < 0) {
			first = s.Retrieved
		}
	}
	if !first.IsZero() {
		from.Retrieved = first.String()
	}
	b.manifest.Sources = append(b.manifest.Sources, from)
	return records.Give(&b.builder)
}

// add reads a file by its loader, or as YAML if it is named so.
func (b *registryBuild) add(ctx context.Context, f companyFile) error {
	if err := regularFile(f.file); err != nil {
		return err
	}
	from := trust.Source{
		ID: f.about.ID, File: filepath.Base(f.file), Title: f.about.Title, URL: f.about.URL, Licence: f.about.Licence,
	}
	if ext := filepath.Ext(f.file); f.loader == "" && (ext == ".yaml" || ext == ".yml") {
		raw, err := readUserFile(f.file, maxDocument)
		if err != nil {
			return err
		}
		records, err := registryyaml.LoadFile(f.file, raw)
		if err != nil {
			return usage(err)
		}
		from.ID, from.Loader, from.SHA256 = "", "yaml", digestOf(raw)
		return b.addRecords(from, records)
	}
	b.builder.Lenient()
	report, loader, digest, err := b.load(ctx, f)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return usage(fmt.Errorf("%q: %w", f.file, err))
	}
	for _, p := range report.Problems {
		fmt.Fprintf(b.warn, "cleannet: %s: %s\n", f.file, problemText(p))
	}
	from.Loader, from.Records, from.Facts, from.SHA256 = loader, report.Records, report.Facts, digest
	from.Retrieved = f.about.Retrieved.String()
	from.Problems = uint64(len(report.Problems)) + report.More
	for _, d := range report.Dropped {
		from.Dropped = append(from.Dropped, trust.Dropped{Reason: d.Reason, Count: d.Count})
	}
	b.manifest.Sources = append(b.manifest.Sources, from)
	return nil
}

func problemText(p registry.Problem) string {
	var place []string
	if p.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", p.Line))
	}
	if p.Record != "" {
		place = append(place, fmt.Sprintf("record %q", p.Record))
	}
	return strings.Join(append(place, p.Message), ": ")
}

// load finds the loader of a file and runs it to the file's end. The file is
// hashed as it is read, so that its digest is that of what was loaded.
func (b *registryBuild) load(ctx context.Context, f companyFile) (report registry.Report, loader, digest string, err error) {
	file, err := openOne(ctx, f.file)
	if err != nil {
		return report, "", "", err
	}
	defer file.Close() //nolint:errcheck // opened for reading
	l, err := b.loaderOf(f, file)
	if err != nil {
		return report, "", "", err
	}
	if report, err = l.Load(ctx, file, f.about, &b.builder); err != nil {
		return report, "", "", err
	}
	sum, err := file.Digest()
	if err != nil {
		return report, "", "", err
	}
	digest = sum.String()
	b.builder.Digest(f.about.ID, digest)
	return report, l.Name(), digest, nil
}

// openOne opens a file with its compression removed.
func openOne(ctx context.Context, name string) (*source.File, error) {
	for in, err := range source.Walk(ctx, []string{name}, source.Options{}) {
		if err != nil {
			return nil, err
		}
		return in.Open(ctx)
	}
	return nil, errors.New("nothing to read: name a file")
}

func (b *registryBuild) loaderOf(f companyFile, file *source.File) (registry.Loader, error) {
	const enough = 64 << 10
	head, err := file.Head(enough)
	if err != nil {
		return nil, err
	}
	for _, l := range b.loaders {
		if f.loader == l.Name() || f.loader == "" && l.Match(f.file, head) {
			return l, nil
		}
	}
	if strings.Contains(string(head), "|ipv4|") && strings.Contains(string(head), "|asn|") {
		return nil, fmt.Errorf("the holders in this file are opaque keys without names, so it describes no company: "+
			"use cleannet db build delegated-extended=%s -o numbers.bin", f.file)
	}
	return nil, fmt.Errorf("no loader knows this form of data: want YAML or one of %s", strings.Join(b.names(), ", "))
}

func (b *registryBuild) names() []string {
	var out []string
	for _, l := range b.loaders {
		out = append(out, l.Name())
	}
	slices.Sort(out)
	return out
}

// regularFile makes sure that a name is that of a file, not of a folder or a
// device.
func regularFile(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return inputError(name, err)
	}
	if !info.Mode().IsRegular() {
		return usagef("%q: not a regular file: name files one by one", name)
	}
	return nil
}

// sourceID makes an id for a source of the name of its file.
func sourceID(file string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(filepath.Base(file)) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	return "file-" + strings.TrimSuffix(b.String(), "-")
}
