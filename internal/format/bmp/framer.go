package bmp

import (
	"cmp"
	"errors"
	"fmt"
)

// ErrShort says that the bytes that are there hold no further whole message.
var ErrShort = errors.New("bmp: more bytes are needed")

// Gap is a stretch of a stream in which no message was found.
type Gap struct {
	Offset int64 // in the stream, in bytes
	Size   int64 // in bytes
	// Missing is how many of the bytes were not there at all: see
	// [Framer.Lose].
	Missing int64
}

// Error describes the gap.
func (g *Gap) Error() string {
	text := fmt.Sprintf("bmp: %d bytes at offset %d are no message", g.Size, g.Offset)
	if g.Missing > 0 {
		text += fmt.Sprintf(", %d of them missing", g.Missing)
	}
	return text
}

// Framer splits a stream into messages, in whatever pieces it arrives. After
// bytes that are no message it goes on with the next place where a header is
// followed by another one, or by the end.
//
// The zero value is ready for use. It is used by one goroutine.
type Framer struct {
	MaxMessage int // in bytes; default [DefaultMaxMessage]

	buf   []byte // of the stream, not yet handed out from at on
	at    int
	base  int64 // place of buf[0] in the stream
	lost  bool  // the next header has to be searched for
	gap   Gap   // what was passed over in the search so far
	ended bool
	met   bool // a message was found
}

// Write adds the next bytes of the stream. It copies them. Messages that were
// handed out before are no longer valid. The error is always nil.
func (f *Framer) Write(b []byte) (int, error) {
	if f.at > 0 {
		n := copy(f.buf, f.buf[f.at:])
		f.base += int64(f.at)
		f.buf, f.at = f.buf[:n], 0
	}
	f.buf = append(f.buf, b...)
	return len(b), nil
}

// Buffered returns how many bytes wait to become a message.
func (f *Framer) Buffered() int { return len(f.buf) - f.at }

// Offset returns the place in the stream of the first byte that was not handed
// out.
func (f *Framer) Offset() int64 { return f.base + int64(f.at) }

// Lose says that n bytes of the stream are missing between what was written and
// what will be. What waits is cut, so that it never becomes a message: ask for
// all messages before.
func (f *Framer) Lose(n int64) {
	f.begin()
	f.pass(f.Buffered())
	f.gap.Size += n
	f.gap.Missing += n
	f.base += n
}

// End says that nothing more will come.
func (f *Framer) End() { f.ended = true }

// Next returns the next message, which is valid until the next call of Write,
// or a [*Gap] where there is none, after which one may ask again. It returns
// [ErrShort] when the bytes do not suffice.
func (f *Framer) Next() (Message, error) {
	limit := cmp.Or(f.MaxMessage, DefaultMaxMessage)
	if f.lost && !f.search(limit) {
		return Message{}, f.short()
	}
	if f.gap.Size > 0 {
		return Message{}, f.takeGap()
	}
	b := f.buf[f.at:]
	if len(b) < headerSize {
		return Message{}, f.short()
	}
	m, size, ok := parseHeader(b, limit)
	if !f.met && ok { // nothing yet says that this is a stream of messages
		_, ok = likely(b, limit)
	}
	if !ok {
		f.begin()
		f.pass(1)
		return f.Next()
	}
	if len(b) < size {
		return Message{}, f.short()
	}
	m.Offset, m.Body = f.Offset(), b[headerSize:size:size]
	f.at += size
	f.met = true
	return m, nil
}

// begin begins a gap, unless the framer is in one.
func (f *Framer) begin() {
	if !f.lost {
		f.lost = true
		f.gap = Gap{Offset: f.Offset()}
	}
}

// pass passes over n bytes.
func (f *Framer) pass(n int) {
	f.at += n
	f.gap.Size += int64(n)
}

func (f *Framer) takeGap() error {
	gap := f.gap
	f.gap = Gap{}
	return &gap
}

// short says that there is nothing more, at the end of the stream with what is
// left over.
func (f *Framer) short() error {
	if !f.ended || f.Buffered()+int(f.gap.Size) == 0 {
		return ErrShort
	}
	f.begin()
	f.pass(f.Buffered())
	return f.takeGap()
}

// search goes to the next place that a message can begin at. It reports false
// where that cannot be told yet.
func (f *Framer) search(limit int) bool {
	for ; len(f.buf)-f.at >= headerSize; f.pass(1) {
		b := f.buf[f.at:]
		size, ok := likely(b, limit)
		if !ok {
			continue
		}
		switch rest := len(b) - size; {
		case rest >= headerSize:
			if _, _, ok := parseHeader(b[size:], limit); !ok {
				continue
			}
		case !f.ended:
			return false // the next header has to confirm it
		case rest != 0:
			continue
		}
		f.lost = false
		return true
	}
	return false
}

// Garbled reports whether the bytes that wait are no message, so that one behind
// them is searched for.
func (f *Framer) Garbled() bool { return f.lost }
