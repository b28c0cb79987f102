package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cleannet/cleannet/internal/format/delimited"
)

// vendorTable is a table of names: where they stand, and its heading.
type vendorTable struct {
	rows    *delimited.Reader
	format  delimited.Format
	first   []delimited.Row // rows read to find that out, that are data
	heading *delimited.Row  // nil if there is none
	column  int             // of the names, from 0
	width   int             // how many columns the heading, or the first row, has
}

// headings lists what a column of names is called, in several languages.
func headings() []string {
	return []string{
		"name", "names", "company", "company name", "vendor", "vendor name", "supplier", "supplier name", "organisation",
		"organization", "organisation name", "organization name", "legal name", "entity", "entity name", "firm", "counterparty",
		"customer", "partner", "manufacturer", "contractor", "business name", "legal entity",
		"firma", "firmenname", "lieferant", "unternehmen", "nom", "raison sociale", "fournisseur", "société", "entreprise",
		"nombre", "razón social", "proveedor", "empresa", "fornecedor", "razão social", "nome", "ragione sociale", "fornitore",
		"leverancier", "dostawca", "nazwa", "компания", "название", "наименование", "поставщик", "公司", "公司名称", "名称", "供应商",
		"会社名", "회사명", "الشركة", "اسم الشركة",
	}
}

func headingKey(s string) string {
	s = strings.NewReplacer("_", " ", "-", " ", "\ufeff", "").Replace(strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}

// openTable reads the first row and finds the column of the names.
func openTable(rows *delimited.Reader, column, header string) (*vendorTable, error) {
	t := &vendorTable{rows: rows, format: rows.Format(), column: -1}
	var top delimited.Row
	for { // lines without a character before the heading are rows like others
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("there are no rows: name a file with a name in each row")
		}
		if err != nil {
			return nil, err
		}
		if len(row.Fields) > 0 || row.Problem != "" {
			top = row
			break
		}
		t.first = append(t.first, row)
	}
	t.width = max(len(top.Fields), 1)
	known := slices.IndexFunc(top.Fields, func(f string) bool { return slices.Contains(headings(), headingKey(f)) })
	number, err := strconv.Atoi(column)
	switch {
	case column == "":
		t.column = known
	case err == nil:
		t.column = number - 1
	default:
		t.column = slices.IndexFunc(top.Fields, func(f string) bool { return headingKey(f) == headingKey(column) })
		known = t.column
	}
	if t.column < 0 && column == "" && t.width == 1 {
		t.column = 0
	}
	if t.column < 0 || t.column >= t.width {
		what := "no column is called " + strconv.Quote(column)
		switch {
		case column == "":
			what = "no heading says which column has the names"
		case err == nil:
			what = fmt.Sprintf("there is no column %d", number)
		}
		return nil, fmt.Errorf("line %d: %s: use --column with a heading or a number; the row has %.200q", top.Line, what, top.Fields)
	}
	if header == "yes" || header == "auto" && known >= 0 {
		t.heading = &top
	} else {
		t.first = append(t.first, top)
	}
	return t, nil
}

// read returns the next row of data.
func (t *vendorTable) read() (delimited.Row, error) {
	if len(t.first) > 0 {
		row := t.first[0]
		t.first = t.first[1:]
		return row, nil
	}
	return t.rows.Read()
}

// take makes a screened row of a row: what keeps it from being screened is in
// its reason.
func (t *vendorTable) take(row delimited.Row) *screened {
	r := &screened{row: row}
	switch {
	case row.Problem != "":
		r.verdict, r.reason = verdictUnread, row.Problem
	case len(row.Fields) > t.width:
		r.verdict = verdictUnread
		r.reason = fmt.Sprintf("%d values where the first row has %d: a value with the delimiter in it needs quotes", len(row.Fields), t.width)
		r.row.Problem = r.reason
	case len(row.Fields) <= t.column:
		r.verdict, r.reason = verdictUnread, "the row has no name"
	default:
		r.name = row.Fields[t.column]
	}
	return r
}

// screenRows screens the rows of a table in batches, on all processors, and
// writes them in their order.
func screenRows(ctx context.Context, sc *screener, t *vendorTable, out *rowWriter, sum *summary) error {
	const batchRows, batchBytes = 512, 4 << 20
	for end := false; !end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var batch []*screened
		for size := 0; len(batch) < batchRows && size < batchBytes; {
			row, err := t.read()
			if errors.Is(err, io.EOF) {
				end = true
				break
			}
			if err != nil {
				return usagef("%s: %w", sum.file, err)
			}
			size += len(row.Raw)
			batch = append(batch, t.take(row))
		}
		if err := screenBatch(sc, batch); err != nil {
			return err
		}
		for _, r := range batch {
			sum.add(r)
			if err := out.write(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func screenBatch(sc *screener, batch []*screened) error {
	workers := min(runtime.GOMAXPROCS(0), len(batch))
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			errs[w] = guardFaults(func() error {
				for i := w; i < len(batch); i += workers {
					if batch[i].verdict == "" {
						sc.screen(batch[i])
					}
				}
				return nil
			})
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// rowWriter writes screened rows as a table or as JSON.
type rowWriter struct {
	table *delimited.Writer
	json  *json.Encoder
	width int
}

// addedColumns are the headings of what screen adds.
func addedColumns() []string { return []string{"company", "control", "verdict", "score", "reason"} }

func newRowWriter(w io.Writer, t *vendorTable, format string) (*rowWriter, error) {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return &rowWriter{json: e}, nil
	}
	table, err := delimited.NewWriter(w, t.format)
	if err != nil {
		return nil, err
	}
	out := &rowWriter{table: table, width: t.width}
	if t.heading == nil {
		return out, nil
	}
	added := addedColumns()
	clash := slices.ContainsFunc(t.heading.Fields, func(f string) bool { return slices.Contains(addedColumns(), headingKey(f)) })
	for i := range added {
		if clash {
			added[i] = "cleannet_" + added[i]
		}
	}
	return out, table.Extend(*t.heading, t.width, added)
}

// jsonRow is a row in JSON.
type jsonRow struct {
	Line        int      `json:"line"`
	Name        string   `json:"name"`
	Company     string   `json:"company,omitempty"`
	CompanyName string   `json:"company_name,omitempty"`
	Control     []string `json:"control,omitempty"`
	Verdict     string   `json:"verdict"`
	Score       *float64 `json:"score,omitempty"`
	Reason      string   `json:"reason"`
	Values      []string `json:"values,omitempty"`
	Raw         string   `json:"raw,omitempty"` // of a row that could not be read
}

func (o *rowWriter) write(r *screened) error {
	score, slug := "", ""
	if r.scored {
		score = strconv.FormatFloat(float64(r.score), 'f', 1, 64)
	}
	if r.company != nil {
		slug = r.company.Slug
	}
	if o.json == nil {
		return o.table.Extend(r.row, o.width, []string{slug, strings.Join(r.control, "; "), r.verdict, score, r.reason})
	}
	j := jsonRow{Line: r.row.Line, Name: r.name, Company: slug, Control: r.control, Verdict: r.verdict, Reason: r.reason, Values: r.row.Fields}
	if r.company != nil {
		j.CompanyName = r.company.Name
	}
	if r.row.Problem != "" {
		j.Raw = r.row.Raw
	}
	if r.scored {
		if v, err := strconv.ParseFloat(score, 64); err == nil {
			j.Score = &v
		}
	}
	return o.json.Encode(j)
}

func (o *rowWriter) close() error {
	if o.table == nil {
		return nil
	}
	return o.table.Close()
}
