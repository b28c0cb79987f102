package sink

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch"
)

func change() *watch.Message {
	return &watch.Message{Change: &watch.Change{
		State: watch.StateNew, Time: time.Date(2026, 6, 1, 12, 0, 0, 5_000_000, time.UTC), Route: "203.0.113.0/24 from 192.0.2.1 AS64500: path 64500 64496",
		Finding: &finding.Finding{
			ID: "0123456789abcdef", Verdict: policy.Violation, Severity: policy.High, Policy: "test", Entry: `a"]\`, Relation: "adjacency",
			Party: evidence.ASN(64496), Subject: evidence.ASN(64500), Reason: "AS64496 and AS64500\nare neighbours.",
		},
	}}
}

func event() *watch.Message {
	return &watch.Message{Event: &watch.Event{Kind: watch.EventLimit, Time: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Feed: "bmp/r1", Text: "limit reached"}}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	l := NewLines(&b)
	if err := errors.Join(l.Send(change()), l.Send(event())); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %d lines", len(lines))
	}
	for i, want := range []*watch.Message{change(), event()} {
		got := new(watch.Message)
		if err := json.Unmarshal([]byte(lines[i]), got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b evidence.ID) bool { return a == b })); diff != "" {
			t.Errorf("line %d (-sent +read):\n%s", i, diff)
		}
	}
}

func TestSyslogFormat(t *testing.T) {
	s := &syslog{host: "host"}
	pid := strconv.Itoa(os.Getpid())
	for _, tc := range []struct {
		m    *watch.Message
		want string
	}{
		{change(), `<83>1 2026-06-01T12:00:00.005Z host cleannet ` + pid + ` finding-new [finding@32473 id="0123456789abcdef" state="new" verdict="violation" ` +
			`policy="test" entry="a\"\]\\" relation="adjacency" party="asn:64496" subject="asn:64500"] ` + "\ufeff" +
			`new: AS64496 and AS64500 are neighbours. Route: 203.0.113.0/24 from 192.0.2.1 AS64500: path 64500 64496`},
		{event(), `<84>1 2026-06-01T12:00:00.000Z host cleannet ` + pid + ` feed-limit [feed@32473 name="bmp/r1"] ` + "\ufeff" + `limit reached`},
	} {
		if diff := cmp.Diff(tc.want, s.format(tc.m)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestSyslog sends to real sockets of each sort.
func TestSyslog(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	path := filepath.Join(t.TempDir(), "log")
	local, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	datagram := func(c net.PacketConn) func() string {
		return func() string {
			b := make([]byte, 1<<16)
			n, _, err := c.ReadFrom(b)
			if err != nil {
				t.Error(err)
			}
			return string(b[:n])
		}
	}
	for _, tc := range []struct {
		address string
		receive func() string
	}{
		{"udp://" + udp.LocalAddr().String(), datagram(udp)},
		{"unixgram://" + path, datagram(local)},
		{"tcp://" + tcp.Addr().String(), func() string {
			c, err := tcp.Accept()
			if err != nil {
				t.Error(err)
				return ""
			}
			defer c.Close()
			r := bufio.NewReader(c)
			length, err := r.ReadString(' ')
			n, err2 := strconv.Atoi(strings.TrimSpace(length))
			b := make([]byte, n)
			_, err3 := io.ReadFull(r, b)
			if err := errors.Join(err, err2, err3); err != nil {
				t.Error(err)
			}
			return string(b)
		}},
	} {
		t.Run(tc.address[:4], func(t *testing.T) {
			q, err := Syslog(tc.address)
			if err != nil {
				t.Fatal(err)
			}
			q.Start()
			if err := q.Send(change()); err != nil {
				t.Fatal(err)
			}
			if got := tc.receive(); !regexp.MustCompile(`^<83>1 \S+ \S+ cleannet \d+ finding-new \[finding@32473 `).MatchString(got) {
				t.Errorf("got %q", got)
			}
			q.Close(time.Second)
			if q.Figures.Sent.Load() != 1 {
				t.Error("not counted as sent")
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "192.0.2.1:514", "udp://192.0.2.1", "http://192.0.2.1:514", "unixgram://", "udp://%"} {
		if _, err := Syslog(bad); err == nil {
			t.Errorf("syslog takes %q", bad)
		}
	}
	for _, bad := range []string{"", "alerts.example.org", "ftp://example.org", "https://"} {
		if _, err := Webhook(bad); err == nil {
			t.Errorf("webhook takes %q", bad)
		}
	}
}

// TestWebhook posts to a server that refuses at first.
func TestWebhook(t *testing.T) {
	got := make(chan watch.Message, 9)
	refusals := 2
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusals--; refusals >= 0 {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		var m watch.Message
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got error %v and type %q", err, r.Header.Get("Content-Type"))
		}
		got <- m
	}))
	defer server.Close()
	q, err := Webhook(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	q.pause = time.Millisecond
	q.Start()
	if err := errors.Join(q.Send(event()), q.Send(change())); err != nil {
		t.Fatal(err)
	}
	if m := <-got; m.Change == nil || m.Change.Finding.ID != "0123456789abcdef" {
		t.Errorf("got %+v", m)
	}
	q.Close(time.Second)
	if len(got) > 0 || q.Figures.Failed.Load() != 0 {
		t.Errorf("%d more were posted, %d failed", len(got), q.Figures.Failed.Load())
	}
}

// TestQueueFull sends to a server that does not answer: nobody waits for it.
func TestQueueFull(t *testing.T) {
	begun := make(chan bool, queueSize+2)
	q := newQueue("slow", func(ctx context.Context, _ *watch.Message) error {
		begun <- true
		<-ctx.Done()
		return ctx.Err()
	})
	q.Start()
	if err := q.Send(change()); err != nil {
		t.Fatal(err)
	}
	<-begun
	for range queueSize + 5 {
		if err := q.Send(change()); err != nil {
			t.Fatal(err)
		}
	}
	q.Close(time.Millisecond)
	if got := q.Figures.Dropped.Load(); got != 5 {
		t.Errorf("got %d dropped, want 5", got)
	}
	if got := q.Figures.Failed.Load(); got != queueSize+1 {
		t.Errorf("got %d failed, want %d", got, queueSize+1)
	}
}

func TestMetrics(t *testing.T) {
	reg, err := entity.New(entity.Records{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := watch.New(watch.Config{Registry: reg, Policy: &policy.Policy{}})
	w.Connect(`r"1`, func() {})
	q := newQueue("webhook", nil)
	q.Figures.Dropped.Add(3)
	server := httptest.NewServer(&Metrics{Watcher: w, Queues: []*Queue{q}})
	defer server.Close()
	resp, err := http.Get(server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# TYPE cleannet_watch_feeds gauge\ncleannet_watch_feeds 1\n",
		"cleannet_watch_routes 0\n",
		"cleannet_watch_events_total{kind=\"connected\"} 1\n",
		"cleannet_watch_dropped_total{sink=\"webhook\"} 3\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	form := regexp.MustCompile(`^(# (HELP|TYPE) \S+ .+|\w+(\{\w+="([^"\\]|\\.)*"\})? [0-9.]+)$`)
	for line := range strings.Lines(string(text)) {
		if !form.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("no line of the format: %q", line)
		}
	}
}
