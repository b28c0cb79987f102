package trust

import (
	"encoding/json"
	"fmt"
	"time"
)

// Manifest says what a data file is and what it was made from. It is signed
// with the file's digest, so that neither can be changed alone.
type Manifest struct {
	// Kind says what reads the file, in a word of the caller's.
	Kind    string   `json:"kind"`
	BuiltBy string   `json:"built_by,omitempty"` // program and version
	Sources []Source `json:"sources"`
}

// Source is a document that went into a data file.
type Source struct {
	ID          string    `json:"id,omitempty"`
	File        string    `json:"file"` // its name, without folders
	Title       string    `json:"title,omitempty"`
	URL         string    `json:"url,omitempty"`
	SHA256      string    `json:"sha256"`                // of the document as stored, lower-case hex
	Licence     string    `json:"licence,omitempty"`     // an SPDX expression or words
	Attribution string    `json:"attribution,omitempty"` // that the licence asks for
	Retrieved   string    `json:"retrieved,omitempty"`   // YYYY-MM-DD
	Loader      string    `json:"loader,omitempty"`
	Records     uint64    `json:"records"`
	Facts       uint64    `json:"facts"`
	Dropped     []Dropped `json:"dropped,omitempty"`
	Problems    uint64    `json:"problems,omitempty"` // records that could not be understood
}

// Dropped counts what was left out for one reason.
type Dropped struct {
	Reason string `json:"reason"`
	Count  uint64 `json:"count"`
}

// Oldest returns the source that was retrieved first and the day, false if no
// source has a day. A source without one says nothing about its age and does
// not count; see [Manifest.Undated].
func (m *Manifest) Oldest() (Source, time.Time, bool) {
	var oldest Source
	var day time.Time
	for _, s := range m.Sources {
		t, err := time.Parse(time.DateOnly, s.Retrieved)
		if err == nil && (day.IsZero() || t.Before(day)) {
			oldest, day = s, t
		}
	}
	return oldest, day, !day.IsZero()
}

// Undated returns the first source without a day of retrieval, false if every
// source has one.
func (m *Manifest) Undated() (Source, bool) {
	for _, s := range m.Sources {
		if s.Retrieved == "" {
			return s, true
		}
	}
	return Source{}, false
}

// check refuses what could not be shown or compared later.
func (m *Manifest) check() error {
	if m.Kind == "" {
		return fmt.Errorf("the manifest does not say of which kind the file is: name one")
	}
	for _, s := range m.Sources {
		if _, err := time.Parse(time.DateOnly, s.Retrieved); s.Retrieved != "" && err != nil {
			return fmt.Errorf("source %q: retrieved %q: want YYYY-MM-DD", s.File, s.Retrieved)
		}
	}
	return nil
}

// custom is what stands beside a file in the targets.
type custom struct {
	Manifest Manifest `json:"manifest"`
}

// decodeCustom reads it.
func decodeCustom(raw *json.RawMessage) (Manifest, error) {
	if raw == nil {
		return Manifest{}, fmt.Errorf("no manifest")
	}
	var c custom
	if err := json.Unmarshal(*raw, &c); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	return c.Manifest, c.Manifest.check()
}
