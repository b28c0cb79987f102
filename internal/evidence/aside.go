package evidence

import "io"

// aside is a writer whose work is done in a goroutine of its own, so that
// compressing goes on beside encoding. What w gets does not depend on that.
type aside struct {
	full  chan []byte // to the goroutine
	spare chan []byte // and back
	done  chan struct{}
	err   error // of w; once done is closed
}

// asideBlocks is how far the goroutine may be behind, in writes.
const asideBlocks = 4

// newAside starts the goroutine. Close ends it.
func newAside(w io.Writer) *aside {
	a := &aside{full: make(chan []byte, asideBlocks), spare: make(chan []byte, asideBlocks), done: make(chan struct{})}
	go func() {
		defer close(a.done)
		for b := range a.full {
			if _, a.err = w.Write(b); a.err != nil {
				return
			}
			select {
			case a.spare <- b:
			default:
			}
		}
	}()
	return a
}

// Write implements io.Writer. An error may be that of an earlier write.
func (a *aside) Write(p []byte) (int, error) {
	var b []byte
	select {
	case b = <-a.spare:
	default:
	}
	select {
	case a.full <- append(b[:0], p...):
		return len(p), nil
	case <-a.done:
		return 0, a.err
	}
}

// Close waits until everything is written.
func (a *aside) Close() error {
	close(a.full)
	<-a.done
	return a.err
}
