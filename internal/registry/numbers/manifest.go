package numbers

import (
	"encoding/json"
	"fmt"

	"github.com/cleannet/cleannet/internal/entity"
)

// The manifest is stored as JSON, so that it can grow fields without a new
// version of the format. These types are its form on disk, apart from the
// exported ones so that a renamed field there does not change old snapshots.

type manifestJSON struct {
	Title     string         `json:"title"`
	Caveats   []string       `json:"caveats,omitempty"`
	Documents []documentJSON `json:"documents"`
	Counts    countsJSON     `json:"counts"`
}

type documentJSON struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	URL         string      `json:"url,omitempty"`
	Version     string      `json:"version,omitempty"`
	Licence     string      `json:"licence,omitempty"`
	Attribution string      `json:"attribution,omitempty"`
	Retrieved   entity.Date `json:"retrieved"`
	SHA256      string      `json:"sha256"`
	File        string      `json:"file"`
	Form        Form        `json:"form"`
	Records     int         `json:"records"`
	Skipped     int         `json:"skipped"`
	Malformed   int         `json:"malformed"`
	Conflicts   int         `json:"conflicts"`
}

type countsJSON struct {
	ASNs            int `json:"asns"`
	Named           int `json:"named"`
	Registered      int `json:"registered"`
	Space           int `json:"space"`
	IPv4Ranges      int `json:"ipv4_ranges"`
	IPv6Ranges      int `json:"ipv6_ranges"`
	SpaceIPv4Ranges int `json:"space_ipv4_ranges"`
	SpaceIPv6Ranges int `json:"space_ipv6_ranges"`
	Overlaps        int `json:"overlaps"`
}

func encodeManifest(m *Manifest) ([]byte, error) {
	out := manifestJSON{Title: m.Title, Caveats: m.Caveats, Counts: countsJSON(m.Counts)}
	for _, d := range m.Documents {
		out.Documents = append(out.Documents, documentJSON{
			ID: d.Source.ID, Title: d.Source.Title, URL: d.Source.URL, Version: d.Version,
			Licence: d.Source.Licence, Attribution: d.Attribution,
			Retrieved: d.Source.Retrieved, SHA256: d.Source.SHA256, File: d.File, Form: d.Form,
			Records: d.Records, Skipped: d.Skipped, Malformed: d.Malformed, Conflicts: d.Conflicts,
		})
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return b, nil
}

func decodeManifest(b []byte) (Manifest, error) {
	var in manifestJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	m := Manifest{Title: in.Title, Caveats: in.Caveats, Counts: Counts(in.Counts)}
	for _, d := range in.Documents {
		m.Documents = append(m.Documents, Document{
			Source: entity.Source{
				ID: d.ID, Title: d.Title, URL: d.URL, SHA256: d.SHA256,
				Retrieved: d.Retrieved, Licence: d.Licence,
			},
			Version: d.Version, Attribution: d.Attribution, File: d.File, Form: d.Form,
			Records: d.Records, Skipped: d.Skipped, Malformed: d.Malformed, Conflicts: d.Conflicts,
		})
	}
	return m, nil
}
