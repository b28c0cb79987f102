package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/source"
)

// eachRoute calls take for each route of routing tables in MRT format, with the
// peer that has it. The route is taken's only until it returns. What could not
// be read is counted.
func eachRoute(ctx context.Context, s streams, names []string, take func(peer *mrt.Peer, r *enforce.Route)) (unread int, err error) {
	for in, err := range source.Walk(ctx, names, source.Options{Limits: source.DefaultLimits(), Stdin: s.in}) {
		if err != nil {
			return unread, usagef("%w: name a routing table", err)
		}
		n, err := routesOf(ctx, in, take)
		unread += n
		if err != nil {
			return unread, err
		}
	}
	return unread, nil
}

// routesOf reads one table.
func routesOf(ctx context.Context, in source.Input, take func(*mrt.Peer, *enforce.Route)) (unread int, err error) {
	f, err := in.Open(ctx)
	if err != nil {
		return 0, usagef("%w: name a routing table", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	scanner := mrt.NewScanner(f, mrt.Limits{})
	w := routeWalker{take: take}
	for {
		chunk, err := scanner.NextChunk()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return w.unread, usagef("%q: %w: name a routing table in MRT format", in.Name, err)
		}
		if ctx.Err() != nil {
			return w.unread, ctx.Err()
		}
		w.unread += len(chunk.Gaps())
		for record := range chunk.Records() {
			w.record(record)
		}
		chunk.Release()
	}
	if w.routes == 0 {
		return w.unread, usagef("%q holds no routing table: name a table dump, not updates", in.Name)
	}
	return w.unread, nil
}

// routeWalker decodes the entries of records.
type routeWalker struct {
	take           func(*mrt.Peer, *enforce.Route)
	entries        mrt.Entries
	attrs          mrt.Attributes
	path           mrt.Path
	routes, unread int
}

func (w *routeWalker) record(record mrt.Record) {
	w.entries.Reset(record)
	for w.entries.Next() {
		e := w.entries.Entry()
		if w.attrs.Parse(e.Attrs) != nil || w.path.Decode(w.attrs.RawPath(e.AS4)) != nil {
			w.unread++
			continue
		}
		w.routes++
		w.take(e.Peer, &enforce.Route{Prefix: e.Prefix, Path: elements(&w.path)})
	}
	if w.entries.Err() != nil {
		w.unread++
	}
}

// elements turns a decoded path into one of its own: each number of a sequence
// is an element, each set is one. Confederations of other networks do not
// leave them (RFC 5065), and are read like the rest.
func elements(p *mrt.Path) enforce.Path {
	n := 0
	for _, s := range p.Segments {
		n += len(s.ASNs)
	}
	numbers := make([]uint32, 0, n)
	out := make(enforce.Path, 0, n)
	for _, s := range p.Segments {
		begin := len(numbers)
		numbers = append(numbers, s.ASNs...)
		if s.Type == mrt.ASSet || s.Type == mrt.ConfedSet {
			if len(s.ASNs) > 0 {
				out = append(out, numbers[begin:])
			}
			continue
		}
		for i := range s.ASNs {
			out = append(out, numbers[begin+i:begin+i+1])
		}
	}
	return out
}

// unreadNote says how much of the tables could not be read, empty if all was.
func unreadNote(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d records or routes could not be read and are not in these figures\n", n)
}
