package main

import (
	"fmt"
	"io"
	"time"

	"github.com/cleannet/cleannet/internal/source"
)

// showProgress draws a line about what has been read until the returned
// function is called, which removes it. It draws only on a terminal.
func showProgress(w io.Writer, p *source.Progress, quiet bool) (stop func()) {
	if quiet || !isTerminal(w) {
		return func() {}
	}
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		start := time.Now()
		for {
			select {
			case <-done:
				fmt.Fprint(w, "\r\x1b[K")
				return
			case <-tick.C:
				fmt.Fprint(w, "\r\x1b[K"+progressLine(p, time.Since(start)))
			}
		}
	}()
	return func() {
		close(done)
		<-gone
	}
}

// progressLine says how much was read, how fast, and how long the rest of the
// inputs opened so far will take.
func progressLine(p *source.Progress, elapsed time.Duration) string {
	read, size := p.Bytes(), p.Size()
	rate := float64(read) / max(elapsed.Seconds(), 0.001)
	line := fmt.Sprintf("read %s of %s in %d inputs, %s/s", bytesText(read), bytesText(size), p.Inputs(), bytesText(int64(rate)))
	if left := size - read; left > 0 && rate > 0 {
		line += fmt.Sprintf(", %s left", (time.Duration(float64(left)/rate) * time.Second).Round(time.Second))
	}
	return line
}

func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
