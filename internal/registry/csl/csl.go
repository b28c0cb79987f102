// Package csl loads the Consolidated Screening List of the United States: one
// file in which the Departments of Commerce, State and the Treasury gather
// their lists of restricted parties.
//
// Form: the JSON of the API and of the bulk file (https://www.trade.gov/consolidated-screening-list,
// {"results": [...]} or a bare array) and the CSV beside it, whose cells join
// several values by semicolons. Licence: works of the United States Government
// are in the public domain (17 USC 105).
//
// Taken: a row is a company, its names and the country of its addresses; its
// numbers are identifiers (see package ofaclist); its place on its source list
// is a listing, "us-csl-entity-list" and so on, with the programmes, the dates
// (an end date is the last day that counts), and as a note the Federal Register
// notice and the licence policy. Rows of one name on one list are one company.
// The list merges nothing across its sources, and neither does this: a company
// on two of them is two companies here.
//
// Dropped and counted: individuals, vessels, aircraft; and, on the lists that
// give no type and hold people too, rows whose name has no word of an
// organisation ("Ltd", "Institute", "Regiment"), for no person may get through.
// That costs some organisations, so use OFAC's own files for OFAC's lists.
// Remarks, titles and addresses are not taken: they name people.
package csl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/stream"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// JSON reads the JSON form. The zero JSON is ready.
type JSON struct{}

// Name implements [registry.Loader].
func (JSON) Name() string { return "us-csl-json" }

// Match implements [registry.Loader].
func (JSON) Match(_ string, head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	return bytes.Contains(head, []byte(`"source"`)) && slices.ContainsFunc(
		[]string{`"source_list_url"`, `"federal_register_notice"`, `"entity_number"`},
		func(key string) bool { return bytes.Contains(head, []byte(key)) })
}

// Load implements [registry.Loader].
func (JSON) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	l := newLoading(about, sink)
	err := stream.Arrays(stream.NewReader(f), func(path []string, decode func(any) error) error {
		if len(path) > 1 || len(path) == 1 && path[0] != "results" {
			return decode(&json.RawMessage{}) // the API counts its sources in an array of its own
		}
		if err := l.Record(ctx); err != nil {
			return err
		}
		at := fmt.Sprintf("result %d", l.Report.Records)
		var r row
		var odd *json.UnmarshalTypeError
		switch err := decode(&r); {
		case errors.As(err, &odd):
			l.problem(0, at, fmt.Sprintf("its %q is of another type: the result was left out", odd.Field))
			return nil
		case err != nil:
			return err
		}
		return l.add(r, 0, at)
	})
	if err != nil {
		return l.Report, err
	}
	return l.end(ctx, "JSON")
}

// CSV reads the CSV form. The zero CSV is ready.
type CSV struct{}

// Name implements [registry.Loader].
func (CSV) Name() string { return "us-csl-csv" }

// needed are the columns without which a row cannot be understood.
func needed() []string { return []string{"source", "name", "source_list_url"} }

// Match implements [registry.Loader].
func (CSV) Match(_ string, head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), []byte("\n"))
	header := strings.Split(strings.ReplaceAll(strings.TrimSpace(string(line)), `"`, ""), ",")
	return !slices.Contains(stream.Column(header, needed()...), -1)
}

// Load implements [registry.Loader].
func (CSV) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	l := newLoading(about, sink)
	rows := stream.NewRows(stream.NewReader(f), 0)
	header, err := rows.Next()
	if err == io.EOF {
		return l.end(ctx, "CSV")
	}
	if err != nil {
		return l.Report, fmt.Errorf("header: %w", err)
	}
	columns, err := newColumns(header)
	if err != nil {
		return l.Report, err
	}
	for {
		fields, err := rows.Next()
		var odd *stream.RowError
		switch {
		case err == io.EOF:
			if !rows.Ended() {
				l.problem(int64(rows.Line()), "", "the last row has no line end: the file may be cut off")
			}
			return l.end(ctx, "CSV")
		case errors.As(err, &odd):
			l.problem(int64(odd.Line), "", odd.Err.Error())
			continue
		case err != nil:
			return l.Report, fmt.Errorf("line %d: %w", rows.Line(), err)
		}
		if err := l.Record(ctx); err != nil {
			return l.Report, err
		}
		at := fmt.Sprintf("row %d", l.Report.Records)
		if err := l.add(columns.row(fields), int64(rows.Line()), at); err != nil {
			return l.Report, err
		}
	}
}

// columns says where a row of the CSV has what; -1 where the file has no such
// column.
type columns struct {
	id, source, number, kind, programs, name, addresses, notice, start, end,
	requirement, policy, alt, citizenships, births, nationalities, places, ids int
}

func newColumns(header []string) (columns, error) {
	for i, at := range stream.Column(header, needed()...) {
		if at < 0 {
			return columns{}, fmt.Errorf("header: no column %q among %.300q: the file is not the CSV of the Consolidated Screening List", needed()[i], strings.Join(header, ","))
		}
	}
	at := stream.Column(header, "_id", "source", "entity_number", "type", "programs", "name", "addresses", "federal_register_notice",
		"start_date", "end_date", "license_requirement", "license_policy", "alt_names", "citizenships", "dates_of_birth",
		"nationalities", "places_of_birth", "ids")
	return columns{at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8],
		at[9], at[10], at[11], at[12], at[13], at[14], at[15], at[16], at[17]}, nil
}

// row reads the cells of one row.
func (c columns) row(fields []string) row {
	get := func(at int) string {
		if at < 0 {
			return ""
		}
		return strings.TrimSpace(fields[at])
	}
	list := func(at int) []string {
		var out []string
		for part := range strings.SplitSeq(get(at), ";") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out
	}
	r := row{
		ID: get(c.id), Source: get(c.source), Number: word(get(c.number)), Type: get(c.kind), Name: get(c.name),
		Programs: list(c.programs), AltNames: list(c.alt), Notice: get(c.notice), Start: get(c.start), End: get(c.end),
		Requirement: get(c.requirement), Policy: get(c.policy),
		Citizenships: list(c.citizenships), Births: list(c.births), Nationalities: list(c.nationalities), Places: list(c.places),
	}
	for _, a := range list(c.addresses) {
		r.Addresses = append(r.Addresses, address{Country: a[strings.LastIndex(a, ",")+1:]})
	}
	for _, id := range list(c.ids) {
		r.IDs = append(r.IDs, cellDocument(id))
	}
	return r
}

// cellDocument reads a number as the CSV writes it: "Tax ID No., 7702070139, RU".
func cellDocument(cell string) document {
	parts := strings.Split(cell, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	var d document
	switch len(parts) {
	case 0, 1:
	case 2:
		d.Kind, d.Number = parts[0], parts[1]
	default:
		d.Kind, d.Number = parts[0], parts[1]
		d.Country = parts[2]
	}
	return d
}
