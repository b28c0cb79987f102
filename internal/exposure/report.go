package exposure

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/exposure/rib"
)

// Schema names the form of a report. It changes when a field changes its
// meaning or goes.
const Schema = "cleannet.exposure/1"

// Report is what was measured, with what it rests on. Its JSON form is a public
// contract: fields are added, never changed.
type Report struct {
	Schema string `json:"schema"`
	Basis  Basis  `json:"basis"`
	Views  Views  `json:"views"`
	// Subject and Detail are of one country, network or company.
	Subject *Subject `json:"subject,omitempty"`
	Detail  *Detail  `json:"detail,omitempty"`
	// Outward is what the peers of the country or networks asked for would lose
	// anywhere; nil if the tables have no such peer.
	Outward *Outward `json:"outward,omitempty"`
	// Hegemony is the networks that the subject's networks depend on.
	Hegemony []Dependence `json:"hegemony,omitempty"`
	// Countries is the scorecard.
	Countries []Row    `json:"countries,omitempty"`
	Notes     []string `json:"notes,omitempty"`
}

// Subject is what was asked about.
type Subject struct {
	Kind     string   `json:"kind"` // country, network or company
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`
	Country  string   `json:"country,omitempty"` // of a network or company
	Standing string   `json:"standing,omitempty"`
	Networks []string `json:"networks,omitempty"`
}

// Dependence is what one origin depends on in one family.
type Dependence struct {
	Origin   string  `json:"origin"`
	Family   string  `json:"family"` // ipv4 or ipv6
	PeerASes int     `json:"peer_ases"`
	On       []Heavy `json:"on"` // the largest first, without the origin itself
}

// Heavy is a network with its hegemony.
type Heavy struct {
	ASN      uint32  `json:"asn"`
	Name     string  `json:"name,omitempty"`
	Standing string  `json:"standing"`
	Hegemony float64 `json:"hegemony"`
}

// Basis is everything that the figures rest on.
type Basis struct {
	Tool          string      `json:"tool"`
	AsOf          entity.Date `json:"as_of"`
	Policy        PolicyBasis `json:"policy"`
	Registry      string      `json:"registry"` // digest
	Numbers       string      `json:"numbers"`  // digest of the table that places addresses
	Relationships string      `json:"relationships,omitempty"`
	Inputs        []Input     `json:"inputs"`
	Read          rib.Counts  `json:"read"`
	From          []string    `json:"from,omitempty"` // whose views were asked for
	Entries       []Entry     `json:"entries"`
	Attributions  []string    `json:"attributions,omitempty"`
}

// PolicyBasis names the policy.
type PolicyBasis struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

// Input is a file that was read.
type Input struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // of its bytes as stored
	Size   int64  `json:"size"`
}

// WriteJSON writes the report as one JSON document.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// maxReport bounds a report that is read, in bytes. The scorecard of all
// countries has some hundred thousand.
const maxReport = 64 << 20

// ReadReport reads a report that WriteJSON wrote. The error says what to do.
func ReadReport(r io.Reader) (*Report, error) {
	var out Report
	limited := &io.LimitedReader{R: r, N: maxReport + 1}
	err := json.NewDecoder(limited).Decode(&out)
	switch {
	case limited.N == 0:
		return nil, errors.New("it is larger than any report: give the file that cleannet exposure wrote")
	case err != nil:
		return nil, fmt.Errorf("%w: give the file that cleannet exposure --format json wrote", err)
	case out.Schema != Schema:
		return nil, fmt.Errorf("its schema is %q, not %q: make it again with this version", out.Schema, Schema)
	}
	for i := range out.Countries {
		row := &out.Countries[i]
		for _, f := range []*Figures{&row.IPv4, &row.IPv6} {
			if len(f.Lost) != int(levels) {
				return nil, fmt.Errorf("%s has figures for %d levels, not %d: make it again with this version", row.Country, len(f.Lost), int(levels))
			}
		}
	}
	return &out, nil
}
