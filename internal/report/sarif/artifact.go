package sarif

import (
	"net/url"
	"strings"

	"github.com/cleannet/cleannet/internal/finding"
)

// artifacts is the list of files that results point into: inputs, and the
// members inside them, each once.
type artifacts struct {
	list  []artifact
	index map[artifactKey]int
}

// artifactKey is what makes two places the same artifact. The name counts
// only where no digest is known.
type artifactKey struct{ digest, name, path string }

func newArtifacts() *artifacts { return &artifacts{index: map[artifactKey]int{}} }

// input adds an input of the run.
func (a *artifacts) input(in finding.InputInfo) {
	i := a.place(in.Name, in.SHA256, "")
	a.list[i].Length = &in.Size
}

// locate returns the location of a member of an input, or of the input itself
// if path is empty.
func (a *artifacts) locate(name, digest, path string) artifactLocation {
	i := a.place(name, digest, path)
	return artifactLocation{URI: a.list[i].Location.URI, Index: i}
}

// place finds or adds an artifact. A member comes after its input and points
// back to it (section 3.24.2).
func (a *artifacts) place(name, digest, path string) int {
	key := artifactKey{digest: digest, path: path}
	if digest == "" {
		key.name = name
	}
	if i, ok := a.index[key]; ok {
		return i
	}
	file := artifact{}
	if path == "" {
		file.Location.URI = reference(name)
		file.Roles = []string{"analysisTarget"}
		if digest != "" {
			file.Hashes = map[string]string{"sha-256": digest}
		}
	} else {
		parent := a.place(name, digest, "")
		file.Parent = &parent
		file.Location.URI = reference(path)
	}
	i := len(a.list)
	file.Location.Index = i
	a.list = append(a.list, file)
	a.index[key] = i
	return i
}

// reference writes a file name as a relative reference (RFC 3986, section
// 4.2). Bytes that a URI may not hold, among them those of invalid UTF-8, are
// percent-encoded.
func reference(name string) string {
	if name == "" {
		return "unnamed"
	}
	u := url.URL{Path: name}
	s := u.String()
	if strings.HasPrefix(name, "//") { // would read as a host
		s = "/." + u.EscapedPath()
	}
	return s
}
