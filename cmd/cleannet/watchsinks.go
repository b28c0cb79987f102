package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/watch"
	"github.com/cleannet/cleannet/internal/watch/sink"
)

// watchSinks is the flags that say where a watcher's messages go.
type watchSinks struct {
	metrics  string
	syslogs  []string
	webhooks []string

	queues []*sink.Queue
	server *http.Server
}

func (o *watchSinks) flags(cmd *cobra.Command) {
	const local = "127.0.0.1:9471"
	f := cmd.Flags()
	f.StringVar(&o.metrics, "metrics", "", "show figures to Prometheus on this address; without one, on "+local)
	f.Lookup("metrics").NoOptDefVal = local
	f.StringArrayVar(&o.syslogs, "syslog", nil, "also send to syslog: udp://host:port, tcp://host:port or unixgram:///dev/log; repeatable")
	f.StringArrayVar(&o.webhooks, "webhook", nil, "also post changes to this web address; repeatable")
}

// open returns the sinks.
func (o *watchSinks) open(s streams) ([]watch.Sink, error) {
	sinks := []watch.Sink{sink.NewLines(s.out)}
	add := func(addresses []string, with func(string) (*sink.Queue, error)) error {
		for _, address := range addresses {
			q, err := with(address)
			if err != nil {
				return usage(err)
			}
			o.queues = append(o.queues, q)
			sinks = append(sinks, q)
		}
		return nil
	}
	if err := add(o.syslogs, sink.Syslog); err != nil {
		return nil, err
	}
	if err := add(o.webhooks, sink.Webhook); err != nil {
		return nil, err
	}
	return sinks, nil
}

// serve begins to send, and to show the figures.
func (o *watchSinks) serve(ctx context.Context, s streams, w *watch.Watcher) error {
	for _, q := range o.queues {
		q.Start()
	}
	if o.metrics == "" {
		return nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", o.metrics)
	if err != nil {
		return usagef("--metrics %q: %w: give a free port of this machine, for example 127.0.0.1:9471", o.metrics, err)
	}
	o.server = &http.Server{Handler: &sink.Metrics{Watcher: w, Queues: o.queues}, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	fmt.Fprintf(s.err, "cleannet: figures at http://%s/metrics\n", l.Addr())
	go func() { _ = o.server.Serve(l) }() // until close
	return nil
}

// close sends what waits, and ends what serve began.
func (o *watchSinks) close() {
	if o.server != nil {
		_ = o.server.Close()
	}
	for _, q := range o.queues {
		q.Close(5 * time.Second)
	}
}
