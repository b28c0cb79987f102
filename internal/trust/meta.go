package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Short names for what this package handles all the time.
type (
	rootMeta     = metadata.Metadata[metadata.RootType]
	snapshotMeta = metadata.Metadata[metadata.SnapshotType]
	targetsMeta  = metadata.Metadata[metadata.TargetsType]
)

// repositoryKey is the field of a root that names the repository. It keeps what
// was seen of one publisher apart from what was seen of another, and stays when
// keys change.
const repositoryKey = "x-cleannet-repository"

// repositoryLength is the length of a repository's name: 16 bytes in hex.
const repositoryLength = 32

// rootName returns the file of a root.
func rootName(version int64) string { return fmt.Sprintf("%d.root.json", version) }

// versioned returns the file of a version of a role.
func versioned(version int64, role string) string { return fmt.Sprintf("%d.%s.json", version, role) }

// parse reads metadata in the one form that [encode] writes.
func parse[T metadata.Roles](name string, raw []byte) (*metadata.Metadata[T], error) {
	if err := checkPlain(raw); err != nil {
		return nil, &Problem{name, "not metadata: " + err.Error(), nextCopy, err}
	}
	m, err := new(metadata.Metadata[T]).FromBytes(raw)
	if err != nil {
		return nil, &Problem{name, "not metadata: " + err.Error(), nextCopy, err}
	}
	again, err := encode(m)
	if err != nil || !bytes.Equal(again, raw) || hasUnsigned(m.UnrecognizedFields, m.Signatures) {
		return nil, &Problem{name, "changed since it was written", nextTamper, err}
	}
	return m, nil
}

// hasUnsigned reports whether metadata has fields that no signature covers, or
// more signatures than keys could have made.
func hasUnsigned(fields map[string]any, signatures []metadata.Signature) bool {
	return len(fields) > 0 || len(signatures) > 2*maxKeys ||
		slices.ContainsFunc(signatures, func(s metadata.Signature) bool { return len(s.UnrecognizedFields) > 0 })
}

// encode writes metadata.
func encode[T metadata.Roles](m *metadata.Metadata[T]) ([]byte, error) { return m.ToBytes(true) }

// checkPlain wants one JSON value, not nested deeply and without null, which
// no metadata has and which the library takes for a struct that is there.
func checkPlain(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	depth := 0
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && depth == 0 && d.InputOffset() > 0:
			return nil
		case errors.Is(err, io.EOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		case token == nil:
			return errors.New("a value is null")
		case token == json.Delim('{') || token == json.Delim('['):
			if depth++; depth > maxDepth {
				return fmt.Errorf("values within each other deeper than %d", maxDepth)
			}
		case token == json.Delim('}') || token == json.Delim(']'):
			depth--
		}
	}
}

// parseRoot reads a root and wants of it all that later steps rely on.
func parseRoot(name string, raw []byte) (*rootMeta, error) {
	m, err := parse[metadata.RootType](name, raw)
	if err != nil {
		return nil, err
	}
	if err := checkRoot(&m.Signed); err != nil {
		return nil, &Problem{name, err.Error(), nextPin, err}
	}
	return m, nil
}

func checkRoot(r *metadata.RootType) error {
	switch repo := repositoryOf(r); {
	case !isSpec(r.SpecVersion):
		return fmt.Errorf("specification %q, this program reads 1.x", r.SpecVersion)
	case r.Version < 1:
		return fmt.Errorf("version %d", r.Version)
	case !r.ConsistentSnapshot:
		return errors.New("no consistent snapshots")
	case len(repo) != repositoryLength || !isHex(repo):
		return errors.New("not the root of a cleannet data folder: it names no repository")
	case len(r.Keys) > maxKeys:
		return fmt.Errorf("%d keys, the limit is %d", len(r.Keys), maxKeys)
	case len(r.Roles) != len(metadata.TOP_LEVEL_ROLE_NAMES):
		return fmt.Errorf("%d roles, want %d", len(r.Roles), len(metadata.TOP_LEVEL_ROLE_NAMES))
	}
	for id, k := range r.Keys {
		if err := checkKey(id, k); err != nil {
			return err
		}
	}
	for _, name := range metadata.TOP_LEVEL_ROLE_NAMES {
		if err := checkRole(r, name); err != nil {
			return fmt.Errorf("role %s: %w", name, err)
		}
	}
	return nil
}

func checkKey(id string, k *metadata.Key) error {
	const digits = 64
	if k.Type != metadata.KeyTypeEd25519 || k.Scheme != metadata.KeySchemeEd25519 ||
		len(k.Value.PublicKey) != digits || !isHex(k.Value.PublicKey) {
		return fmt.Errorf("key %.16q is not an Ed25519 key", id)
	}
	if own, err := k.ID(); err != nil || own != id {
		return fmt.Errorf("key %.16q has another's name", id)
	}
	return nil
}

func checkRole(r *metadata.RootType, name string) error {
	role, ok := r.Roles[name]
	if !ok {
		return errors.New("missing")
	}
	for i, id := range role.KeyIDs {
		if _, ok := r.Keys[id]; !ok {
			return fmt.Errorf("unknown key %.16q", id)
		}
		if slices.Contains(role.KeyIDs[:i], id) {
			return fmt.Errorf("key %.16q stands twice", id)
		}
	}
	if role.Threshold < 1 || role.Threshold > len(role.KeyIDs) {
		return fmt.Errorf("asks for %d of %d signatures", role.Threshold, len(role.KeyIDs))
	}
	return nil
}

// repositoryOf returns the name of the repository, empty if it has none.
func repositoryOf(r *metadata.RootType) string {
	name, _ := r.UnrecognizedFields[repositoryKey].(string)
	return name
}

// isSpec accepts every version 1 of the specification.
func isSpec(version string) bool { return strings.HasPrefix(version, "1.") }

// isHex reports whether the text is lower-case hexadecimal.
func isHex(text string) bool { return strings.Trim(text, "0123456789abcdef") == "" }

// checkLink wants a file of metadata to name exactly one other, by version,
// length and SHA-256.
func checkLink(file string, meta map[string]*metadata.MetaFiles, want string) (*metadata.MetaFiles, error) {
	m, ok := meta[want]
	if !ok || len(meta) != 1 || m.Version < 1 || m.Length < 1 || len(m.Hashes) != 1 || len(m.Hashes["sha256"]) != sha256.Size {
		return nil, &Problem{file, "does not name " + want + " by version, length and SHA-256", nextTamper, nil}
	}
	return m, nil
}

// link names metadata for the file above it.
func link(raw []byte, version int64) *metadata.MetaFiles {
	sum := sha256.Sum256(raw)
	return &metadata.MetaFiles{Version: version, Length: int64(len(raw)), Hashes: metadata.Hashes{"sha256": sum[:]}}
}

// signedDigest returns the SHA-256 of the part of metadata that is signed, in
// hex, so that further signatures do not change it.
func signedDigest(signed any) (string, error) {
	raw, err := json.Marshal(signed)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}
