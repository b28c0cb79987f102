package trust

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestGenerateKey(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key.pem")
	made, err := GenerateKey(name, name+".pub")
	if err != nil {
		t.Fatal(err)
	}
	for file, signs := range map[string]bool{name: true, name + ".pub": false} {
		k, err := ReadKey(file)
		if err != nil || k.ID() != made.ID() || k.CanSign() != signs {
			t.Errorf("%s: id %s, can sign %v, %v", file, k.ID(), k.CanSign(), err)
		}
	}
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	before, _ := os.ReadFile(name)
	if _, err := GenerateKey(name, name+".pub2"); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("a key was overwritten: %v", err)
	}
	if _, err := GenerateKey(name+"2", name+".pub"); err == nil {
		t.Error("a public key was overwritten")
	}
	if _, err := os.Stat(name + "2"); err == nil {
		t.Error("half a pair of keys is left")
	}
	if after, _ := os.ReadFile(name); !bytes.Equal(after, before) {
		t.Error("the key has changed")
	}
}

func TestReadKeyRefuses(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(other)
	spki, _ := x509.MarshalPKIXPublicKey(&other.PublicKey)
	block := func(kind string, raw []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
	}
	for _, tt := range []struct{ name, content, want string }{
		{"empty", "", "no PEM block"},
		{"text", "hello", "no PEM block"},
		{"other kind", block("CERTIFICATE", spki), `a PEM block "CERTIFICATE"`},
		{"private, other algorithm", block(blockPrivate, pkcs8), "want Ed25519"},
		{"public, other algorithm", block(blockPublic, spki), "want Ed25519"},
		{"private, damaged", block(blockPrivate, pkcs8[1:]), "not a PKCS #8 key"},
		{"public, damaged", block(blockPublic, spki[1:]), "not a public key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(name, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadKey(name); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
	t.Run("readable for others", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("no such bits")
		}
		name := filepath.Join(t.TempDir(), "key")
		if _, err := GenerateKey(name, name+".pub"); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadKey(name); err == nil || !strings.Contains(err.Error(), "its mode is 0640") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("missing", func(t *testing.T) {
		if _, err := ReadKey(filepath.Join(t.TempDir(), "key")); err == nil || !strings.Contains(err.Error(), "check the path") {
			t.Errorf("got %v", err)
		}
	})
}
