package entity

import (
	"bytes"
	"errors"
	"fmt"
)

// Verify reads the whole registry: its checksum, and that every row is as
// [Builder.Registry] writes it. It takes some three seconds for each
// million companies. The error joins the first fault of each section and wraps
// [ErrCorrupt].
func (r *Registry) Verify() error {
	im := r.im
	if sum := im.sum(); sum != im.digest {
		return fmt.Errorf("%w (its checksum is %s, it states %s)", ErrCorrupt, sum, im.digest)
	}
	var errs []error
	for _, s := range []struct {
		section section
		check   func() error
	}{
		{secText, im.verifyTexts}, {secCompanies, im.verifyCompanies}, {secSlugs, im.verifySlugs},
		{secIDs, im.verifyIdentifiers}, {secIn, im.verifyEdges}, {secOut, im.verifyOut},
		{secTurns, im.verifyTurns}, {secListings, im.verifyListings}, {secGaps, im.verifyGaps},
		{secTraits, im.verifyTraits},
	} {
		if err := s.check(); err != nil {
			errs = append(errs, fmt.Errorf("%w (section %s, %w)", ErrCorrupt, s.section, err))
		}
	}
	return errors.Join(errs...)
}

// verifyTexts walks the texts from end to end.
func (im *image) verifyTexts() error {
	text := im.part[secText]
	for at := 0; at < len(text); {
		b := im.bytesAt(uint32(at))
		if b == nil {
			return fmt.Errorf("byte %d: no text", at)
		}
		at = at + len(b) + uvarintLen(len(b))
	}
	return nil
}

