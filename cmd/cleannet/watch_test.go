package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit/bmpfile"
	"github.com/cleannet/cleannet/internal/watch"
)

// watched is a run of cleannet watch.
type watched struct {
	t      *testing.T
	cancel func()
	code   chan int
	addr   string // that it listens on
	web    string // of its figures
	lines  *bufio.Scanner
}

// startWatch runs the command and waits until it listens.
func startWatch(t *testing.T, args ...string) *watched {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, outWriter := io.Pipe()
	errs, errWriter := io.Pipe()
	w := &watched{t: t, cancel: cancel, code: make(chan int, 1), lines: bufio.NewScanner(out)}
	w.lines.Buffer(nil, 1<<20)
	go func() {
		w.code <- execute(ctx, append([]string{"watch"}, args...), streams{in: strings.NewReader(""), out: outWriter, err: errWriter})
		outWriter.Close()
		errWriter.Close()
	}()
	said := bufio.NewScanner(errs)
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	for i := 0; said.Scan(); {
		switch text := said.Text(); {
		case strings.Contains(text, "waiting for"):
			w.addr = address.FindString(text)
			i++
		case strings.Contains(text, "figures at"):
			w.web = address.FindString(text)
			i++
		default:
			t.Fatalf("said %q", text)
		}
		if i == 2 {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, errs) }()
	return w
}

// next returns the next change of a finding.
func (w *watched) next() watch.Change {
	w.t.Helper()
	for w.lines.Scan() {
		var m watch.Message
		if err := json.Unmarshal(w.lines.Bytes(), &m); err != nil {
			w.t.Fatal(err)
		}
		if m.Change != nil {
			return *m.Change
		}
	}
	w.t.Fatal("the output ended")
	return watch.Change{}
}

// stop interrupts the command and returns the changes that it still told.
func (w *watched) stop() []string {
	w.t.Helper()
	w.cancel()
	var rest []string
	for w.lines.Scan() {
		if strings.HasPrefix(w.lines.Text(), `{"change"`) {
			rest = append(rest, w.lines.Text())
		}
	}
	if code := <-w.code; code != exitOK {
		w.t.Errorf("got exit code %d", code)
	}
	return rest
}

func (w *watched) send(messages ...[]byte) net.Conn {
	w.t.Helper()
	c, err := net.Dial("tcp", w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	for _, m := range messages {
		if _, err := c.Write(m); err != nil {
			w.t.Fatal(err)
		}
	}
	return c
}

// TestWatchCommand takes a finding through its life, with a restart in between.
func TestWatchCommand(t *testing.T) {
	args := []string{
		"bmp", "--listen", "127.0.0.1:0", "--metrics=127.0.0.1:0", "--as-of", "2020-08-05",
		"--registry", filepath.Join("..", "..", "examples", "harbor", "registry.yaml"),
		"--policy", "clean-network", "--state", filepath.Join(t.TempDir(), "state.json"), "--hold", "1ms",
	}
	peer := bmpfile.Peer{Addr: "198.51.100.1", ASN: 64500, ID: "198.51.100.1", Seconds: 1_600_000_000}
	announce := peer.Routes(bmpfile.Announce([]uint32{64500, 4134}, "203.0.113.0/24"))
	begin := [][]byte{bmpfile.Initiation("edge1"), peer.Up("198.51.100.9", 64499), announce}

	w := startWatch(t, args...)
	w.send(begin...)
	first := w.next()
	if first.State != watch.StateNew || first.Finding.Subject.String() != "asn:64500" || first.Finding.Party.String() != "asn:4134" ||
		first.Route != "203.0.113.0/24 from 198.51.100.1 AS64500: path 64500 4134" || len(first.Finding.Chain) < 4 {
		t.Errorf("got %+v with %+v", first, first.Finding)
	}
	resp, err := http.Get("http://" + w.web + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(text), "cleannet_watch_routes 1\n") {
		t.Errorf("figures: error %v:\n%s", err, text)
	}
	if rest := w.stop(); len(rest) > 0 {
		t.Errorf("also told %q", rest)
	}

	w = startWatch(t, args...)
	c := w.send(begin...)
	if _, err := c.Write(peer.Routes(bmpfile.Withdraw("203.0.113.0/24"))); err != nil {
		t.Fatal(err)
	}
	// Whether the route was seen again or not, it is not new; and once the
	// session is down, it is gone.
	if _, err := c.Write(peer.Routes(bmpfile.Message(2, make([]byte, 4)))); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(peer.Routes(bmpfile.Message(2, []byte{0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1}))); err != nil {
		t.Fatal(err)
	}
	if last := w.next(); last.State != watch.StateCleared || last.Finding.ID != first.Finding.ID || !last.Since.Equal(first.Since) {
		t.Errorf("after the restart: got %s of %s since %s", last.State, last.Finding.ID, last.Since)
	}
	if rest := w.stop(); len(rest) > 0 {
		t.Errorf("also told %q", rest)
	}
}
