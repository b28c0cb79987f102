// Package router runs real routing daemons for tests: BIRD, FRR and GoBGP, on
// the loopback, with filters that are to be proved.
//
// [BIRD], [FRR] and [GoBGP] start one with a configuration; [Router.Learn] plays
// a neighbour that announces routes to it over a BGP session; [Router.Accepted]
// tells which of them it holds after its import filters.
package router

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Router is a running daemon of the test's own; it ends with the test.
type Router struct {
	dir, port string
	conns     map[netip.Addr]net.Conn
	// table returns the accepted prefixes; one asks for a single prefix only.
	table func(t testing.TB) []netip.Prefix
	has   func(t testing.TB, p netip.Prefix) bool

	// Configure loads commands into the running router, and Running returns its
	// configuration; only [FRR] has them.
	Configure func(t testing.TB, commands string)
	Running   func(t testing.TB) string
}

// Peers returns the addresses that neighbours may have. Every configuration
// has a session for each.
func Peers() []netip.Addr {
	return []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")}
}

// Run starts a daemon in the foreground until the test ends. The folder has a
// short name, because the path of a socket has at most 107 bytes on Linux.
func Run(t testing.TB, dir, program string, args ...string) (exited <-chan struct{}) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), program, args...) // the cleanup ends it, gently
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s says:\n%.4000s", filepath.Base(program), text)
		}
		_ = log.Close()
	})
	return done
}

// folder returns an empty folder with a short name.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rt") //nolint:usetesting // t.TempDir puts the test's name into the path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// freePort returns a port that was free a moment ago.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it only held the port
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// last is announced after all other routes: once it is there, they are, too.
func last() Route {
	return Route{Prefix: netip.MustParsePrefix("203.0.113.255/32"), Path: "64511"}
}

// Learn announces the routes from one of [Peers] and waits until the router
// took them in. Called again, it goes on in the same session.
func (r *Router) Learn(t testing.TB, peer netip.Addr, routes []Route) {
	t.Helper()
	conn := r.session(t, peer)
	if err := conn.SetDeadline(time.Now().Add(10 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	// The last route is withdrawn first, which an earlier call announced.
	w := bufio.NewWriterSize(conn, 1<<16)
	gone := append([]byte{0, 5, 32}, last().Prefix.Addr().AsSlice()...)
	_, err := w.Write(message(2, append(gone, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r.await(t, false)
	if err := announce(w, append(routes[:len(routes):len(routes)], last())); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r.await(t, true)
}

func (r *Router) await(t testing.TB, present bool) {
	t.Helper()
	for range 6000 {
		if r.has(t, last().Prefix) == present {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the router does not take in the routes")
}

// session returns the connection of a neighbour, opened if it is not yet.
func (r *Router) session(t testing.TB, peer netip.Addr) net.Conn {
	t.Helper()
	if conn := r.conns[peer]; conn != nil {
		return conn
	}
	var failure error
	for range 100 {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: peer.AsSlice()}, Timeout: 5 * time.Second}
		conn, err := dialer.DialContext(t.Context(), "tcp4", "127.0.0.1:"+r.port)
		if err == nil {
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			if err = open(conn, peer.AsSlice()[3]); err == nil {
				t.Cleanup(func() { _ = conn.Close() })
				go func() { _, _ = io.Copy(io.Discard, conn) }() // ends with the connection
				if r.conns == nil {
					r.conns = make(map[netip.Addr]net.Conn)
				}
				r.conns[peer] = conn
				return conn
			}
			_ = conn.Close()
		}
		failure = err
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("no session from %s: %v", peer, failure)
	return nil
}

// Accepted returns the prefixes of the routes that the router holds.
func (r *Router) Accepted(t testing.TB) map[netip.Prefix]bool {
	t.Helper()
	out := make(map[netip.Prefix]bool)
	for _, p := range r.table(t) {
		out[p] = true
	}
	delete(out, last().Prefix)
	return out
}

// ask runs a client of the daemon and returns what it prints.
func ask(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(append([]string{filepath.Base(program)}, args...), " "), err)
	}
	return string(out)
}

// Ready waits until a client of the daemon answers.
func Ready(t testing.TB, exited <-chan struct{}, program string, args ...string) {
	t.Helper()
	for range 500 {
		if exec.CommandContext(t.Context(), program, args...).Run() == nil {
			return
		}
		select {
		case <-exited:
			t.Fatal("the daemon ended at once")
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("the daemon does not answer")
}

// Check runs the parser of a real router over a file and fails the test with
// its words if it refuses it. It is one of "bird", "frr", "gobgp".
func Check(t testing.TB, kind, text string) {
	t.Helper()
	dir := folder(t)
	config := write(t, dir, "conf", text)
	var cmd *exec.Cmd
	switch kind {
	case "bird":
		cmd = exec.CommandContext(t.Context(), tool(t, "bird"), "-p", "-c", config)
	case "frr":
		cmd = exec.CommandContext(t.Context(), tool(t, "bgpd"), "-C", "-f", config)
	case "gobgp":
		cmd = exec.CommandContext(t.Context(), tool(t, "gobgpd"), "-d", "-t", "toml", "-f", config)
	default:
		t.Fatalf("no router %q", kind)
	}
	out, err := cmd.CombinedOutput()
	// bgpd reports a line that it does not take, and ends without an error.
	if err != nil || strings.Contains(string(out), "on config line") {
		t.Errorf("%s: %v: %s", fmt.Sprint(cmd.Args), err, out)
	}
}