func uvarintLen(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// rising checks the texts at the start of a section's rows: each beyond the
// one before it, or equal where several rows may share one.
func (im *image) rising(s section, equal bool) error {
	var last []byte
	for i := range im.rows(s) {
		b := im.bytesAt(u32(im.row(s, i)))
		if c := bytes.Compare(last, b); len(b) == 0 || c > 0 || c == 0 && !equal {
			return fmt.Errorf("row %d: %q does not follow %q", i, b, last)
		}
		last = b
	}
	return nil
}

// refs checks that references of a row lead to texts.
func (im *image) refs(row []byte, at ...int) error {
	for _, offset := range at {
		if ref := u32(row[offset:]); ref != 0 && im.bytesAt(ref) == nil {
			return fmt.Errorf("a reference leads nowhere (%d)", ref)
		}
	}
	return nil
}

func (im *image) verifyCompanies() error {
	if err := im.rising(secCompanies, false); err != nil {
		return err
	}
	for i := range im.companies() {
		if err := im.refs(im.row(secCompanies, i), 0, 4, 8, 12, 16, 20, 24, 28); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		if err := checkCompany(im.company(i)); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}

func (im *image) verifySlugs() error {
	for i := range im.rows(secSlugs) {
		if to := u32(im.row(secSlugs, i)[4:]); int64(to) >= int64(im.companies()) {
			return fmt.Errorf("row %d: no company %d", i, to)
		}
	}
	return im.rising(secSlugs, false)
}

// spans checks that an index runs through a section without gaps.
func (im *image) spans(index, into section, exact bool) error {
	last := uint32(0)
	for i := range im.rows(index) {
		at := u32(im.row(index, i))
		if at < last || i == 0 && at != 0 {
			return fmt.Errorf("section %s, row %d: %d after %d", index, i, at, last)
		}
		last = at
	}
	if rows := im.rows(into); exact && int(last) != rows || int64(last) > int64(rows) {
		return fmt.Errorf("section %s ends at %d of %d rows", index, last, rows)
	}
	return nil
}

func (im *image) verifyIdentifiers() error {
	if err := errors.Join(im.rising(secIDs, true), im.spans(secHeldAt, secHeld, true)); err != nil {
		return err
	}
	for i := range im.rows(secIDs) {
		row := im.row(secIDs, i)
		if err := im.refs(row, 0, 24, 28, 32); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		switch d := im.identifier(i); {
		case d.ID.IsZero():
			return fmt.Errorf("row %d: %q is no identifier", i, im.textAt(u32(row)))
		case d.Company == "":
			return fmt.Errorf("row %d: no company %d", i, u32(row[4:]))
		case d.Valid.empty():
			return fmt.Errorf("row %d: no date lies in %s", i, d.Valid)
		}
	}
	for c := range im.companies() {
		from, to := im.span(secHeldAt, secHeld, c)
		for ; from < to; from++ {
			row := int(u32(im.row(secHeld, from)))
			if row >= im.rows(secIDs) || int(u32(im.row(secIDs, row)[4:])) != c {
				return fmt.Errorf("section %s, row %d: no identifier of company %d", secHeld, from, c)
			}
		}
	}
	return nil
}

func (im *image) verifyEdges() error {
	if err := im.spans(secInAt, secIn, true); err != nil {
		return err
	}
	for c := range im.companies() {
		from, to := im.span(secInAt, secIn, c)
		for last := uint32(0); from < to; from++ {
			row := im.row(secIn, from)
			owner := u32(row)
			if owner < last || owner != noCompanyDisk && int64(owner) >= int64(im.companies()) {
				return fmt.Errorf("row %d: owner %d", from, owner)
			}
			last = owner
			if err := errors.Join(checkEdge("edge", im.edge(from)), im.refs(im.row(secFacts, from), 8, 12, 16)); err != nil {
				return fmt.Errorf("row %d: %w", from, err)
			}
		}
	}
	return nil
}

// verifyOut checks that the edges by owner are those by asset.
func (im *image) verifyOut() error {
	if err := im.spans(secOutAt, secOut, true); err != nil {
		return err
	}
	owned := 0
	for i := range im.rows(secIn) {
		if u32(im.row(secIn, i)) != noCompanyDisk {
			owned++
		}
	}
	if owned != im.rows(secOut) {
		return fmt.Errorf("%d edges, want %d", im.rows(secOut), owned)
	}
	for c := range im.companies() {
		from, to := im.span(secOutAt, secOut, c)
		for last := int64(-1); from < to; from++ {
			row := im.row(secOut, from)
			edge := int(u32(row[24:]))
			if edge >= im.rows(secIn) || int64(edge) <= last {
				return fmt.Errorf("row %d: edge %d", from, edge)
			}
			last = int64(edge)
			in := im.row(secIn, edge)
			if u32(in) != uint32(c) || int(u32(row)) != im.assetOf(edge) || !bytes.Equal(in[4:], row[4:inWidth]) {
				return fmt.Errorf("row %d differs from edge %d", from, edge)
			}
		}
	}
	return nil
}

func (im *image) verifyTurns() error {
	dates := 0
	for i := range im.rows(secIn) {
		valid := intervalAt(im.row(secIn, i)[12:])
		for _, d := range []Date{valid.From, valid.To} {
			if !d.IsZero() {
				dates++
			}
		}
	}
	if dates != im.rows(secTurns) {
		return fmt.Errorf("%d dates, want %d", im.rows(secTurns), dates)
	}
	last := Date{}
	for i := range im.rows(secTurns) {
		row := im.row(secTurns, i)
		day, edge := Date{int32(u32(row))}, int(u32(row[4:]))
		if day.Before(last) || edge >= im.rows(secIn) {
			return fmt.Errorf("row %d: edge %d on %s", i, edge, day)
		}
		if valid := intervalAt(im.row(secIn, edge)[12:]); valid.From != day && valid.To != day {
			return fmt.Errorf("row %d: edge %d does not turn on %s", i, edge, day)
		}
		last = day
	}
	return nil
}

func (im *image) verifyListings() error {
	if err := errors.Join(im.rising(secLists, false), im.rising(secListings, true)); err != nil {
		return err
	}
	for i := range im.rows(secLists) {
		row := im.row(secLists, i)
		if at := int(u32(row[4:])); at >= im.rows(secListings) || u32(im.row(secListings, at)) != u32(row) {
			return fmt.Errorf("list %d begins at row %d", i, at)
		}
	}
	last := uint32(0)
	for i := range im.rows(secListed) {
		at := int(u32(im.row(secListed, i)))
		if at >= im.rows(secListings) {
			return fmt.Errorf("section %s, row %d: no listing %d", secListed, i, at)
		}
		row := im.row(secListings, at)
		company := u32(row[4:])
		if company < last || int64(company) >= int64(im.companies()) {
			return fmt.Errorf("row %d: company %d", at, company)
		}
		last = company
		if err := im.refs(row, 0, 24, 28, 32, 36); err != nil {
			return fmt.Errorf("row %d: %w", at, err)
		}
	}
	return nil
}

func (im *image) verifyGaps() error {
	last := uint32(0)
	for i := range im.rows(secGaps) {
		row := im.row(secGaps, i)
		company := u32(row)
		if company < last || int64(company) >= int64(im.companies()) {
			return fmt.Errorf("row %d: company %d", i, company)
		}
		last = company
		if err := im.refs(row, 20, 24, 28, 32); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}
