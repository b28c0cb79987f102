package finding

import (
	"time"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// Run is the first message of a stream: what was judged, by what, when.
type Run struct {
	Tool     string      `json:"tool"` // "cleannet"
	Version  string      `json:"version"`
	Policy   PolicyInfo  `json:"policy"`
	Registry string      `json:"registry"` // digest, with what is assumed
	AsOf     entity.Date `json:"as_of"`
	// AsKnownAt is the date whose knowledge was used, zero for all there is.
	AsKnownAt entity.Date `json:"as_known_at,omitzero"`
	// Assume lists what was assumed beyond what is known, as it was written.
	// With it, verdicts are of a case that was thought of.
	Assume []string `json:"assume,omitempty"`
	// Knowledge lists the files that the registry was made from beside what
	// ships with the program.
	Knowledge []KnowledgeInfo `json:"knowledge,omitempty"`
	// Evidence is the digest of the evidence set: of everything that was read
	// from the inputs, by which readers, but not of the inputs' names.
	Evidence  string      `json:"evidence,omitempty"`
	Started   *time.Time  `json:"started,omitempty"` // left out where output must be reproducible
	Inputs    []InputInfo `json:"inputs"`
	DataNotes []string    `json:"data_notes,omitempty"` // attributions that licences ask for
}

// PolicyInfo names the policy of a run.
type PolicyInfo struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Issuer  string `json:"issuer,omitempty"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
	// File is how the document was named: a file, or the name of a policy that
	// ships with the program.
	File string `json:"file,omitempty"`
}

// KnowledgeInfo names a file of company data, or a folder of signed ones.
type KnowledgeInfo struct {
	Kind KnowledgeKind `json:"kind"`
	Name string        `json:"name"`
	// SHA256 is that of the file; of the files of a folder, in their order,
	// each as its digest, two blanks and its name on a line; and for a signed
	// folder that of its targets, listed so.
	SHA256     string `json:"sha256"`
	Repository string `json:"repository,omitempty"` // of a signed folder: its name in the root
	Version    int64  `json:"version,omitempty"`    // of a signed folder
}

// KnowledgeKind says what a file of company data is.
type KnowledgeKind string

// The kinds of company data.
const (
	KnowledgeRegistry KnowledgeKind = "registry" // companies, as YAML or built
	KnowledgeNumbers  KnowledgeKind = "numbers"  // a table of Internet numbers
	KnowledgeData     KnowledgeKind = "data"     // a signed folder
)

// InputInfo names an input of a run.
type InputInfo struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"` // bytes
}

// Problem is a file or record that could not be read.
type Problem struct {
	Input   string `json:"input"`            // name
	SHA256  string `json:"sha256,omitempty"` // absent if it could not be opened
	Path    string `json:"path,omitempty"`   // inside the input
	Offset  int64  `json:"offset"`           // bytes; -1 if not known
	Reader  string `json:"reader,omitempty"`
	Message string `json:"message"`
	Next    string `json:"next,omitempty"`
}

// Coverage is the last message: what was examined, so that silence can be
// weighed.
type Coverage struct {
	Read     []Covered       `json:"read"`    // inputs, by name
	Skipped  []Skipped       `json:"skipped"` // inputs and members not read
	Records  []RecordCount   `json:"records"` // over all inputs
	Observed []ObservedCount `json:"observed"`
	Problems uint64          `json:"problems"` // including those not listed
	Notes    []string        `json:"notes,omitempty"`
}

// Covered is an input and how far it was read.
type Covered struct {
	Name    string          `json:"name"`
	SHA256  string          `json:"sha256"`
	Status  evidence.Status `json:"status"`
	Reason  string          `json:"reason,omitempty"`
	Readers []string        `json:"readers"`
	Records []RecordCount   `json:"records,omitempty"`
}

// Skipped is an input or member that was not read, and why.
type Skipped struct {
	Name   string `json:"name"`
	Path   string `json:"path,omitempty"`
	Reason string `json:"reason"`
}

// RecordCount is how many records of a sort were examined.
type RecordCount struct {
	Name  string `json:"name"`
	Count uint64 `json:"count"`
}

// ObservedCount is how many different observations of a kind there were.
type ObservedCount struct {
	Domain string `json:"domain"`
	Kind   string `json:"kind"`
	Count  uint64 `json:"count"`
}

// Handler takes the messages of a stream in order: Run once, then findings,
// then problems, then Coverage once; then Close, which writes what is left and
// does not close the writer behind it. An error ends the stream.
type Handler interface {
	Run(*Run) error
	Finding(*Finding) error
	Problem(*Problem) error
	Coverage(*Coverage) error
	Close() error
}
