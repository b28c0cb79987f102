package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch"
	"github.com/cleannet/cleannet/internal/watch/feed"
)

func newWatch(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "follow live routes: findings appear and clear as routes come and go",
		Long: `watch takes routes from routers as they come and go, judges what changes, and
tells of each finding when it appears and when it clears: as lines of JSON on
standard output, and to syslog or a web address. It runs until it is stopped.`,
		Example: `  cleannet watch bmp --listen 127.0.0.1:5000 --policy clean-network
  cleannet watch bgp --listen 127.0.0.1:1179 --local-as 64499 --policy my.yaml`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newWatchBMP(s), newWatchBGP(s))
	return cmd
}

// watching is the flags of both.
type watching struct {
	knowledge
	policy   string
	listen   string
	unknowns bool
	config   watch.Config
	out      watchSinks
}

func (v *watching) flags(cmd *cobra.Command, listen string) {
	v.fileFlags(cmd)
	f := cmd.Flags()
	c := &v.config
	f.StringVar(&v.asOf, "as-of", "", "date at which facts and rules are taken, YYYY-MM-DD (default the day that it is)")
	f.StringVarP(&v.policy, "policy", "p", defaultPolicy, "policy: a file, or the name of a shipped one")
	f.StringVar(&v.listen, "listen", listen, "address and port to wait on for routers")
	f.BoolVar(&v.unknowns, "unknowns", false, "tell of findings that are unknown or pending, too")
	f.StringVar(&c.StateFile, "state", "", "file that keeps the findings, so that a restart repeats nothing")
	f.Var(newNumber(&c.Limits.MaxPerSource, 4_000_000, mostCount), "max-prefixes", "routes of one table of a peer; further ones are left out, which is said")
	f.Var(newNumber(&c.Limits.MaxRoutes, 20_000_000, mostCount), "max-routes", "routes of all peers together")
	f.Var(newNumber(&c.MaxFindings, 20_000, mostCount), "max-findings", "findings that are followed")
	f.DurationVar(&c.Stale, "stale", 2*time.Minute, "how long the routes of a lost router are kept")
	f.DurationVar(&c.Damping.Hold, "hold", 2*time.Second, "how long a finding has to be gone before that is told")
	f.DurationVar(&c.Damping.HalfLife, "half-life", 15*time.Minute, "of the penalty of findings that come and go")
	v.out.flags(cmd)
}

func newWatchBMP(s streams) *cobra.Command {
	var v watching
	cmd := &cobra.Command{
		Use:   "bmp",
		Short: "be the station that routers send BMP to",
		Long: `watch bmp waits for routers that send BMP (RFC 7854, RFC 8671, RFC 9069; version 3
or 4). A router tells of its sessions, which prove who is connected with whom, and
of the routes on them. A finding clears when the router says that its last route
or session is gone; when the router itself is lost, it is "lost" after a time.`,
		Example: `  cleannet watch bmp --listen 192.0.2.1:5000 --policy my.yaml --state watch.json
  cleannet watch bmp --metrics --syslog udp://192.0.2.9:514`,
		Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return v.run(cmd.Context(), s, "BMP", func(w *watch.Watcher) (feed.Protocol, error) { return feed.BMP{Watcher: w}, nil })
		},
	}
	v.flags(cmd, "127.0.0.1:5000")
	return cmd
}

func newWatchBGP(s streams) *cobra.Command {
	var v watching
	var peers []string
	var id string
	var asn uint32
	cmd := &cobra.Command{
		Use:   "bgp",
		Short: "be a BGP speaker that listens and announces nothing",
		Long: `watch bgp waits for routers that connect to it with BGP, takes the routes that
they announce, and announces none. With the AS number of your own network the
session is an internal one: the first network on each path is then a neighbour of
yours. Routers have to be told to send all their routes: configure the watcher as a
client of a route reflector, or with additional paths.`,
		Example: `  cleannet watch bgp --listen 192.0.2.1:179 --local-as 64500 --policy my.yaml
  cleannet watch bgp --local-as 64499 --peer 192.0.2.7 --state watch.json`,
		Args: exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asn == 0 {
				return usagef("--local-as is missing: give the AS number that the routers expect")
			}
			config := feed.BGP{ASN: asn}
			var err error
			if config.ID, err = v.routerID(id); err != nil {
				return err
			}
			for _, p := range peers {
				a, err := netip.ParseAddr(p)
				if err != nil {
					return usagef("--peer %q is no address: write for example 192.0.2.7", p)
				}
				config.Peers = append(config.Peers, a)
			}
			return v.run(cmd.Context(), s, "BGP", func(w *watch.Watcher) (feed.Protocol, error) {
				config.Watcher = w
				return config, nil
			})
		},
	}
	v.flags(cmd, "127.0.0.1:1179")
	cmd.Flags().Uint32Var(&asn, "local-as", 0, "AS number of the watcher")
	cmd.Flags().StringVar(&id, "router-id", "", "BGP identifier (default the IPv4 address that is listened on)")
	cmd.Flags().StringArrayVar(&peers, "peer", nil, "address that may connect; repeatable (default any)")
	return cmd
}

// routerID returns the BGP identifier, which is an IPv4 address.
func (v *watching) routerID(text string) (netip.Addr, error) {
	if text == "" {
		text, _, _ = net.SplitHostPort(v.listen)
	}
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is4() || a.IsUnspecified() {
		return a, usagef("--router-id: %q is no IPv4 address of a host: give one, for example 192.0.2.1", text)
	}
	return a, nil
}

// run watches until it is stopped.
func (v *watching) run(ctx context.Context, s streams, protocol string, speak func(*watch.Watcher) (feed.Protocol, error)) error {
	if err := spareInputs(v.config.StateFile, slices.Concat(v.files(), []string{v.policy})...); err != nil {
		return err
	}
	if v.asOf != "" {
		on, err := v.date()
		if err != nil {
			return err
		}
		v.config.AsOf = on
	}
	reg, err := v.registry()
	if err != nil {
		return err
	}
	p, err := v.compile(v.policy, reg)
	if err != nil {
		return err
	}
	v.config.Registry, v.config.Policy = reg, p
	if v.unknowns {
		v.config.Verdicts = []policy.Verdict{policy.Violation, policy.Unknown, policy.Pending}
	}
	if v.config.Sinks, err = v.out.open(s); err != nil {
		return err
	}
	w := watch.New(v.config)
	if err := w.Load(); err != nil {
		return usage(err)
	}
	proto, err := speak(w)
	if err != nil {
		return err
	}
	listener, err := feed.Listen(ctx, v.listen)
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(s.err, "cleannet: waiting for %s on %s\n", protocol, listener.Addr())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := v.out.serve(ctx, s, w); err != nil {
		return errors.Join(err, listener.Close())
	}
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		ended <- feed.Serve(ctx, listener, proto)
	}()
	err = w.Run(ctx)
	cancel()
	err = errors.Join(err, <-ended)
	v.out.close()
	return err
}
