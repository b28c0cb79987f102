// Command cleannet finds where companies that a policy bars touch networks, app
// stores, phones, clouds and undersea cables, proves each finding with its
// evidence, and writes the files that cut them off.
//
// Each command is a file of this package, wired by hand. Run it with --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	collectLate()
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // see counted
	context.AfterFunc(ctx, stop)   // a second Ctrl-C ends the process at once
	return execute(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
}

// streams are the command's inputs and outputs, so that tests can have others.
type streams struct {
	in       io.Reader
	out, err io.Writer
	written  *int64 // bytes of output that cannot be taken back
}

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, args []string, s streams) int {
	s.written = new(int64)
	out := &counted{w: s.out, n: s.written}
	s.out = out
	root := newRoot(s)
	root.SetArgs(args)
	err := guardFaults(func() error { return root.ExecuteContext(ctx) })
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		said := "no output was written"
		if *s.written > 0 {
			said = "the output is not complete"
		}
		fmt.Fprintln(s.err, "cleannet: interrupted;", said)
		return exitInterrupted
	}
	if out.err != nil {
		err = outputError(standardOutput, out.err)
	}
	if err == nil {
		return exitOK
	}
	var code exitCode
	if errors.As(err, &code) && code.err == nil {
		return code.code // the report has said it all
	}
	fmt.Fprintln(s.err, "cleannet:", err)
	if code.code != 0 {
		return code.code
	}
	return exitInternal
}
