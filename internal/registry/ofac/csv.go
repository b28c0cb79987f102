package ofac

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/stream"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// CSV reads the files of delimited text, a set of them in an archive or the
// main one alone. The zero CSV is ready.
//
// Only the main file tells organisations from people, so that nothing of the
// others can be used without it. In an archive the files may stand in any
// order; the loader holds the set, which has some MiB.
type CSV struct{}

// Name implements [registry.Loader].
func (CSV) Name() string { return "ofac-csv" }

// Match implements [registry.Loader]. It takes an archive by the name of its
// first member.
func (CSV) Match(name string, head []byte) bool {
	return roleByName(memberOf(head)) != foreign || roleByContent(head) != foreign ||
		roleByName(name) == commentFile && bytes.IndexByte(head, ',') > 0 && number(string(head[:bytes.IndexByte(head, ',')]))
}

// maxSet bounds the text that is held of a set, in bytes: some thirty times
// what the lists had in 2026.
const maxSet = 256 << 20

// set is a set of files.
type set struct {
	*loading

	list    string
	member  string              // name of the main file in an archive
	main    []party             // the organisations, in order
	more    []extra             // of main: what only the CSV has
	aliases map[string][]string // by uid
	places  map[string][]string // countries, by uid
	remarks map[string]string   // by uid
	seen    map[role]bool
	held    int // bytes
}

// extra is what a row of the main file tells beside the party.
type extra struct {
	programs []string
	remarks  string
}

// Load implements [registry.Loader].
func (CSV) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	s := &set{
		loading: newLoading(about, sink), aliases: map[string][]string{}, places: map[string][]string{},
		remarks: map[string]string{}, seen: map[role]bool{},
	}
	var err error
	if f.IsArchive() {
		err = s.archive(ctx, f)
	} else {
		err = s.single(ctx, f)
	}
	if err == nil && s.Report.Records > 0 {
		s.list = s.listOf(f, about, s.member)
		err = s.give(ctx)
	}
	if err != nil {
		return s.Report, err
	}
	return s.end(ctx, "OFAC delimited text")
}

// archive reads every file of the set.
func (s *set) archive(ctx context.Context, f *source.File) error {
	for member, err := range f.Members(ctx) {
		if err != nil {
			return err
		}
		r := roleByName(member.Path())
		switch {
		case r == foreign:
			s.Report.Drop("file of the archive that is not of the set")
			continue
		case s.seen[r]:
			return fmt.Errorf("%s stands twice in the archive, again as %q: put one list into an archive", r, member.Path())
		}
		if r == mainFile {
			s.member = member.Path()
		}
		if err := s.file(ctx, member, r); err != nil {
			return fmt.Errorf("%q: %w", member.Path(), err)
		}
	}
	if !s.seen[mainFile] {
		return errors.New("the archive lacks sdn.csv or cons_prim.csv, which alone tells organisations from people: add it")
	}
	return nil
}

// single reads the main file alone.
func (s *set) single(ctx context.Context, f *source.File) error {
	head, err := f.Head(source.HeadMax)
	if err != nil && len(head) == 0 {
		return err
	}
	r := roleByName(f.Name())
	if r == foreign {
		r = roleByContent(head)
	}
	switch r {
	case mainFile:
		s.problem(0, "", "the file stands alone: there are no aliases and no countries; put it into a zip with its alt, add and comments files")
		return s.file(ctx, f, r)
	case aliasFile, addressFile, commentFile:
		return fmt.Errorf("%s alone does not tell organisations from people: put it into a zip with sdn.csv or cons_prim.csv", r)
	}
	return fmt.Errorf("the first row is none of SDN.CSV or CONS_PRIM.CSV, which have %d columns, a number first: the file is of another form", mainFile.columns())
}

