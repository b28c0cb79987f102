package numbers

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Build makes a snapshot from the inputs and writes it to w in one Write; the
// same inputs give the same bytes. It reads the inputs as streams and holds
// their facts in memory, some 40 bytes for each range.
//
// Lines that cannot be used are left out, never silently: they are counted in
// the snapshot's manifest and listed in the report, and it is for the caller
// to decide how many are too many. Where ranges overlap, the one of fewer
// addresses wins, as the longer prefix does in routing; of two that cross and
// are of one size, the one that starts later; of the same range given twice,
// the one given first.
//
// Build returns an error, and writes nothing, if an input cannot be read, is
// incompletely described, or holds not one record that can be used; if the
// inputs together are far larger than the Internet; or if ctx ends.
func Build(ctx context.Context, in Inputs, w io.Writer) (*Report, error) {
	if err := in.validate(); err != nil {
		return nil, fmt.Errorf("build number table: %w", err)
	}
	rep := &Report{Manifest: Manifest{Title: in.Title, Caveats: in.Caveats}}
	facts := newFacts()
	for _, file := range in.Files { // file is a copy: the caller's inputs stay as they are
		err := readFile(ctx, &file, facts, func(p Problem) {
			if len(rep.Problems) < MaxProblems {
				rep.Problems = append(rep.Problems, p)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("build number table: %w", err)
		}
		if file.Records == 0 {
			return nil, fmt.Errorf("build number table: %w", noRecords(&file.Document, rep.Problems))
		}
		rep.Manifest.Documents = append(rep.Manifest.Documents, file.Document)
	}
	data, err := encode(facts, &rep.Manifest)
	if err != nil {
		return nil, fmt.Errorf("build number table: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("write number table: %w", err)
	}
	return rep, nil
}

// noRecords explains why a file gave nothing: most likely it is of another
// form.
func noRecords(doc *Document, problems []Problem) error {
	msg := fmt.Sprintf("%q holds no record of the form %q", doc.File, doc.Form)
	for _, p := range problems {
		if p.File == doc.File {
			return fmt.Errorf("%s (first problem: %v): check the form", msg, p)
		}
	}
	return errors.New(msg + ": check the file and the form")
}

// encode resolves the facts and lays them out as a snapshot. It completes the
// manifest.
func encode(f *facts, m *Manifest) ([]byte, error) {
	origins, countries := make(map[family][]span), make(map[family][]span)
	for _, fam := range []family{ipv4, ipv6} {
		var n int
		origins[fam], n = flatten(f.origins[fam])
		m.Counts.Overlaps += n
		countries[fam], n = flatten(f.countries[fam])
		m.Counts.Overlaps += n
	}
	f.deriveCountries(origins, countries)

	asns := f.asns()
	m.Counts.ASNs = len(asns)
	m.Counts.IPv4Ranges, m.Counts.IPv6Ranges = len(origins[ipv4]), len(origins[ipv6])
	m.Counts.SpaceIPv4Ranges, m.Counts.SpaceIPv6Ranges = len(countries[ipv4]), len(countries[ipv6])
	for _, asn := range asns {
		h := f.holders[asn]
		m.Counts.Named += count(h.name != "")
		m.Counts.Registered += count(h.country != 0 && !h.space)
		m.Counts.Space += count(h.country != 0 && h.space)
	}

	meta, err := encodeManifest(m)
	if err != nil {
		return nil, err
	}
	holders, distinct := encodeHolders(asns, f.holders)
	names, text, err := encodeNames(distinct)
	if err != nil {
		return nil, err
	}
	return seal(sections{
		manifestSection: meta,
		holderSection:   holders,
		nameSection:     names,
		textSection:     text,
		ipv4Section:     encodeRanges(origins[ipv4], asns),
		ipv6Section:     encodeRanges(origins[ipv6], asns),
		space4Section:   encodeRanges(countries[ipv4], countryValues()),
		space6Section:   encodeRanges(countries[ipv6], countryValues()),
	})
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
