package sink

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cleannet/cleannet/internal/watch"
)

// Metrics shows the figures of a watcher and its queues in the text format of
// Prometheus.
type Metrics struct {
	Watcher *watch.Watcher
	Queues  []*Queue
}

// ServeHTTP implements http.Handler.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/metrics" && r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	out := bufio.NewWriter(w)
	m.write(out)
	_ = out.Flush() // who asked may have gone
}

func (m *Metrics) write(out *bufio.Writer) {
	s := m.Watcher.Stats()
	one(out, "feeds", "gauge", "Feeds that are connected.", strconv.Itoa(s.Feeds))
	one(out, "routes", "gauge", "Routes that are known.", strconv.Itoa(s.Routes))
	one(out, "facts", "gauge", "Facts that they show.", strconv.Itoa(s.Facts))
	one(out, "pending_facts", "gauge", "Facts that have changed and wait to be judged.", strconv.Itoa(s.Pending))
	one(out, "judged_pairs_total", "counter", "Pairs of networks judged.", strconv.FormatUint(s.Judged, 10))
	one(out, "judging_seconds_total", "counter", "Time spent judging.", strconv.FormatFloat(s.Judging.Seconds(), 'f', 3, 64))
	many(out, "source_routes", "gauge", "Routes by source.", "source", s.Sources)
	many(out, "refused_routes_total", "counter", "Announcements that found no room, by source.", "source", s.Refused)
	many(out, "findings", "gauge", "Findings that hold, by verdict.", "verdict", s.Findings)
	many(out, "changes_total", "counter", "Changes of findings told, by state.", "state", s.Changes)
	many(out, "events_total", "counter", "Events, by kind.", "kind", s.Events)
	sent, failed, dropped := map[string]uint64{}, map[string]uint64{}, map[string]uint64{}
	for _, q := range m.Queues {
		sent[q.Name] = q.Figures.Sent.Load()
		failed[q.Name] = q.Figures.Failed.Load()
		dropped[q.Name] = q.Figures.Dropped.Load()
	}
	many(out, "sent_total", "counter", "Messages sent, by sink.", "sink", sent)
	many(out, "failed_total", "counter", "Messages given up after several tries, by sink.", "sink", failed)
	many(out, "dropped_total", "counter", "Messages that found no room in the queue, by sink.", "sink", dropped)
}

// one writes a figure.
func one(out *bufio.Writer, name, kind, help, value string) {
	head(out, name, kind, help)
	fmt.Fprintf(out, "cleannet_watch_%s %s\n", name, value)
}

func head(out *bufio.Writer, name, kind, help string) {
	fmt.Fprintf(out, "# HELP cleannet_watch_%s %s\n# TYPE cleannet_watch_%s %s\n", name, help, name, kind)
}

// many writes a figure for each value of a label.
func many[K ~string, V int | uint64](out *bufio.Writer, name, kind, help, label string, values map[K]V) {
	if len(values) == 0 {
		return
	}
	head(out, name, kind, help)
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for _, k := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(out, "cleannet_watch_%s{%s=\"%s\"} %d\n", name, label, escape.Replace(string(k)), values[k])
	}
}
