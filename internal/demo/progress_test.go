package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
)

const (
	ana    = "ana.diaz@example.com"
	jurgen = "jürgen.müller@example.com"
	li     = "li.wei@example.com"
	nora   = "nora.holm@example.com"
)

// recorded are the events of a real run.
func recorded(t *testing.T, file string) []event {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []event
	for line := range strings.Lines(string(text)) {
		all = append(all, parseEvent(strings.TrimSpace(line)))
	}
	return all
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func texts(b *board, all []news) []string {
	var lines []string
	for _, n := range all {
		lines = append(lines, b.text(n))
	}
	return lines
}

// at is a world with one person's cluster in a state, with a library for each status.
func at(email string, state compute.State, libraries ...compute.LibraryInstallStatus) world {
	c := cluster{Details: compute.ClusterDetails{State: state}}
	for _, status := range libraries {
		c.Libraries = append(c.Libraries, compute.LibraryFullStatus{Status: status})
	}
	return world{clusters: map[string][]cluster{email: {c}}}
}

func TestACreationAsItIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, []string{ana, jurgen, li})
	var told []string
	hear := func(kind string) {
		for _, e := range recorded(t, "create.jsonl") {
			if e.Type == kind {
				told = append(told, texts(b, b.heard(now, e))...)
			}
		}
	}
	see := func(w world) { now = now.Add(time.Second); told = append(told, texts(b, b.saw(now, w))...) }

	see(at(ana, compute.StatePending)) // nothing: Terraform has not begun with her
	for _, e := range recorded(t, "create.jsonl")[:5] {
		told = append(told, texts(b, b.heard(now, e))...)
	}
	hear("apply_start")
	see(at(ana, compute.StatePending))
	see(at(ana, compute.StatePending))
	see(at(ana, compute.StateRunning, compute.LibraryInstallStatusInstalled, compute.LibraryInstallStatusResolving))
	see(at(ana, compute.StateTerminating))
	w := at(ana, compute.StateTerminated)
	w.messages = []slack.Message{{Email: ana, Text: "Your cluster is ready\nmore"}}
	see(w)
	see(w)
	hear("apply_complete")
	see(at(ana, compute.StateRunning)) // nothing: it is done
	equal(t, told,
		"   1.0 s  Plan: 3 to add, 0 to change, 0 to destroy.",
		"   1.0 s  ana.diaz@example.com       cluster            creating",
		"   1.0 s  li.wei@example.com         cluster            creating",
		"   1.0 s  jürgen.müller@example.com  cluster            creating",
		"   2.0 s  ana.diaz@example.com       cluster            starting",
		"   4.0 s  ana.diaz@example.com       cluster            installing libraries, 1/2",
		"   5.0 s  ana.diaz@example.com       cluster            stopping",
		"   6.0 s  ana.diaz@example.com       cluster            stopped",
		"   6.0 s  ana.diaz@example.com       Slack              Your cluster is ready",
		"   7.0 s  ana.diaz@example.com       cluster            created in 6 s",
		"   7.0 s  jürgen.müller@example.com  cluster            created in 6 s",
		"   7.0 s  li.wei@example.com         cluster            created in 6 s",
	)
}

func TestARemovalAsItIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, nil)
	var told []string
	for _, e := range recorded(t, "remove.jsonl") {
		told = append(told, texts(b, b.heard(now, e))...)
		told = append(told, texts(b, b.saw(now, at(li, compute.StateTerminated)))...)
	}
	equal(t, told,
		"   0.0 s  Plan: 0 to add, 0 to change, 1 to destroy.",
		"   0.0 s  li.wei@example.com  cluster            removing",
		"   0.0 s  li.wei@example.com  cluster            removed in 0 s",
		"   0.0 s  Apply complete! Resources: 0 added, 0 changed, 1 destroyed.",
	)
}

func TestTheLiveBoard(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, []string{ana, jurgen, li})
	equal(t, b.live(now.Add(time.Second), &screen{}), "  … planning, 1 s")
	events := recorded(t, "create.jsonl")
	for _, e := range events[:len(events)-4] { // up to the first that is complete
		b.heard(now, e)
	}
	b.saw(now, at(li, compute.StatePending))
	equal(t, b.live(now.Add(7*time.Second), &screen{}),
		"  ✓ ana.diaz@example.com       cluster            created in 6 s",
		"  … jürgen.müller@example.com  cluster            creating                    7 s",
		"  … li.wei@example.com         cluster            starting                    7 s",
	)
}

// begins is the event of a creation that begins.
func begins(address, resource string) event {
	h := hook{Action: "create"}
	h.Resource.Address, h.Resource.Type = address, resource
	return event{Type: "apply_start", Hook: &h}
}

func TestANotebookAsItIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, []string{ana})
	var told []string
	told = append(told, texts(b, b.heard(now, begins(`provisioner_google_foundation.this[0]`, "provisioner_google_foundation")))...)
	told = append(told, texts(b, b.heard(now, begins(`module.n["`+ana+`"].provisioner_personal_notebook.this["`+ana+`"]`, notebookKind)))...)
	for _, state := range []string{"PROVISIONING", "PROVISIONING", "ACTIVE"} {
		w := world{google: onGoogle{notebooks: map[string][]notebook{ana: {{State: state}}, li: {{State: state}}}}}
		told = append(told, texts(b, b.saw(now, w))...)
	}
	equal(t, told,
		"   0.0 s  everybody             bucket for files   creating",
		"   0.0 s  ana.diaz@example.com  notebook           creating",
		"   0.0 s  ana.diaz@example.com  notebook           provisioning",
		"   0.0 s  ana.diaz@example.com  notebook           active",
	)
}

func TestASlideRuleClusterAsItIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, []string{nora})
	var told []string
	told = append(told, texts(b, b.heard(now, begins(`provisioner_sliderule_foundation.this[0]`, "provisioner_sliderule_foundation")))...)
	told = append(told, texts(b, b.heard(now, begins(`module.c["`+nora+`"].provisioner_sliderule_cluster.this`, "provisioner_sliderule_cluster")))...)
	equal(t, told,
		"   0.0 s  everybody              SlideRule's roles  creating",
		"   0.0 s  nora.holm@example.com  SlideRule cluster  creating",
	)
}

func TestACountIsMinorNews(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, []string{ana})
	b.heard(now, begins(`module.c["`+ana+`"].x`, clusterKind))
	for _, c := range []struct {
		libraries []compute.LibraryInstallStatus
		minor     bool
	}{
		{[]compute.LibraryInstallStatus{compute.LibraryInstallStatusPending, compute.LibraryInstallStatusPending}, false},
		{[]compute.LibraryInstallStatus{compute.LibraryInstallStatusInstalled, compute.LibraryInstallStatusPending}, true},
		{[]compute.LibraryInstallStatus{compute.LibraryInstallStatusInstalled, compute.LibraryInstallStatusFailed}, false},
	} {
		if fresh := b.saw(now, at(ana, compute.StateRunning, c.libraries...)); len(fresh) != 1 || fresh[0].minor != c.minor {
			t.Errorf("%v: %+v", c.libraries, fresh)
		}
	}
}

func TestALiveBoardOfManyFitsAWindow(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBoard(now, 0, nil)
	for _, name := range strings.Split("abcdefghijklmnopqrst", "") {
		b.heard(now, begins(`module.x["`+name+`@example.com"].provisioner_single_user_cluster.this`, clusterKind))
	}
	b.planned = true
	if got := b.live(now, &screen{}); len(got) != mostLive+1 || got[mostLive] != "    and 5 more, done or waiting" {
		t.Errorf("got %q", got)
	}
}

func TestWhatGoesWrongIsTold(t *testing.T) {
	b := newBoard(time.Unix(0, 0), 0, nil)
	var told []string
	for _, line := range []string{
		`{"type":"apply_start","hook":{"resource":{"addr":"module.x[\"a@b.c\"].provisioner_single_user_cluster.this","resource_type":"provisioner_single_user_cluster"},"action":"create"}}`,
		`{"type":"apply_errored","hook":{"resource":{"addr":"module.x[\"a@b.c\"].provisioner_single_user_cluster.this","resource_type":"provisioner_single_user_cluster"},"action":"create","elapsed_seconds":3}}`,
		`{"type":"diagnostic","diagnostic":{"severity":"error","summary":"No","detail":"Because.","address":"module.x[\"a@b.c\"].provisioner_single_user_cluster.this"}}`,
		`panic: not JSON`,
	} {
		told = append(told, texts(b, b.heard(time.Unix(0, 0), parseEvent(line)))...)
	}
	equal(t, told, "   0.0 s  a@b.c  cluster            creating", "   0.0 s  a@b.c  cluster            failed after 3 s", "   0.0 s  a@b.c  error              No")
}

func TestTheLogIsForPeople(t *testing.T) {
	equal(t, parseEvent(`panic: not JSON`).log(), "panic: not JSON")
	equal(t, parseEvent(`{"@message":"Error: No","type":"diagnostic","diagnostic":{"severity":"error","summary":"No","detail":"Because.\nReally.","address":"x.y"}}`).log(),
		"Error: No", "  with x.y", "  Because.", "  Really.")
}

func TestWhomAResourceIsFor(t *testing.T) {
	for address, want := range map[string]string{
		`module.cluster["Ana.Diaz@example.com"].provisioner_single_user_cluster.this`: "ana.diaz@example.com",
		`module.workspace["eu"].module.cluster["a@b.c"].x.y`:                          "a@b.c",
		`provisioner_single_user_cluster.this["o'neil@example.com"]`:                  "o'neil@example.com",
		`provisioner_google_foundation.this`:                                          "",
		`module.cluster["eu-1"].provisioner_single_user_cluster.this[0]`:              "",
	} {
		if got := personOf(address); got != want {
			t.Errorf("%s is for %q, want %q", address, got, want)
		}
	}
}
