package routetext

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"regexp"

	"github.com/cleannet/cleannet/internal/format/stream"
)

// localAS finds the router's number at the beginning of FRR's JSON.
var localAS = regexp.MustCompile(`"localAS"\s*:\s*"?([0-9.]+)`)

// routerID finds the router's id there.
var routerID = regexp.MustCompile(`"routerId"\s*:\s*"([0-9.]+)"`)

// frrRoute is what is taken of a route, in the short form and in the detailed.
type frrRoute struct {
	Path   *string `json:"path"`
	ASPath struct {
		Text *string `json:"string"`
	} `json:"aspath"`
	PeerID string `json:"peerId"`
	Peer   struct {
		ID string `json:"peerId"`
	} `json:"peer"`
}

func readFRR(r io.Reader, c *Counts, each func(*Route) error) error {
	const enough = 4096
	text := bufio.NewReaderSize(r, enough)
	head, err := text.Peek(enough)
	if err != nil && err != io.EOF {
		return err
	}
	var local uint32
	var id netip.Addr
	if m := localAS.FindSubmatch(head); m != nil {
		local, _ = asNumber(string(m[1]))
	}
	if m := routerID.FindSubmatch(head); m != nil {
		id, _ = netip.ParseAddr(string(m[1]))
	}
	var buf []byte
	return stream.Arrays(stream.NewReader(text), func(path []string, decode func(any) error) error {
		if len(path) < 2 || path[0] != "routes" || len(path) > 3 || len(path) == 3 && path[2] != "paths" {
			return decode(&json.RawMessage{})
		}
		var o frrRoute
		if err := decode(&o); err != nil {
			if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
				c.bad(line{})
				return nil
			}
			return err
		}
		prefix, asPath, ok := o.read(path[1])
		if ok {
			buf, ok = appendPath(buf[:0], asPath)
		}
		if !ok {
			c.bad(line{})
			return nil
		}
		route := Route{Prefix: prefix.Masked(), Path: prepend(local, buf), PeerASN: local, Peer: id}
		if local == 0 {
			route.Peer, _ = netip.ParseAddr(firstOf(o.PeerID, o.Peer.ID)) // none is not valid
		}
		return each(&route)
	})
}

// read returns the prefix of a route, which is the key above it, and the text of
// its path.
func (o *frrRoute) read(network string) (prefix netip.Prefix, path string, ok bool) {
	prefix, err := netip.ParsePrefix(network)
	text := o.Path
	if text == nil {
		text = o.ASPath.Text
	}
	if err != nil || text == nil {
		return prefix, "", false
	}
	if *text == "Local" { // what the detailed form says of an empty path
		return prefix, "", true
	}
	return prefix, *text, true
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
