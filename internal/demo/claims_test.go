package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

var people = []entry{{email: ana, cluster: true, notebook: true}, {email: jurgen, cluster: true, template: true}, {email: li, cluster: true, session: true}, {email: nora, sliderule: "tide", nodes: 2}}

// served is a world in which all went well.
func served() world {
	w := world{people: map[string]personal{}, clusters: map[string][]cluster{}}
	for email, name := range map[string]string{ana: "ana", jurgen: "jurg", li: "li"} {
		w.people[email] = personal{
			Cluster: "c-" + name, ClusterID: "id-" + name, Outcome: "created", State: "TERMINATED", NotifiedAt: "2026-11-20T16:03:12Z",
			Libraries: []library{{Name: "pypi:x", Status: "INSTALLED"}},
		}
		w.clusters[email] = []cluster{{
			Details:     compute.ClusterDetails{ClusterId: "id-" + name, State: compute.StateTerminated},
			Libraries:   []compute.LibraryFullStatus{{Status: compute.LibraryInstallStatusInstalled}},
			Permissions: []compute.ClusterAccessControlResponse{{UserName: email}},
		}}
	}
	w.google = servedOnGoogle(w.people)
	w.aws = servedOnAWS(w.people)
	w.messages = []slack.Message{message(ana), message(jurgen), message(li), message(ana)}
	return w
}

// servedOnGoogle is what is there, and what Terraform says of it.
func servedOnGoogle(said map[string]personal) onGoogle {
	const id, address = "projects/p/locations/z/instances/n-ana", "https://n.example.com"
	session := &dataproc.SessionTemplate{Name: "t-li", EnvironmentConfig: &dataproc.EnvironmentConfig{ExecutionConfig: &dataproc.ExecutionConfig{
		AuthenticationConfig: &dataproc.AuthenticationConfig{UserWorkloadAuthenticationType: endUser},
	}}}
	tell := func(email, output string) {
		p := said[email]
		if err := json.Unmarshal([]byte(output), &p); err != nil {
			panic(err)
		}
		said[email] = p
	}
	tell(ana, `{"personal_notebook":{"id":"`+id+`","outcome":"created","state":"ACTIVE","proxy_url":"`+address+`","effective_identity":"user:`+ana+`"}}`)
	tell(jurgen, `{"dataproc_template":{"uri":"gs://b/p/t.yaml","outcome":"created"}}`)
	tell(li, `{"spark_session_template":{"id":"t-li","outcome":"created"}}`)
	return onGoogle{
		notebooks: map[string][]notebook{ana: {{Environment: "workbench", ID: id, State: "ACTIVE", Address: address, ReadsAs: "user:" + ana, Labels: map[string]string{"team": "a"}}}},
		templates: map[string][]storage.Object{jurgen: {{Bucket: "b", Name: "p/t.yaml"}}},
		sessions:  map[string][]*dataproc.SessionTemplate{labelOf(li): {session}},
		clusters:  map[string][]*dataproc.Cluster{},
	}
}

// first is what the demo checks after the first apply.
func first(w world) error {
	for _, problem := range []error{everyoneServed(people, w), librariesReady(people, w, 1), notebooksServed(people, w), templatesServed(people, w), slideRulesServed(people, w), toldOnce(people, w)} {
		if problem != nil {
			return problem
		}
	}
	return nil
}

func TestClaimsHoldWhenAllWentWell(t *testing.T) {
	if err := first(served()); err != nil {
		t.Error(err)
	}
}

