package all

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneTakesLists shows every loader the first bytes of lists and of data on
// networks: exactly one may take each.
func TestOneTakesLists(t *testing.T) {
	for _, tc := range []struct{ want, name, head string }{
		{"as2org", "20260101.as-org2info.txt", "# name: AS Org\n# format:org_id|changed|org_name|country|source\nLVLT-ARIN|20120130|Level 3|US|ARIN\n"},
		{"as2org", "20260101.as-org2info.jsonl", `{"changed":"20120130","country":"US","name":"Level 3","organizationId":"LVLT-ARIN","source":"ARIN","type":"Organization"}` + "\n"},
		{"peeringdb", "peeringdb_2_dump.json", `{"org":{"data":[{"id":2,"name":"Example","aka":"","name_long":"","country":"US","status":"ok"}`},
		{"peeringdb", "net.json", `{"data":[{"id":20,"org_id":2,"name":"Example","asn":64496,"status":"ok"}],"meta":{}}`},
		{"us-csl-json", "consolidated.json", `{"results":[{"id":"1","source":"Entity List (EL) - Bureau of Industry and Security","entity_number":null,"name":"X"}]}`},
		{"us-csl-csv", "consolidated.csv", "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,source_list_url\n"},
		{"ofac-advanced-xml", "SDN_ADVANCED.XML", `<?xml version="1.0"?><Sanctions xmlns="http://www.un.org/sanctions/1.0"><DateOfIssue CalendarTypeID="1">`},
		{"ofac-xml", "SDN.XML", `<?xml version="1.0" standalone="yes"?><sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation>`},
		{"ofac-csv", "SDN.CSV", `36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ` + "\r\n"},
		{"ofac-csv", "ALT.CSV", `36,12,"aka","AERO-CARIBBEAN",-0- ` + "\r\n"},
		{"ofac-csv", "ADD.CSV", `36,25,-0- ,"Havana","Cuba",-0- ` + "\r\n"},
		{"ofac-csv", "sdn.zip", "PK\x03\x04\x14\x00\x08\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00SDN.CSV"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, l := range Loaders() {
				if l.Match(tc.name, []byte(tc.head)) {
					got = append(got, l.Name())
				}
			}
			if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
