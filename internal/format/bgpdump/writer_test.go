package bgpdump_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os/exec"
	"testing"

	"github.com/cleannet/cleannet/internal/format/bgpdump"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
)

// write writes all records of r as text, and returns how many could not be read
// whole.
func write(t testing.TB, r io.Reader, out io.Writer) (broken int) {
	t.Helper()
	buffered := bufio.NewWriterSize(out, 1<<16)
	w := bgpdump.NewWriter(buffered)
	scanner := mrt.NewScanner(r, mrt.Limits{})
	for {
		record, err := scanner.Next()
		var gap mrt.Gap
		switch {
		case err == io.EOF:
			if err := buffered.Flush(); err != nil {
				t.Fatal(err)
			}
			return broken
		case errors.As(err, &gap):
			broken++
			continue
		case err != nil:
			t.Fatal(err)
		}
		if err := w.Record(record); err != nil {
			t.Log(err)
			broken++
		}
	}
}

// TestBgpdump compares all that is printed for real files with what the real
// bgpdump prints, byte for byte. Two files are not among them, because it does
// not read them rightly.
func TestBgpdump(t *testing.T) {
	tool := testkit.Tool(t, "bgpdump")
	for _, name := range []string{
		"rib2010.gz", "bview.20020722.2337.gz", "bview.64k_stream_overflow.gz",
		"updates.et-header.2015.gz", "updates.20070211.0141.gz", "updates.20071015.1505.gz",
		"rrc00.updates.19990903.1041.gz", "rrc00.updates.19991214.1621.gz", "rrc00.updates.20000102.2014.gz",
		"rrc03.updates.20100227.1600.first796.gz",
	} {
		t.Run(name, func(t *testing.T) {
			path := testkit.Data(t, "carrier/mrt/"+name)
			theirs := exec.CommandContext(t.Context(), tool, "-q", "-m", path)
			stdout, err := theirs.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := theirs.Start(); err != nil {
				t.Fatal(err)
			}
			compare := &lines{t: t, want: bufio.NewReaderSize(stdout, 1<<16)}
			if broken := write(t, testkit.Gunzip(t, path), compare); broken > 0 {
				t.Errorf("%d records are not whole", broken)
			}
			if rest, _ := io.Copy(io.Discard, compare.want); rest > 0 && !t.Failed() {
				t.Errorf("bgpdump prints %d bytes more", rest)
			}
			if err := theirs.Wait(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// lines compares what is written to it with what it reads.
type lines struct {
	t    *testing.T
	want *bufio.Reader
	part []byte // of a line
	line int
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		head, tail, whole := bytes.Cut(rest, []byte("\n"))
		l.part = append(l.part, head...)
		if rest = tail; !whole {
			break
		}
		l.line++
		want, err := l.want.ReadSlice('\n')
		if want = bytes.TrimSuffix(want, []byte("\n")); !bytes.Equal(l.part, want) || err != nil {
			l.t.Fatalf("line %d:\n got %s\nwant %s (%v)", l.line, l.part, want, err)
		}
		l.part = l.part[:0]
	}
	return len(p), nil
}
