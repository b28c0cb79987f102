package sink

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch"
)

// Syslog returns a queue that sends messages as RFC 5424 has them, to
// udp://host:port (RFC 5426), tcp://host:port (framed by their length, RFC 6587
// section 3.4.1) or unixgram:///path, as in /dev/log.
func Syslog(address string) (*Queue, error) {
	u, err := url.Parse(address)
	network, target := "", ""
	if err == nil {
		network, target = u.Scheme, u.Host
	}
	switch {
	case (network == "udp" || network == "tcp") && u.Port() != "":
	case network == "unixgram" && u.Path != "":
		target = u.Path
	default:
		return nil, fmt.Errorf("syslog %q is no address: write for example udp://192.0.2.1:514, tcp://192.0.2.1:601 or unixgram:///dev/log", address)
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "-"
	}
	s := &syslog{network: network, target: target, host: word(host, 255)}
	return newQueue("syslog", s.deliver), nil
}

// syslog is a connection to a server, opened when it is needed.
type syslog struct {
	network, target, host string
	conn                  net.Conn
}

func (s *syslog) deliver(ctx context.Context, m *watch.Message) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if s.conn == nil {
		var d net.Dialer
		conn, err := d.DialContext(ctx, s.network, s.target)
		if err != nil {
			return err
		}
		s.conn = conn
	}
	text := s.format(m)
	if s.network == "tcp" {
		text = strconv.Itoa(len(text)) + " " + text
	}
	err := s.conn.SetWriteDeadline(time.Now().Add(patience))
	if err == nil {
		_, err = s.conn.Write([]byte(text))
	}
	if err != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
	return err
}

// Severities and the facility "security/authorization" of RFC 5424 section 6.2.1.
const (
	facility                                 = 10
	critical, failure, warning, notice, info = 2, 3, 4, 5, 6
)

// enterprise is the number in the name of structured data. It is that of examples
// (RFC 5612), since the project has none of its own.
const enterprise = "32473"

// format writes a message (RFC 5424 section 6).
func (s *syslog) format(m *watch.Message) string {
	severity, when, id, data, text := info, time.Time{}, "event", "-", ""
	if c := m.Change; c != nil {
		f := c.Finding
		severity, when, id = severityOf(c), c.Time, "finding-"+string(c.State)
		data = fmt.Sprintf("[finding@%s id=%s state=%s verdict=%s policy=%s entry=%s relation=%s party=%s subject=%s]", enterprise,
			quoted(f.ID), quoted(string(c.State)), quoted(f.Verdict.String()), quoted(f.Policy), quoted(f.Entry), quoted(f.Relation),
			quoted(f.Party.String()), quoted(f.Subject.String()))
		text = fmt.Sprintf("%s: %s", c.State, f.Reason)
		if c.Route != "" {
			text += " Route: " + c.Route
		}
	} else if e := m.Event; e != nil {
		when, id = e.Time, "feed-"+string(e.Kind)
		data = fmt.Sprintf("[feed@%s name=%s]", enterprise, quoted(e.Feed))
		text = e.Text
		switch e.Kind {
		case watch.EventLimit, watch.EventExpired, watch.EventMalformed:
			severity = warning
		}
	}
	const version = 1
	return fmt.Sprintf("<%d>%d %s %s cleannet %d %s %s \ufeff%s", facility*8+severity, version,
		when.UTC().Format("2006-01-02T15:04:05.000Z"), s.host, os.Getpid(), word(id, 32), data, finding.Plain(text))
}

func severityOf(c *watch.Change) int {
	if c.State == watch.StateCleared {
		return notice
	}
	switch c.Finding.Severity {
	case policy.Critical:
		return critical
	case policy.High:
		return failure
	}
	return warning
}

// quoted writes a value of structured data (RFC 5424 section 6.3.3).
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(finding.Plain(s)) + `"`
}

// word makes a name of printable ASCII, of n characters at most.
func word(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < '!' || r > '~' {
			return '_'
		}
		return r
	}, s)
	return s[:min(len(s), n)]
}
