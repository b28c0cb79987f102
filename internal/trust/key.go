package trust

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// The types of PEM blocks (RFC 7468) that key files hold.
const (
	blockPrivate = "PRIVATE KEY" // PKCS #8, RFC 5958
	blockPublic  = "PUBLIC KEY"  // SubjectPublicKeyInfo, RFC 5280
)

// Key is an Ed25519 key (RFC 8032): public, or private if it came from a file
// with the private part. It is immutable.
type Key struct {
	public  ed25519.PublicKey
	private ed25519.PrivateKey // nil if it is public only
	id      string
}

// ID is the key's name in metadata: SHA-256 of its canonical form, in hex.
func (k Key) ID() string { return k.id }

// CanSign reports whether the key has its private part.
func (k Key) CanSign() bool { return k.private != nil }

// GenerateKey makes a key and writes its private part to a new file that only
// its owner may read, and the public part to another. Existing files stay, and
// are an error.
func GenerateKey(privateFile, publicFile string) (Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("generate a key: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("generate a key: %w", err)
	}
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return Key{}, fmt.Errorf("generate a key: %w", err)
	}
	if err := writeNew(privateFile, 0o600, pem.EncodeToMemory(&pem.Block{Type: blockPrivate, Bytes: pkcs8})); err != nil {
		return Key{}, err
	}
	if err := writeNew(publicFile, 0o644, pem.EncodeToMemory(&pem.Block{Type: blockPublic, Bytes: spki})); err != nil {
		os.Remove(privateFile) //nolint:errcheck // the first error is the one to report
		return Key{}, err
	}
	return newKey(public, private)
}

// writeNew writes a file that did not exist, to the disk.
func writeNew(name string, mode os.FileMode, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("write key %q: %w: keys are never overwritten; choose another name", name, os.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("write key %q: %w: choose a folder that exists and can be written to", name, reasonOf(err))
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(name) //nolint:errcheck // the first error is the one to report
		return fmt.Errorf("write key %q: %w: make room or choose another place", name, err)
	}
	return nil
}

// ReadKey reads a key file of either sort. A private one that others than its
// owner may read is refused: whoever has it can sign.
func ReadKey(name string) (Key, error) {
	f, err := os.Open(name)
	if err != nil {
		return Key{}, fmt.Errorf("key %q: %w: check the path", name, reasonOf(err))
	}
	defer f.Close() //nolint:errcheck // opened for reading
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return Key{}, fmt.Errorf("key %q: %w: name a file that can be read", name, reasonOf(err))
	}
	block, _ := pem.Decode(raw)
	k, err := decodeKey(block)
	if err != nil {
		return Key{}, fmt.Errorf("key %q: %w: make one with: cleannet db key", name, err)
	}
	info, err := f.Stat()
	if err != nil {
		return Key{}, fmt.Errorf("key %q: %w", name, reasonOf(err))
	}
	// Windows has no such bits; there the folder's access list protects.
	if open := info.Mode().Perm() & 0o077; k.CanSign() && open != 0 && runtime.GOOS != "windows" {
		return Key{}, fmt.Errorf("key %q: its mode is %04o, so that others can read it: make a new key, or: chmod 600",
			name, info.Mode().Perm())
	}
	return k, nil
}

func decodeKey(block *pem.Block) (Key, error) {
	if block == nil {
		return Key{}, errors.New("no PEM block")
	}
	switch block.Type {
	case blockPrivate:
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return Key{}, fmt.Errorf("not a PKCS #8 key: %w", err)
		}
		private, ok := parsed.(ed25519.PrivateKey)
		if !ok {
			return Key{}, fmt.Errorf("a key of the type %T, want Ed25519", parsed)
		}
		return newKey(private.Public().(ed25519.PublicKey), private)
	case blockPublic:
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return Key{}, fmt.Errorf("not a public key: %w", err)
		}
		public, ok := parsed.(ed25519.PublicKey)
		if !ok {
			return Key{}, fmt.Errorf("a key of the type %T, want Ed25519", parsed)
		}
		return newKey(public, nil)
	}
	return Key{}, fmt.Errorf("a PEM block %q, want %q or %q", block.Type, blockPrivate, blockPublic)
}

func newKey(public ed25519.PublicKey, private ed25519.PrivateKey) (Key, error) {
	k := Key{public: public, private: private}
	tuf, err := k.tuf()
	if err != nil {
		return Key{}, err
	}
	k.id, err = tuf.ID()
	return k, err
}

// tuf returns the key as metadata have it.
func (k Key) tuf() (*metadata.Key, error) { return metadata.KeyFromPublicKey(k.public) }

// signer returns what signs metadata with the key.
func (k Key) signer() (signature.Signer, error) { return signature.LoadED25519Signer(k.private) }
