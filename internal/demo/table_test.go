package main

import (
	"slices"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

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
	w.messages[1].Blocks = []byte(`[{"type":"section","text":{"text":"x"}},{"type":"header","text":{"text":"クラスタ ready"}}]`)
	table := peopleTable(people, w, time.UTC)
	equal(t, table.render(0, asIs),
		"  PERSON                     CLUSTER  OUTCOME  STATE       LIBRARIES              SLACK MESSAGE",
		"  ana.diaz@example.com       c-ana    created  TERMINATED  1 installed            sent 16:03:12 · Your cluster is ready",
		"  jürgen.müller@example.com  c-jurg   created  TERMINATED  1 installed            sent 16:03:12 · クラスタ ready",
		"  li.wei@example.com         c-li     created  TERMINATED  2 installed, 1 failed  none",
	)
	if got := table.render(80, asIs); len(got) != 18 || got[0] != "  ana.diaz@example.com" || got[5] != "    SLACK MESSAGE  sent 16:03:12 · Your cluster is ready" {
		t.Errorf("in a narrow window: %q", got)
	}
}

func TestTheTableOfWhoLeft(t *testing.T) {
	before, after := served(), served()
	delete(after.people, jurgen)
	delete(after.clusters, jurgen)
	after.clusters[li][0].Details.NumWorkers = 7
	equal(t, leavingTable(people, before, after).render(0, asIs),
		"  PERSON                     CLUSTER ID  STATE",
		"  ana.diaz@example.com       id-ana      TERMINATED  untouched",
		"  jürgen.müller@example.com  id-jurg     –           gone",
		"  li.wei@example.com         id-li       TERMINATED  changed",
	)
}

func TestTheBill(t *testing.T) {
	get := wire.Call{Vendor: "databricks", Method: "GET", Path: "/api/2.0/permissions/clusters/1120-164511-daa66d13", Status: 200}
	again := get
	again.Path = "/api/2.0/permissions/clusters/1120-164511-3c6ef362"
	b := bill{
		{"first", []wire.Call{get, again, {Vendor: "slack", Method: "POST", Path: "/api/chat.postMessage", Status: 200}}},
		{"second", []wire.Call{get, {Vendor: "aws", Method: "GET", Path: "/bucket/key", Status: 200}, {Vendor: "aws", Method: "POST", Path: "/", Action: "GetCallerIdentity", Status: 403}}},
	}
	equal(t, b.table().render(0, asIs),
		"  CLOUD        CALL                           FIRST  SECOND",
		"  aws          GET s3://bucket/key                ·       1",
		"  aws          GetCallerIdentity                  ·       1",
		"  databricks   GET permissions/clusters/{id}      2       1",
		"  slack        POST chat.postMessage              1       ·",
		"  all of them                                     3       3",
	)
	equal(t, refusals(b[1].calls), "aws GetCallerIdentity (403)")
	if onlyReads(b[0].calls) == nil || onlyReads(b[0].calls[:2]) != nil {
		t.Error("reads and writes are mixed up")
	}
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
