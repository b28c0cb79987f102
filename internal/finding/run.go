package finding

import (
	"time"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

// Run is the first message of a stream: what was judged, by what, when.
type Run struct {
	Tool      string      `json:"tool"` // "cleannet"
	Version   string      `json:"version"`
	Policy    PolicyInfo  `json:"policy"`
	Registry  string      `json:"registry"` // digest
	AsOf      entity.Date `json:"as_of"`
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
}

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
