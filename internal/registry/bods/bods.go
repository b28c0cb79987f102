// Package bods loads statements of the Beneficial Ownership Data Standard 0.4
// (standard.openownership.org): one JSON array of statements, or JSON lines.
// The licence is that of the publisher, as its statements give it in
// publicationDetails.license; registers often attach terms of their own.
//
// Taken: entities with names, jurisdiction, business address and identifiers;
// relationships with each of their interests, shares exact or as ranges, and
// dates; the reasons for an interested party that is not specified. The slug of
// a company is the source's and the record's, which is unique within its
// publisher only.
//
// A person is never passed on: what persons hold becomes a holding without an
// owner's name, and what they do in an office is left out. So are the interests
// in trusts (settlor, trustee, protector, beneficiary), free text, and addresses
// but for their country.
//
// Statements about one record follow one another in time: each holds from its
// date, or from the start of the interest, until the next one about the record;
// "closed" ends it. A statement is known from its date on.
//
// An indirect interest is left out where its components are stated, since they
// say the same. Where they are not, and direct interests of that kind in the
// same company are stated as well, it may repeat those: its least share is then
// taken as 0.
//
// Statements refer to one another in any order, so the file is held until its
// end, a few hundred bytes for each statement and no more than some million.
package bods

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/format/jsonstream"
	"github.com/cleannet/cleannet/internal/format/text"
	"github.com/cleannet/cleannet/internal/registry"
	"github.com/cleannet/cleannet/internal/source"
)

// Loader returns the loader.
func Loader() registry.Loader { return loader{} }

type loader struct{}

// Name implements [registry.Loader].
func (loader) Name() string { return "bods-json" }

// Match implements [registry.Loader]. It takes statements of the versions
// before 0.4 as well, so that they are refused by their version.
func (loader) Match(_ string, head []byte) bool {
	head = bytes.TrimLeft(text.Head(head), " \t\r\n[")
	if !bytes.HasPrefix(head, []byte("{")) {
		return false
	}
	has := func(key string) bool { return bytes.Contains(head, []byte(`"`+key+`"`)) }
	return has("statementId") && (has("recordId") || has("declarationSubject") || has("publicationDetails")) ||
		has("statementID") && has("statementType")
}

// maxHeld is how many statements a file may hold, and maxInterests how many
// interests they may state.
const (
	maxHeld      = 4 << 20
	maxInterests = 8 << 20
)

// Load implements [registry.Loader].
func (l loader) Load(ctx context.Context, f *source.File, about entity.Source, sink entity.Sink) (registry.Report, error) {
	if err := ctx.Err(); err != nil {
		return registry.Report{}, err
	}
	w := registry.NewWriter(about, sink)
	b := newBook(w, about.ID)
	in := jsonstream.NewReader(f)
	return w.Read(ctx, l.Name(), func() error {
		record, err := in.Next()
		if err != nil {
			return err
		}
		w.Report.Records++
		return b.read(record, in.Line())
	}, b.give)
}

// statement is what is taken of a statement.
type statement struct {
	StatementID   string          `json:"statementId"`
	StatementType string          `json:"statementType"` // of the versions before 0.4
	StatementDate string          `json:"statementDate"`
	RecordID      string          `json:"recordId"`
	RecordType    string          `json:"recordType"`
	RecordStatus  string          `json:"recordStatus"`
	RecordDetails json.RawMessage `json:"recordDetails"`
}

// entityDetails is what is taken of the details of an entity.
type entityDetails struct {
	EntityType struct {
		Type string `json:"type"`
	} `json:"entityType"`
	Unspecified struct {
		Reason string `json:"reason"`
	} `json:"unspecifiedEntityDetails"`
	Name           string   `json:"name"`
	AlternateNames []string `json:"alternateNames"`
	Jurisdiction   struct {
		Code string `json:"code"`
	} `json:"jurisdiction"`
	Identifiers []struct {
		ID     string `json:"id"`
		Scheme string `json:"scheme"`
	} `json:"identifiers"`
	DissolutionDate string `json:"dissolutionDate"`
	Addresses       []struct {
		Type    string `json:"type"`
		Country struct {
			Code string `json:"code"`
		} `json:"country"`
	} `json:"addresses"`
}

// relationshipDetails is what is taken of the details of a relationship.
type relationshipDetails struct {
	Subject          party      `json:"subject"`
	InterestedParty  party      `json:"interestedParty"`
	ComponentRecords []string   `json:"componentRecords"`
	Interests        []interest `json:"interests"`
}

type interest struct {
	Type             string `json:"type"`
	DirectOrIndirect string `json:"directOrIndirect"`
	Share            *share `json:"share"`
	StartDate        string `json:"startDate"`
	EndDate          string `json:"endDate"`
}

// party is the id of a record, or the reason for there being none.
type party struct {
	record, reason string
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *party) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var unspecified struct {
			Reason string `json:"reason"`
		}
		err := json.Unmarshal(b, &unspecified)
		p.reason = unspecified.Reason
		return err
	}
	return json.Unmarshal(b, &p.record)
}

// share keeps its numbers as they are written: they are compared exactly.
type share struct {
	Exact            json.Number `json:"exact"`
	Minimum          json.Number `json:"minimum"`
	Maximum          json.Number `json:"maximum"`
	ExclusiveMinimum json.Number `json:"exclusiveMinimum"`
	ExclusiveMaximum json.Number `json:"exclusiveMaximum"`
}

// bounds returns the share as a range. One without a bound is open to that
// side; none at all may be anything.
func (s *share) bounds() (entity.Range, error) {
	if s == nil {
		return entity.Range{Hi: entity.Whole}, nil
	}
	if s.Exact != "" {
		return entity.ParseRange(string(s.Exact))
	}
	lo, hi := "[0", "100]"
	switch {
	case s.ExclusiveMinimum != "":
		lo = "(" + string(s.ExclusiveMinimum)
	case s.Minimum != "":
		lo = "[" + string(s.Minimum)
	}
	switch {
	case s.ExclusiveMaximum != "":
		hi = string(s.ExclusiveMaximum) + ")"
	case s.Maximum != "":
		hi = string(s.Maximum) + "]"
	}
	return entity.ParseRange(lo + "," + hi)
}
