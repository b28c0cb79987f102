package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"
)

// prompt is how long a cancelled read may take at most. It is generous: it
// tells hanging from ending on a loaded machine.
const prompt = time.Minute

// endless repeats a piece of data for ever.
type endless struct {
	piece []byte
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.piece[e.at:])
	e.at = (e.at + n) % len(e.piece)
	return n, nil
}

func TestCancelWhileReading(t *testing.T) {
	text := lines(1000 * tarBlock)
	pieces := map[string][]byte{"plain": text}
	for name, compress := range compressors() {
		pieces[name] = compress(t, text)
	}
	pieces["tar.gz"] = gz(t, tarOf(t, entry{"a", text})[:len(text)+tarBlock])
	for name, piece := range pieces {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			in := input(t, Stdin, Options{Stdin: &endless{piece: piece}})
			f, err := in.Open(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			read := make(chan error, 1)
			go func() {
				if f.IsArchive() {
					for _, err := range f.Members(ctx) {
						if err != nil {
							read <- err
							return
						}
					}
				}
				_, err := io.Copy(io.Discard, f)
				read <- err
			}()
			time.Sleep(30 * time.Millisecond)
			cancel()
			select {
			case err := <-read:
				if err != context.Canceled {
					t.Errorf("got %v, want %v", err, context.Canceled)
				}
			case <-time.After(prompt):
				t.Fatal("read goes on")
			}
			if _, err := f.Digest(); !errors.Is(err, context.Canceled) {
				t.Errorf("digest: got %v, want %v", err, context.Canceled)
			}
		})
	}
}

// A read of standard input may hang for ever; a cancelled Open must not.
func TestCancelWhileStdinHangs(t *testing.T) {
	noLeaks(t)
	r, w := io.Pipe()
	defer w.Close() // only this ends the goroutine that reads
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	f, err := input(t, Stdin, Options{Stdin: r}).Open(ctx)
	if f != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if took := time.Since(start); took > prompt {
		t.Errorf("took %v", took)
	}
}

func TestCancelBeforehand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range Walk(ctx, []string{".", "-"}, Options{Stdin: bytes.NewReader(nil)}) {
		if err != context.Canceled {
			t.Errorf("walk: got %v, want %v", err, context.Canceled)
		}
	}
	in := input(t, put(t, "in", []byte("x")), Options{})
	if _, err := in.Open(ctx); err != context.Canceled {
		t.Errorf("open: got %v, want %v", err, context.Canceled)
	}
}

// Breaking off the iteration over members must leave nothing running.
func TestBreakOffMembers(t *testing.T) {
	text := lines(3_000_000)
	data := gz(t, tarOf(t, entry{"a.gz", gz(t, text)}, entry{"b", text}))
	f := openBytes(t, data, Options{})
	for m, err := range f.Members(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.NextBlock(); err != nil {
			t.Fatal(err)
		}
		break
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