// file reads one file of the set.
func (s *set) file(ctx context.Context, f io.Reader, r role) error {
	s.seen[r] = true
	rows := stream.NewRows(stream.NewReader(f), r.columns())
	for {
		fields, err := rows.Next()
		var odd *stream.RowError
		switch {
		case err == io.EOF:
			if !rows.Marked() {
				s.problem(int64(rows.Line()), r.String(), "no end mark (0x1A) after the last row: nothing tells whether the file is whole")
			}
			return nil
		case errors.As(err, &odd):
			s.problem(int64(odd.Line), r.String(), odd.Err.Error())
			continue
		case err != nil:
			return fmt.Errorf("line %d: %w", rows.Line(), err)
		}
		if err := s.Record(ctx); err != nil {
			return err
		}
		if !number(fields[0]) {
			s.problem(int64(rows.Line()), r.String(), "no number in the first column: the row was left out")
			continue
		}
		if err := s.row(r, strings.TrimSpace(fields[0]), fields, rows.Line()); err != nil {
			return err
		}
	}
}

// row holds what a row says.
func (s *set) row(r role, uid string, fields []string, line int) error {
	for _, f := range fields {
		s.held += len(f)
	}
	if s.held > maxSet {
		return stream.ErrLong
	}
	switch r {
	case mainFile:
		switch kind := strings.ToLower(null(fields[2])); kind {
		case "":
		case "individual":
			s.Report.Drop("natural person")
			return nil
		case "vessel", "aircraft":
			s.Report.Drop(kind)
			return nil
		default:
			s.Report.Drop("type that is no organisation")
			return nil
		}
		s.main = append(s.main, party{uid: uid, name: null(fields[1]), line: int64(line), record: recordOf("uid", uid)})
		s.more = append(s.more, extra{programs: programs(fields[3]), remarks: null(fields[11])})
	case aliasFile:
		if name := null(fields[3]); name != "" && len(s.aliases[uid]) < maxFacts {
			s.aliases[uid] = append(s.aliases[uid], name)
		}
	case addressFile:
		if code := s.countries.Code(null(fields[4])); code != "" && len(s.places[uid]) < maxFacts {
			s.places[uid] = append(s.places[uid], code)
		}
	case commentFile:
		if len(s.remarks[uid]) < stream.MaxRow {
			s.remarks[uid] += null(fields[1])
		}
	}
	return nil
}

// programs reads the cell of programmes: "SDGT] [IFSR".
func programs(cell string) []string {
	var out []string
	for p := range strings.SplitSeq(null(cell), "] [") {
		if p = strings.Trim(strings.TrimSpace(p), "[]"); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// give gives what was held.
func (s *set) give(ctx context.Context) error {
	for i, p := range s.main {
		if i%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.aliases, p.addresses = s.aliases[p.uid], s.places[p.uid]
		s.remark(&p, s.more[i].remarks+s.remarks[p.uid])
		ok, err := s.party(p)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		list := s.more[i].programs
		if len(list) == 0 {
			list = []string{""}
		}
		for _, program := range list[:min(len(list), maxFacts)] {
			if err := s.listing(p.uid, s.list, program, entity.Interval{}, "", p.record); err != nil {
				return err
			}
		}
	}
	return nil
}

// remark takes the documents out of a party's remarks, as in "Tax ID No.
// 7702070139 (Russia); Website www.vtb.com; Linked To: VTB BANK.".
func (s *set) remark(p *party, remarks string) {
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(remarks), "."), ";") {
		part = strings.Trim(strings.TrimSpace(part), "().")
		low := strings.ToLower(part)
		switch {
		case part == "":
		case strings.HasPrefix(low, "a.k.a."), strings.HasPrefix(low, "f.k.a."), strings.HasPrefix(low, "n.k.a."), strings.HasPrefix(low, "alt. "):
			s.Report.Drop("weak alias")
		case strings.HasPrefix(low, "linked to"):
			s.Report.Drop("link without a stated relation")
		default:
			kind, number, ok := s.documents.Cut(part)
			if !ok {
				s.Report.Drop("remark that is no document")
				continue
			}
			country := ""
			if open := strings.LastIndex(number, " ("); open > 0 {
				country = s.countries.Code(strings.TrimSuffix(number[open+2:], ")"))
				number = number[:open]
			}
			p.documents = append(p.documents, document{kind: kind, country: country, number: number})
		}
	}
}
