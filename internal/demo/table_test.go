package main

import (
	"slices"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func asIs(text string) string { return text }

func TestTheTableOfPeople(t *testing.T) {
	w := served()
	w.clusters[li][0].Libraries = []compute.LibraryFullStatus{
		{Status: compute.LibraryInstallStatusInstalled}, {Status: compute.LibraryInstallStatusFailed}, {Status: compute.LibraryInstallStatusInstalled},
	}
	w.messages = w.messages[:2]
	w.messages[1].Blocks = []byte(`[{"type":"section","text":{"text":"x"}},{"type":"header","text":{"text":"クラスタ (cluster) ready"}}]`)
	table := clusterTable(people, w, time.UTC)
	equal(t, table.render(0, asIs),
		"  PERSON                     CLUSTER  STATE       LIBRARIES              TOLD AT",
		"  ana.diaz@example.com       c-ana    TERMINATED  1 installed            16:03:12",
		"  jürgen.müller@example.com  c-jurg   TERMINATED  1 installed            16:03:12",
		"  li.wei@example.com         c-li     TERMINATED  2 installed, 1 failed  not told",
	)
	if got := table.render(80, asIs); len(got) != 15 || got[0] != "  ana.diaz@example.com" || got[4] != "    TOLD AT    16:03:12" {
		t.Errorf("in a narrow window: %q", got)
	}
}

func TestTheTableOfWhoLeft(t *testing.T) {
	before, after := served(), served()
	delete(after.people, jurgen)
	delete(after.clusters, jurgen)
	delete(after.google.templates, jurgen)
	delete(after.aws.clusters, "tide")
	before.google.clusters[labelOf(jurgen)] = []*dataproc.Cluster{{}}
	after.clusters[li][0].Details.NumWorkers = 7
	equal(t, leavingTable(people, before, after).render(0, asIs),
		"  PERSON                     CLUSTER  NOTEBOOK  TEMPLATES  DATAPROC CLUSTERS  SLIDERULE",
		"  ana.diaz@example.com       1        1         ·          ·                  ·          untouched",
		"  jürgen.müller@example.com  1 → 0    ·         1 → 0      1 → 0              ·          gone",
		"  li.wei@example.com         1        ·         1          ·                  ·          changed",
		"  nora.holm@example.com      ·        ·         ·          ·                  1 → 0      changed",
	)
}

func TestTheTablesOfGoogle(t *testing.T) {
	w := served()
	equal(t, notebookTable(people, w).render(0, asIs),
		"  PERSON                NOTEBOOK  ENVIRONMENT  STATE   READS DATA AS              ADDRESS",
		"  ana.diaz@example.com  n-ana     workbench    ACTIVE  user:ana.diaz@example.com  https://n.example.com",
	)
	equal(t, templateTable(people, w).render(0, asIs),
		"  PERSON                     TEMPLATE          READS DATA AS                   ADDRESS",
		"  jürgen.müller@example.com  Dataproc cluster  user:jürgen.müller@example.com  gs://b/p/t.yaml",
		"  li.wei@example.com         Spark session     whoever starts it               t-li",
	)
}

func TestTheTableOfSlideRule(t *testing.T) {
	w := served()
	equal(t, slideRuleTable(people, w).render(0, asIs),
		"  PERSON                 SLIDERULE  NODES  ENDS AT    AN HOUR  THIS MONTH  ADDRESS",
		"  nora.holm@example.com  tide           2  18:30 UTC    $0.77       $1.50  https://tide.example.org",
	)
	w.people[nora].SlideRule.AccruedCostUSD = nil
	if row := slideRuleTable(people, w).rows[0]; row[5] != "not known" {
		t.Errorf("a cost that is not known is %q", row[5])
	}
	delete(w.aws.clusters, "tide")
	if row := slideRuleTable(people, w).rows[0]; row[1] != "none" {
		t.Errorf("a cluster that is not there is %q", row[1])
	}
}

func TestALongTextIsWrapped(t *testing.T) {
	equal(t, wrap("  one two three  four", 11), "  one two", "  three", "  four")
}

func TestTheBill(t *testing.T) {
	get := wire.Call{Vendor: "databricks", Method: "GET", Path: "/api/2.0/permissions/clusters/1120-164511-daa66d13", Status: 200}
	again := get
	again.Path = "/api/2.0/permissions/clusters/1120-164511-3c6ef362"
	b := bill{
		{"first", []wire.Call{get, again, {Vendor: "slack", Method: "POST", Path: "/api/chat.postMessage", Status: 200}}},
		{"second", []wire.Call{get, {Vendor: "aws", Method: "GET", Path: "/bucket/key", Status: 200}, {Vendor: "aws", Method: "POST", Path: "/", Action: "CreateStack", Status: 403}}},
	}
	equal(t, b.table().render(0, asIs),
		"  CLOUD        CALLS    FIRST  SECOND",
		"  AWS          changes      ·       1",
		"  AWS          reads        ·       1",
		"  Databricks   reads        2       1",
		"  Slack        changes      1       ·",
		"  all of them               3       3",
	)
	if both := (bill{b[0], {"first", b[0].calls[:1]}}).table(); len(both.heads) != 3 || both.rows[0][2] != "3" || both.rows[2][2] != "4" {
		t.Errorf("two charges of one name: %+v", both)
	}
	equal(t, b.details().render(0, asIs),
		"  CLOUD        CALL                           FIRST  SECOND",
		"  aws          CreateStack                        ·       1",
		"  aws          GET s3://bucket/key                ·       1",
		"  databricks   GET permissions/clusters/{id}      2       1",
		"  slack        POST chat.postMessage              1       ·",
		"  all of them                                     3       3",
	)
	equal(t, refusals(b[1].calls), "aws CreateStack (403)")
	if onlyReads(b[0].calls) == nil || onlyReads(b[0].calls[:2]) != nil {
		t.Error("reads and writes are mixed up")
	}
	if got := refusals([]wire.Call{{Vendor: "google", Method: "GET", Path: "/notebooks/v2/x", Status: 404}}); len(got) > 0 {
		t.Errorf("who looks for what is not there was refused: %v", got)
	}
	taken := wire.Call{Vendor: "aws", Method: "POST", Path: "/schedules/a", Status: 409}
	equal(t, refusals([]wire.Call{
		taken, taken, {Vendor: "aws", Method: "DELETE", Path: "/schedules/a", Status: 404}, {Vendor: "aws", Method: "POST", Path: "/", Action: "DescribeStacks", Status: 400},
	}), "aws POST schedules/{name} (409) 2 times")
	if secretsRead(b[1].calls, "bucket", "key") != nil || secretsRead(b[1].calls, "bucket", "key", "other") == nil {
		t.Error("secrets that were read are mixed up")
	}
	all := slices.Concat(b[0].calls, b[1].calls)
	if b.complete(all) != nil || b.complete(append(all, get)) == nil {
		t.Error("a bill that lacks a call is not told from a complete one")
	}
}

func TestTheWidthOfText(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "müller": 6, "mu\u0308ller": 6, "李伟": 4, "·–✓": 3, "a\u200bb": 2} {
		if got := cells(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func message(to string) slack.Message {
	return slack.Message{Email: to, Text: "Your cluster is ready\n…", TS: "1795190592.000001"}
}

func TestKindsOfCallsHaveNoNames(t *testing.T) {
	for path, want := range map[string]wire.Call{
		"google GET notebooks/v2/projects/p/locations/z/instances/{name}":        {Vendor: "google", Method: "GET", Path: "/notebooks/v2/projects/p/locations/z/instances/n-ana"},
		"google POST notebooks/v2/projects/p/locations/z/instances/{name}:start": {Vendor: "google", Method: "POST", Path: "/notebooks/v2/projects/p/locations/z/instances/n-ana:start"},
		"aws PUT schedules/{name}":               {Vendor: "aws", Method: "PUT", Path: "/schedules/tide-cluster-auto-shutdown"},
		"aws GET schedule-groups/{name}":         {Vendor: "aws", Method: "GET", Path: "/schedule-groups/sliderule"},
		"aws GET route53/hostedzonesbyname":      {Vendor: "aws", Method: "GET", Path: "/2013-04-01/hostedzonesbyname"},
		"aws GET s3://data/schedules/x":          {Vendor: "aws", Method: "GET", Path: "/data/schedules/x"},
		"storage DELETE storage/v1/b/b/o/{name}": {Vendor: "storage", Method: "DELETE", Path: "/storage/v1/b/b/o/p/ana/t.yaml"},
	} {
		if got := kindOf(want); got != path {
			t.Errorf("got %q, want %q", got, path)
		}
	}
}