func TestEveryClaimCanFail(t *testing.T) {
	said := func(change func(*personal)) func(*world) {
		return func(w *world) { p := w.people[li]; change(&p); w.people[li] = p }
	}
	is := func(change func(*cluster)) func(*world) { return func(w *world) { change(&w.clusters[li][0]) } }
	cases := map[string]struct {
		change func(*world)
		want   string
	}{
		"no cluster":          {func(w *world) { delete(w.clusters, li) }, "li.wei@example.com should have one cluster and has 0"},
		"two clusters":        {func(w *world) { w.clusters[li] = append(w.clusters[li], w.clusters[li][0]) }, "has 2"},
		"another id":          {said(func(p *personal) { p.ClusterID = "x" }), `Terraform gives li.wei@example.com the cluster "x", the workspace "id-li"`},
		"found, not made":     {said(func(p *personal) { p.Outcome = "no_action" }), `"no_action"`},
		"still running":       {is(func(c *cluster) { c.Details.State = compute.StateRunning }), "should be at rest"},
		"running, says state": {said(func(p *personal) { p.State = "RUNNING" }), "should be at rest"},
		"stopping":            {said(func(p *personal) { p.State = "TERMINATING" }), "should be at rest"},
		"no permission":       {is(func(c *cluster) { c.Permissions = nil }), "no permission"},
		"a stranger":          {func(w *world) { w.clusters["x@y.z"] = w.clusters[li] }, "x@y.z"},
		"a stranger in words": {func(w *world) { w.people["x@y.z"] = personal{} }, "x@y.z"},
		"no library":          {is(func(c *cluster) { c.Libraries = nil }), "has 0"},
		"a failed library": {is(func(c *cluster) {
			c.Libraries[0] = compute.LibraryFullStatus{Status: compute.LibraryInstallStatusFailed, Messages: []string{"no such package"}}
		}), "no such package"},
		"no library in words": {said(func(p *personal) { p.Libraries = nil }), "speaks of 0"},
		"a library in words":  {said(func(p *personal) { p.Libraries = []library{{Name: "n", Status: "FAILED"}} }), "is FAILED"},
		"not told":            {func(w *world) { w.messages = w.messages[1:] }, "has 1"},
		"told twice":          {func(w *world) { w.messages = append(w.messages, message(li)) }, "has 2"},
		"a stranger told":     {func(w *world) { w.messages = append(w.messages, message("x@y.z")) }, "should be 4 Slack messages, and there are 5"},
		"told unawares":       {said(func(p *personal) { p.NotifiedAt = "" }), "does not know"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := served()
			c.change(&w)
			if err := first(w); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAPersonWithoutWarmUp(t *testing.T) {
	cold := slices.Clone(people)
	cold[2].cold = true
	w := served()
	p := w.people[li]
	p.Libraries = slices.Clone(p.Libraries)
	p.Libraries[0].Status = "PENDING"
	w.people[li] = p
	w.clusters[li][0].Libraries[0].Status = compute.LibraryInstallStatusPending
	for _, problem := range []error{everyoneServed(cold, w), librariesReady(cold, w, 1)} {
		if problem != nil {
			t.Error(problem)
		}
	}
	if librariesReady(people, w, 1) == nil {
		t.Error("a warm cluster may not have a library that waits")
	}
	if sameWords(cold, w, served()) == nil {
		t.Error("other words went unnoticed")
	}
}

func TestClaimsAboutTwoMoments(t *testing.T) {
	before := served()
	if err := untouched(people, before, served()); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*cluster){
		"state":      func(c *cluster) { c.Details.State = compute.StateRunning },
		"id":         func(c *cluster) { c.Details.ClusterId = "x" },
		"settings":   func(c *cluster) { c.Details.NumWorkers = 7 },
		"library":    func(c *cluster) { c.Libraries = nil },
		"permission": func(c *cluster) { c.Permissions = nil },
	} {
		after := served()
		change(&after.clusters[li][0])
		if err := untouched(people, before, after); err == nil || !strings.Contains(err.Error(), li) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := gone(li, before); err == nil {
		t.Error("somebody who is there is not gone")
	}
	if planned(changes{}, changes{Change: 1}) == nil || planned(changes{Remove: 1}, changes{Remove: 1}) != nil {
		t.Error("plans are mixed up")
	}
}

func TestTheOutputIsRead(t *testing.T) {
	got, err := readPeople(json.RawMessage(`{"Ana@x.org":{"cluster":"c","libraries":null,"notified_at":null,"more":1}}`))
	if err != nil || got["ana@x.org"].Cluster != "c" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []json.RawMessage{nil, json.RawMessage(`[]`)} {
		if _, err := readPeople(bad); err == nil || !strings.Contains(err.Error(), "people") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestASecretInAFileIsFound(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "terraform.tfstate"), "… abc …")
	if err := withoutSecrets(dir, "xyz"); err != nil {
		t.Error(err)
	}
	if err := withoutSecrets(dir, "xyz", "abc"); err == nil || !strings.Contains(err.Error(), "terraform.tfstate") {
		t.Errorf("got %v", err)
	}
}

func TestACheckoutHasSourcesOnly(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "examples/complete/main.tf", "new")
	write(t, "examples/complete/.terraform/x", "")
	write(t, "examples/complete/terraform.tfstate", "")
	write(t, ".demo/examples/complete/old.tf", "")
	if err := checkOut(".demo", "examples"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(".demo/examples/complete/*")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, files, filepath.FromSlash(".demo/examples/complete/main.tf"))
	if err := checkOut(".demo", "modules"); err == nil {
		t.Error("a folder that is not there was copied")
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
