package main

import (
	"strings"
	"testing"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestEveryClaimAboutGoogleCanFail(t *testing.T) {
	is := func(change func(*notebook)) func(*world) {
		return func(w *world) { change(&w.google.notebooks[ana][0]) }
	}
	session := func(w *world) *dataproc.SessionTemplate { return w.google.sessions[labelOf(li)][0] }
	cases := map[string]struct {
		change func(*world)
		want   string
	}{
		"no notebook":            {func(w *world) { delete(w.google.notebooks, ana) }, "should have one notebook and has 0"},
		"two notebooks":          {func(w *world) { w.google.notebooks[ana] = append(w.google.notebooks[ana], notebook{}) }, "has 2"},
		"none in words":          {func(w *world) { p := w.people[ana]; p.Notebook = nil; w.people[ana] = p }, "should have one notebook"},
		"another id":             {is(func(n *notebook) { n.ID = "x" }), "Google x at"},
		"another address":        {is(func(n *notebook) { n.Address = "https://x" }), "at https://x"},
		"found, not made":        {func(w *world) { w.people[ana].Notebook.Outcome = "no_action" }, `"no_action"`},
		"stopped":                {is(func(n *notebook) { n.State = "STOPPED" }), "should be up"},
		"stopped, it says":       {func(w *world) { w.people[ana].Notebook.State = "STOPPED" }, "should be up"},
		"a service account":      {is(func(n *notebook) { n.ReadsAs = "serviceAccount:x" }), "Google says serviceAccount:x"},
		"an account, it says":    {func(w *world) { w.people[ana].Notebook.EffectiveIdentity = "serviceAccount:x" }, `Terraform "serviceAccount:x"`},
		"a stranger's":           {func(w *world) { w.google.notebooks["x@y.z"] = []notebook{{}} }, "x@y.z"},
		"no file":                {func(w *world) { delete(w.google.templates, jurgen) }, "should have one cluster template and has 0"},
		"another file":           {func(w *world) { w.google.templates[jurgen][0].Name = "x" }, "it is gs://b/x"},
		"a stranger's file":      {func(w *world) { w.google.templates[""] = []storage.Object{{}} }, "nobody else should have a template"},
		"no session template":    {func(w *world) { delete(w.google.sessions, labelOf(li)) }, "should have one template of Spark sessions and has 0"},
		"another session":        {func(w *world) { session(w).Name = "x" }, "it is x"},
		"as a service account":   {func(w *world) { session(w).EnvironmentConfig = nil }, "should read data with END_USER_CREDENTIALS"},
		"a stranger's session":   {func(w *world) { w.google.sessions["x"] = w.google.sessions[labelOf(li)] }, "these have: x"},
		"not told of a notebook": {func(w *world) { w.messages = w.messages[:3] }, "should have 2 Slack messages and has 1"},
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

func TestWhatChangesOnGoogleIsSeen(t *testing.T) {
	for name, change := range map[string]func(onGoogle){
		"a label":   func(g onGoogle) { g.notebooks[ana][0].Labels = nil },
		"a state":   func(g onGoogle) { g.notebooks[ana][0].State = "STOPPED" },
		"a file":    func(g onGoogle) { g.templates[jurgen][0].Generation++ },
		"a session": func(g onGoogle) { g.sessions[labelOf(li)][0].Uuid = "x" },
	} {
		after := served()
		change(after.google)
		if untouched(people, served(), after) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
}

func TestNothingOfSomebodyIsLeft(t *testing.T) {
	nothing := world{people: map[string]personal{}}
	if err := gone(ana, nothing); err != nil {
		t.Error(err)
	}
	for what, google := range map[string]onGoogle{
		"notebook":         {notebooks: map[string][]notebook{ana: {{}}}},
		"cluster template": {templates: map[string][]storage.Object{ana: {{}}}},
		"session template": {sessions: map[string][]*dataproc.SessionTemplate{labelOf(ana): {{}}}},
		"Dataproc cluster": {clusters: map[string][]*dataproc.Cluster{labelOf(ana): {{}}}},
	} {
		w := nothing
		w.google = google
		if err := gone(ana, w); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestClaimsAboutAnIdleNotebook(t *testing.T) {
	w := served()
	if atRest(ana, w) == nil || atRest(li, w) == nil {
		t.Error("a running notebook, or none, is not at rest")
	}
	w.google.notebooks[ana][0].State = "STOPPED"
	if err := atRest(ana, w); err != nil {
		t.Error(err)
	}
	if labelled(ana, "team", "a", w) != nil || labelled(ana, "team", "b", w) == nil {
		t.Error("labels are mixed up")
	}

	const id = "projects/p/locations/z/instances/n-ana"
	get := wire.Call{Vendor: "google", Method: "GET", Path: "/notebooks/v2/" + id}
	patch := wire.Call{Vendor: "google", Method: "PATCH", Path: "/notebooks/v2/" + id}
	start := wire.Call{Vendor: "google", Method: "POST", Path: "/notebooks/v2/" + id + ":start"}
	other := wire.Call{Vendor: "google", Method: "PATCH", Path: "/notebooks/v2/" + id + "-2"}
	if err := onlyPatched(id, []wire.Call{get, patch, get}); err != nil {
		t.Error(err)
	}
	for name, calls := range map[string][]wire.Call{"nothing": {get}, "started": {patch, start}, "only started": {start}, "another": {other}, "twice": {patch, patch}} {
		if onlyPatched(id, calls) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
}

func TestAWarningIsAboutSomething(t *testing.T) {
	warnings := []diagnostic{{Detail: "a bucket"}, {Detail: "the cluster c-1 (RUNNING)"}}
	if warned(warnings, "c-1") != nil || warned(warnings, "c-2") == nil || warned(warnings, "") == nil || warned(nil, "c-1") == nil {
		t.Error("warnings are mixed up")
	}
}

func TestWhomAFileReadsDataAs(t *testing.T) {
	for file, want := range map[string]string{
		"config: {softwareConfig: {properties: {'dataproc:dataproc.personal-auth.user': ana@x.org}}}": "ana@x.org",
		"clusterName: c": "",
		"\t":             "not a cluster",
	} {
		if got := personalAuth(file); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q reads data as %q, want %q", file, got, want)
		}
	}
}
