package carrier

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/testkit"
)

// updateFiles are the logs of messages that the goldens cover.
func updateFiles() []string {
	return []string{
		"updates.et-header.2015.gz", "updates.20070211.0141.gz", "updates.20071015.1505.gz",
		"rrc00.updates.19990903.1041.gz", "rrc00.updates.19991214.1621.gz", "rrc00.updates.20000102.2014.gz",
		"rrc00.updates.20000325.0345.gz", "rrc03.updates.20100227.1600.first796.gz",
	}
}

// TestMessageCounts tells what was examined of logs of messages.
func TestMessageCounts(t *testing.T) {
	for _, tt := range []struct{ file, want, problems string }{
		{"rrc00.updates.20000325.0345.gz", "KEEPALIVE messages 34, RIB entries 0, UPDATE messages 2239, announced routes 4660, " +
			"changes of a session's state 307, records 2580, withdrawn routes 718",
			"188: mrt: skipped 10 bytes at offset 188: torn record; 4554: mrt: skipped 14 bytes at offset 4554: no record"},
		{"rrc03.updates.20100227.1600.first796.gz", "KEEPALIVE messages 23, NOTIFICATION messages 1, RIB entries 0, UPDATE messages 768, " +
			"announced routes 1226, changes of a session's state 4, records 796, withdrawn routes 133", ""},
		{"rrc00.updates.19991214.1621.gz", "KEEPALIVE messages 120, NOTIFICATION messages 1, OPEN messages 1, RIB entries 0, " +
			"UPDATE messages 18054, announced routes 54126, changes of a session's state 27, records 18203, withdrawn routes 1363", ""},
	} {
		t.Run(tt.file, func(t *testing.T) {
			shard := collect(t, testkit.Data(t, "carrier/mrt/"+tt.file), 2).Shards()[0]
			var counts, problems []string
			for _, c := range shard.Input.Counts {
				counts = append(counts, fmt.Sprintf("%s %d", strings.TrimPrefix(c.Name, "mrt: "), c.N))
			}
			list, _ := shard.Problems()
			for _, p := range list {
				problems = append(problems, fmt.Sprintf("%d: %s", p.Offset, p.Message))
			}
			slices.Sort(counts)
			if diff := cmp.Diff(tt.want, strings.Join(counts, ", ")); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, strings.Join(problems, "; ")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSessions looks for the collector's sessions in its log.
func TestSessions(t *testing.T) {
	set := collect(t, testkit.Data(t, "carrier/mrt/rrc00.updates.20000102.2014.gz"), 2)
	got := map[string]string{}
	for o := range set.Observations() {
		if o.Kind == KindSession {
			addresses, _ := o.Attr(attrAddresses)
			got[o.Subject(roleLocal).Value()+" "+o.Subject(roleRemote).Value()] =
				fmt.Sprintf("%d %v %s", o.Count, addresses.Words(), o.Refs[0].Note)
		}
	}
	// As bgpdump -H counts them.
	want := map[string]string{
		"12654 513":  "76 [192.65.184.1] session of 193.0.0.1 AS12654 with 192.65.184.1 AS513: UPDATE",
		"12654 3333": "441 [193.0.0.56] session of 193.0.0.1 AS12654 with 193.0.0.56 AS3333: UPDATE",
		"12654 3549": "564 [204.152.166.29 206.251.0.85] session of 193.0.0.1 AS12654 with 204.152.166.29 AS3549: UPDATE",
		"12654 5409": "2359 [195.211.222.11 195.211.222.254] session of 193.0.0.1 AS12654 with 195.211.222.254 AS5409: UPDATE",
		"12654 8259": "378 [195.8.100.22] session of 193.0.0.1 AS12654 with 195.8.100.22 AS8259: UPDATE",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
}

// TestUpdatesDoNotShowWorkers compares the written sets of several numbers of
// workers, damaged file included.
func TestUpdatesDoNotShowWorkers(t *testing.T) {
	for _, file := range []string{"updates.20071015.1505.gz", "rrc00.updates.20000102.2014.gz", "rrc00.updates.20000325.0345.gz"} {
		path := testkit.Data(t, "carrier/mrt/"+file)
		var first []byte
		for _, workers := range []int{1, 3} {
			var b bytes.Buffer
			if err := collect(t, path, workers).Write(&b); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b.Bytes()
			} else if !bytes.Equal(first, b.Bytes()) {
				t.Errorf("%s: %d workers give other bytes than one", file, workers)
			}
		}
	}
}
