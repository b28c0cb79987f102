package bgpdump_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// TestBgpdumpForms compares what no real file at hand holds: the subtypes for
// sent messages and several paths, IPv6 in MP_REACH_NLRI, odd next hops, AS4_PATH
// and short state changes.
func TestBgpdumpForms(t *testing.T) {
	tool := testkit.Tool(t, "bgpdump")
	const (
		ends2 = "fbf0 fbf1 0000 0001 c0000201 c0000202"
		ends4 = "0000fbf0 0000fbf1 0000 0001 c0000201 c0000202"
		ends6 = "fbf0 fbf1 0000 0002 20010db8000000000000000000000001 20010db8000000000000000000000002"

		origin  = "40 01 01 00"
		path2   = "40 02 06 02 02 fbf0 5ba0"
		path4   = "40 02 0a 02 02 0000fbf0 0001000f"
		as4path = "c0 11 06 02 01 0001000f"
		hop     = "40 03 04 c0000201"
		mp6     = "80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8"
		mp4     = "80 0e 0d 0001 01 04 c0000203 00 18 cb0071"
		un6     = "80 0f 08 0002 01 20 20010db8"
	)
	id := "00000007"
	records := []struct {
		subtype uint16
		body    string
	}{
		{mrt.MessageAS2, ends2 + update("18 c63364", origin+path2+as4path+hop, "18 cb0071")},
		{mrt.MessageAS2, ends6 + update("", origin+path2+mp6, "")},
		{mrt.MessageAS2, ends2 + update("", origin+path2+hop+mp4, "")},
		{mrt.MessageAS2, ends6 + update("", un6, "")},
		{mrt.MessageAS2, ends2 + update("", origin+path2+hop+"80 04 04 0000002a 40 05 04 00000064 40 06 00 c0 07 06 5ba0c0000209 c0 12 08 0001000fc0000209 c0 08 0c ffffff01 ffffff02 fbf00001", "18 cb0071")},
		{mrt.MessageAS4, ends4 + update("", origin+path4+hop, "18 cb0071 00")},
		{mrt.MessageAS4, ends4 + update("", "40 01 01 02 40 02 06 01 01 0001000f"+hop, "18 cb0071")},
		{mrt.MessageLocal, ends2 + update("18 c63364", origin+path2+hop, "18 cb0071")},
		{mrt.MessageAS4Local, ends4 + update("", origin+path4+hop, "18 cb0071")},
		{mrt.MessageAddPath, ends2 + update(id+"18 c63364", origin+path2+hop, id+"18 cb0071")},
		{mrt.MessageAS4AddPath, ends4 + update("", origin+path4+hop, id+"18 cb0071")},
		{mrt.StateChange, ends2 + "0005 0006"},
		{mrt.StateChange, "fbf0 fbf1 0006 0001"},
		{mrt.StateChangeAS4, ends4 + "0006 0007"},
	}
	var file []byte
	for _, r := range records {
		body, err := hex.DecodeString(strings.ReplaceAll(r.body, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(1_700_000_000, 0)
		file = mrtfile.AppendRecord(file, at, uint16(mrt.TypeBGP4MP), r.subtype, body)
		if len(body) != 8 { // the short form has no room for microseconds
			file = mrtfile.AppendRecord(file, at, uint16(mrt.TypeBGP4MPET), r.subtype, append([]byte{0, 0, 0, 42}, body...))
		}
	}
	name := filepath.Join(t.TempDir(), "forms.mrt")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := exec.CommandContext(t.Context(), tool, "-q", "-m", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if broken := write(t, bytes.NewReader(file), &got); broken > 0 {
		t.Errorf("%d records are not whole", broken)
	}
	if lines := bytes.Count(want, []byte("\n")); lines < 2*len(records) {
		t.Fatalf("bgpdump prints only %d lines", lines)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("lines (-bgpdump +ours):\n%s", diff)
	}
}

// update returns an UPDATE with its header, in hexadecimal.
func update(withdrawn, attrs, announced string) string {
	part := func(text string) string {
		text = strings.ReplaceAll(text, " ", "")
		return hex.EncodeToString(binary.BigEndian.AppendUint16(nil, uint16(len(text)/2))) + text
	}
	body := part(withdrawn) + part(attrs) + strings.ReplaceAll(announced, " ", "")
	size := binary.BigEndian.AppendUint16(nil, uint16(19+len(body)/2))
	return strings.Repeat("ff", 16) + hex.EncodeToString(size) + "02" + body
}
