package bmp

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/bgp"
	"github.com/cleannet/cleannet/internal/format/pcap"
	"github.com/cleannet/cleannet/internal/testkit"
)

// golden is what bmp-goldens.tsv says of a capture.
type golden struct {
	streams  string
	messages string
	rest     string
}

func readGoldens(t *testing.T) map[string]golden {
	t.Helper()
	raw, err := os.ReadFile(testkit.Data(t, "carrier/bmp-goldens.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]golden{}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 4 && f[0] != "file" {
			out[f[0]] = golden{f[1], f[2], f[3]}
		}
	}
	return out
}

// streamsOf returns the TCP streams of a capture, which has no holes.
func streamsOf(t *testing.T, file string) [][]byte {
	t.Helper()
	f, err := os.Open(testkit.Data(t, "carrier/bmp/"+file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := pcap.NewReader(f, pcap.Limits{})
	var a pcap.Assembler
	var streams [][]byte
	use := func(p *pcap.Piece) {
		if p.Lost > 0 {
			t.Errorf("%d bytes lost of stream %d", p.Lost, p.Stream)
		}
		for len(streams) <= p.Stream {
			streams = append(streams, nil)
		}
		streams[p.Stream] = append(streams[p.Stream], p.Data...)
	}
	for {
		p, err := r.Next()
		if err != nil {
			break
		}
		s, err := pcap.ParseSegment(p)
		if err != nil {
			t.Fatal(err)
		}
		a.Add(&s, use)
	}
	a.Flush(use)
	return streams
}

// TestCaptures counts the messages of the captures by their headers alone, and
// then judges the bodies: how many are refused is ours to know.
func TestCaptures(t *testing.T) {
	refused := map[string]map[string]int{ // routes without next hop, of a router that leaves it out
		"high-availability.pcap":     {"route_monitoring": 140},
		"many-route-monitoring.pcap": {"route_monitoring": 187},
	}
	for file, want := range readGoldens(t) {
		t.Run(file, func(t *testing.T) {
			kinds, counts, bad, rest := map[string]int{}, map[string]int{}, map[string]int{}, 0
			for _, stream := range streamsOf(t, file) {
				if !Plausible(stream) {
					kinds["bgp"]++
					rest += countBGP(t, stream, counts)
					continue
				}
				kinds["bmp"]++
				var f Framer
				f.Write(stream)
				for {
					m, err := f.Next()
					if err == ErrShort {
						rest += f.Buffered()
						break
					} else if err != nil {
						t.Fatal(err)
					}
					name := strings.ReplaceAll(m.Type.String(), " ", "_")
					name = strings.Replace(name, "statistics_report", "stats", 1)
					counts[fmt.Sprintf("bmp%d.%s", m.Version, name)]++
					if err := judgeBody(&m); err != nil {
						bad[name]++
					}
				}
			}
			got := golden{listed(kinds, ":"), listed(counts, ":"), strconv.Itoa(rest)}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(golden{})); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			if want := refused[file]; !maps.Equal(bad, want) {
				t.Errorf("refused bodies: got %v, want %v", bad, want)
			}
		})
	}
}

func listed(counts map[string]int, sep string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, name+sep+strconv.Itoa(counts[name]))
	}
	return strings.Join(parts, " ")
}

func countBGP(t *testing.T, stream []byte, counts map[string]int) int {
	t.Helper()
	for len(stream) > 0 {
		m, after, err := bgp.NextMessage(stream)
		if err != nil {
			break
		}
		counts["bgp."+strings.ToLower(m.Type.String())]++
		stream = after
	}
	return len(stream)
}

// judgeBody reads the body of a message to its end.
func judgeBody(m *Message) error {
	switch m.Type {
	case RouteMonitoring:
		r, err := ParseRoutes(m)
		if err != nil {
			return err
		}
		var u bgp.Update
		if _, err := r.Decode(&u, nil); err != nil {
			return err
		}
		return u.Fault
	case StatisticsReport:
		_, _, err := ParseStatistics(m)
		return err
	case PeerDown:
		_, _, err := ParsePeerDown(m)
		return err
	case PeerUp:
		up, err := ParsePeerUp(m)
		if err == nil {
			_, err = ReadSession(up)
		}
		return err
	case RouteMirroring:
		_, err := ParseMirrored(m)
		return err
	}
	_, err := ParseInformation(m)
	return err
}
