// Package yaml loads companies, their identifiers and their owners from YAML
// files that people write by hand: the curated registry that ships with
// cleannet, and a user's own additions. The format is described in
// data/README.md.
//
// It reports every mistake of a file at once, each with file, line and column.
// It checks what a file says by itself; whether the companies and sources that
// it names exist, perhaps in another file, is checked by entity.New.
//
// Use [Load] for a folder and [LoadFile] for a single file.
package yaml

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// Load reads all files named *.yaml of a folder, which together are one
// registry: a source defined in one of them may be used in another. Beyond
// what [LoadFile] checks, it wants every source to be defined once and used.
// The error joins the mistakes of all files, in the order of their names; see
// [yamldoc.Problems].
func Load(fsys fs.FS, dir string) (entity.Records, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return entity.Records{}, fmt.Errorf("registry folder %q: %w", dir, err)
	}
	if len(names) == 0 {
		return entity.Records{}, fmt.Errorf("registry folder %q holds no file *.yaml: name another folder", dir)
	}
	slices.Sort(names)

	// The files are parsed side by side: together they cost most of the time
	// of a short command.
	files := make([]*file, len(names))
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	left := int64(maxFolder)
	for i, name := range names {
		text, err := readFile(fsys, name, &left)
		if err != nil {
			errs[i] = err
			continue
		}
		wg.Go(func() { files[i], errs[i] = parse(name, text) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return entity.Records{}, err
	}

	var all entity.Records
	for _, f := range files {
		all.Append(f.records)
	}
	checkSources(files)
	checkShares(files)
	for i, f := range files {
		errs[i] = f.doc.Err()
	}
	if err := errors.Join(errs...); err != nil {
		return entity.Records{}, err
	}
	return all, nil
}

// maxFolder is how many bytes the files of a folder may have together: some
// hundred times what ships.
const maxFolder = 64 << 20

// readFile reads a file of at most [yamldoc.MaxBytes], and takes its size from
// what is left for the folder. Without a bound a link to a device, or a large
// file that got there by mistake, would fill the memory.
func readFile(fsys fs.FS, name string, left *int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("registry file: %w", err)
	}
	defer f.Close()
	limit := min(yamldoc.MaxBytes, *left)
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("registry file %q: %w", name, err)
	case int64(len(text)) > limit && limit < yamldoc.MaxBytes:
		return nil, fmt.Errorf("registry file %q: the folder's files together exceed the limit of %d bytes: "+
			"give what you need as files or a smaller folder", name, maxFolder)
	case int64(len(text)) > limit:
		return nil, fmt.Errorf("registry file %q: larger than the limit of %d bytes: split it", name, yamldoc.MaxBytes)
	}
	*left -= int64(len(text))
	return text, nil
}

// LoadFile reads one file. The name is what mistakes are reported under. The
// file may name companies and sources that other files define.
func LoadFile(name string, data []byte) (entity.Records, error) {
	f, err := parse(name, data)
	if err != nil {
		return entity.Records{}, err
	}
	checkShares([]*file{f})
	return f.records, f.doc.Err()
}

// file is one file being read.
type file struct {
	doc     *yamldoc.Doc
	records entity.Records
	edges   []yamldoc.Node          // where each edge of records stands
	sources map[string]yamldoc.Node // where each source is defined
	used    map[string]bool         // sources that a fact names
}

func parse(name string, data []byte) (*file, error) {
	doc, root, err := yamldoc.Parse(name, data)
	if err != nil {
		return nil, err
	}
	f := &file{doc: doc, sources: map[string]yamldoc.Node{}, used: map[string]bool{}}
	top := root.Map("sources", "companies", "ownership")
	f.readSources(top.Get("sources"))
	seen := map[string]yamldoc.Node{}
	for _, n := range top.Get("companies").List() {
		f.readCompany(n, seen)
	}
	for _, n := range top.Get("ownership").List() {
		f.readEdge(n)
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// checkSources notes sources that two files define and those that none uses.
func checkSources(files []*file) {
	first := map[string]yamldoc.Node{}
	used := map[string]bool{}
	for _, f := range files {
		for slug := range f.used {
			used[slug] = true
		}
	}
	for _, f := range files {
		for slug, at := range f.sources {
			if old, ok := first[slug]; ok {
				at.Note("source %q is defined already at %s: define it once", slug, old.Place())
				continue
			}
			first[slug] = at
			if !used[slug] {
				at.Note("source %q is used by no fact: remove it", slug)
			}
		}
	}
}

func (f *file) readSources(n yamldoc.Node) {
	sources := n.Map()
	for _, slug := range sources.Keys() {
		f.sources[slug] = sources.KeyAt(slug)
		f.checkSlug(sources.KeyAt(slug), slug)
		m := sources.Get(slug).Map("title", "url", "retrieved", "licence", "sha256")
		if sources.Get(slug).IsZero() {
			sources.KeyAt(slug).Note("source %q has no description: give title, retrieved and licence", slug)
		}
		s := entity.Source{
			ID:        slug,
			Title:     need(m, "title"),
			URL:       m.Get("url").Text(),
			SHA256:    f.digest(m.Get("sha256")),
			Retrieved: date(m.Need("retrieved")),
			Licence:   need(m, "licence"),
		}
		if s.URL != "" && !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "http://") {
			m.Get("url").Note("url %q: want an address that begins with https:// or http://", s.URL)
		}
		f.records.Sources = append(f.records.Sources, s)
	}
}

func (f *file) digest(n yamldoc.Node) string {
	if n.IsZero() {
		return ""
	}
	id, err := evidence.NewID(evidence.SchemeCert, n.Text())
	if err != nil {
		n.Note("sha256 %q: want 64 hexadecimal digits", n.Text())
	}
	return id.Value()
}

// need returns the text of a key and notes a key that is missing or empty.
func need(m yamldoc.Map, key string) string {
	n := m.Need(key)
	text := n.Text()
	if text == "" && n.IsScalar() {
		n.Note("%s is empty", key)
	}
	return text
}

// source reads the source that every fact must name.
func (f *file) source(m yamldoc.Map) string {
	slug := f.slug(m, "source")
	if slug != "" {
		f.used[slug] = true
	}
	return slug
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// slug reads a needed value that is a slug.
func (f *file) slug(m yamldoc.Map, key string) string {
	text := need(m, key)
	if text != "" {
		f.checkSlug(m.Get(key), text)
	}
	return text
}

func (f *file) checkSlug(n yamldoc.Node, slug string) {
	if !slugForm.MatchString(slug) {
		n.Note("slug %q: want lower-case letters, digits and single dashes, like china-telecom", slug)
	}
}

// interval reads the optional keys from and until, a half-open span.
func interval(m yamldoc.Map) entity.Interval {
	iv := entity.Interval{From: date(m.Get("from")), To: date(m.Get("until"))}
	if !iv.From.IsZero() && !iv.To.IsZero() && !iv.From.Before(iv.To) {
		m.Get("until").Note("until %s is not after from %s: until is the first day no longer covered", iv.To, iv.From)
	}
	return iv
}

func date(n yamldoc.Node) entity.Date {
	if n.IsZero() || !n.IsScalar() {
		n.Text() // notes a list or a mapping
		return entity.Date{}
	}
	d, err := entity.ParseDate(n.Text())
	if err != nil {
		n.Note("%v", err)
	}
	return d
}
