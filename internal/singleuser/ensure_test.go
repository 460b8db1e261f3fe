package singleuser_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

func TestEnsureCreatesPermissionsWarmsAndStops(t *testing.T) {
	ws := newWorkspace(t)
	group := singleuser.Entry{Kind: singleuser.Group, Principal: "support", Level: compute.ClusterPermissionLevelCanAttachTo}
	c := ws.ensured(wanted(t, granted(group)))

	if c.Outcome != singleuser.Created || !c.Managed || c.WarmUp != singleuser.Succeeded || c.Problem != nil || c.State != "TERMINATED" {
		t.Errorf("the answer is %+v", c)
	}
	for _, l := range c.Libraries {
		if l.Status != "INSTALLED" {
			t.Errorf("library %s is %s", l.Name, l.Status)
		}
	}
	there := ws.only()
	if there.ClusterName != "ana" || there.SingleUserName != "ana.diaz@example.com" || there.State != compute.StateTerminated || there.AutoterminationMinutes != 30 {
		t.Errorf("the cluster is %+v", there)
	}
	for tag, want := range map[string]string{"team": "data", "provisioner_owner": "ana.diaz@example.com", "provisioner_managed_by": installation} {
		if there.CustomTags[tag] != want {
			t.Errorf("tag %s is %q, want %q", tag, there.CustomTags[tag], want)
		}
	}
	if c.Level(singleuser.User, "ANA.DIAZ@example.com") != compute.ClusterPermissionLevelCanRestart || c.Level(singleuser.Group, "support") != group.Level {
		t.Errorf("the permissions are %v", c.Entries)
	}
	if n := ws.count("POST create"); n != 1 {
		t.Errorf("%d creates", n)
	}
}

func TestEnsureWaitsNoLongerThanTheCloud(t *testing.T) {
	ws := newWorkspace(t)
	start := ws.clock.Now()
	ws.ensured(wanted(t))
	// Start 4 min, two libraries of 40 s one after the other, stop 45 s: each noticed at most a second or three in a
	// hundred late.
	cloud := 4*time.Minute + 2*40*time.Second + 45*time.Second
	took := ws.clock.Now().Sub(start)
	if took < cloud || took > cloud+time.Duration(0.03*float64(cloud))+3*time.Second {
		t.Errorf("took %s where the cloud takes %s", took, cloud)
	}
}

func TestEnsureLeavesWhatSomebodyElseMade(t *testing.T) {
	for name, make := range map[string]func(*workspace){
		"by hand": func(ws *workspace) {
			ws.Seed(compute.CreateCluster{ClusterName: "ana", SingleUserName: "Ana.Diaz@example.com", SparkVersion: "15.4.x-scala2.12", NumWorkers: 2, NodeTypeId: "i3.xlarge", DataSecurityMode: compute.DataSecurityModeSingleUser}, "boss@example.com")
		},
		"another installation": func(ws *workspace) {
			if _, err := ws.fleetOf("other").Ensure(ws.t.Context(), wanted(ws.t)); err != nil {
				ws.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ws := newWorkspace(t)
			make(ws)
			before := fmt.Sprint(ws.only().CustomTags)
			ws.forgetCalls()
			c := ws.ensured(wanted(t))
			if c.Outcome != singleuser.NoAction || c.Managed {
				t.Errorf("the answer is %+v", c)
			}
			if writes := ws.writes(); len(writes) > 0 || fmt.Sprint(ws.only().CustomTags) != before {
				t.Errorf("something was changed: %v", writes)
			}
			if removed, err := ws.fleet().Remove(t.Context(), ana, c.ID, singleuser.DeleteCluster, false); removed || err != nil {
				t.Errorf("removed: %v, %v", removed, err)
			}
			ws.only()
		})
	}
}

func seedSomebodyElses(ws *workspace) string {
	return ws.Seed(compute.CreateCluster{
		ClusterName: "ana", SingleUserName: "ana.diaz@example.com", SparkVersion: "14.3.x-scala2.12", NumWorkers: 2, NodeTypeId: "i3.xlarge",
		DataSecurityMode: compute.DataSecurityModeSingleUser, AutoterminationMinutes: 60, CustomTags: map[string]string{"made": "by hand"},
	}, "boss@example.com")
}

func TestEnsureAdoptsWhenAskedTo(t *testing.T) {
	ws := newWorkspace(t)
	id := seedSomebodyElses(ws)
	c := ws.ensured(wanted(t, existing(singleuser.AdoptExisting), with(t, `{"spark_version":"15.4.x-scala2.12","num_workers":2,"autotermination_minutes":30,"custom_tags":{"team":"data"}}`)))
	if c.ID != id || !c.Managed || c.Outcome != singleuser.NoAction {
		t.Errorf("the answer is %+v", c)
	}
	there := ws.only()
	if there.SparkVersion != "15.4.x-scala2.12" || there.CustomTags["made"] != "by hand" || there.CustomTags["team"] != "data" || there.CustomTags["provisioner_managed_by"] != installation {
		t.Errorf("the adopted cluster is %+v", there)
	}
	if ws.started() || there.State != compute.StateTerminated {
		t.Error("adopting a cluster at rest started it")
	}
}

func TestEnsureFailsOnAnExistingOneWhenAskedTo(t *testing.T) {
	ws := newWorkspace(t)
	id := seedSomebodyElses(ws)
	_, err := ws.fleet().Ensure(t.Context(), wanted(t, existing(singleuser.FailExisting)))
	if !errors.Is(err, singleuser.ErrExists) || !strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), "on_existing") {
		t.Errorf("got %v", err)
	}
}

func TestEnsureRefusesTwoOfTheSameOwnerAndName(t *testing.T) {
	ws := newWorkspace(t)
	one, two := seedSomebodyElses(ws), seedSomebodyElses(ws)
	_, err := ws.fleet().Ensure(t.Context(), wanted(t))
	if !errors.Is(err, singleuser.ErrSeveral) || !strings.Contains(err.Error(), one) || !strings.Contains(err.Error(), two) {
		t.Errorf("got %v, want both %s and %s named", err, one, two)
	}
}

func TestEnsureDoesNotMistakeAnotherPersonsCluster(t *testing.T) {
	ws := newWorkspace(t)
	bob := wanted(t)
	bob.Person = mustPerson("bob@example.com")
	ws.ensured(bob)
	if c := ws.ensured(wanted(t)); c.Outcome != singleuser.Created {
		t.Errorf("Bob's cluster of the same name stood in: %+v", c)
	}
}

func TestTwoResourcesCannotShareACluster(t *testing.T) {
	ws := newWorkspace(t)
	fleet := ws.fleet()
	if _, err := fleet.Ensure(t.Context(), wanted(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := fleet.Ensure(t.Context(), wanted(t)); !errors.Is(err, ledger.ErrClaimed) {
		t.Errorf("got %v", err)
	}
	ws.only()
}

func TestAColdCreateTakesFourCallsAndRests(t *testing.T) {
	ws := newWorkspace(t)
	c := ws.ensured(wanted(t, cold))
	if c.Outcome != singleuser.Created || c.WarmUp != singleuser.NotRequested || !c.Resting() {
		t.Errorf("the answer is %+v", c)
	}
	if got, want := len(ws.writes()), 4; got > want { // create, permissions, libraries, stop
		t.Errorf("%d calls, want at most %d: %v", got, want, ws.writes())
	}
	ws.clock.Advance(time.Hour)
	if state := ws.only().State; state != compute.StateTerminated {
		t.Errorf("the cluster is %s", state)
	}
	for _, l := range ws.Libraries(c.ID) {
		if l.Status == compute.LibraryInstallStatusInstalled {
			t.Errorf("%+v was installed, for which it had to be started", l.Library)
		}
	}
	if n := len(ws.Libraries(c.ID)); n != 2 {
		t.Errorf("%d libraries are attached, want 2", n)
	}
}

func TestWarmUpFailures(t *testing.T) {
	cases := map[string]struct {
		arrange func(*workspace)
		want    []string      // in the problem
		within  time.Duration // of the cloud's time
	}{
		"a library fails": {
			arrange: func(ws *workspace) { ws.FailLibrary("pandas", "No matching distribution found") },
			want:    []string{"warming up the cluster ana", "ana.diaz@example.com", "pypi:pandas==2.2.3", "No matching distribution found"},
			within:  6 * time.Minute,
		},
		"the cluster dies while libraries install": {
			arrange: func(ws *workspace) { ws.DieDuringLibraries("ana") },
			want:    []string{"warming up the cluster ana", "the cluster went to TERMINAT"},
			within:  6 * time.Minute,
		},
		"the cluster does not start": {
			arrange: func(ws *workspace) {
				ws.FailStart("ana", "AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE", "CLOUD_FAILURE", map[string]string{"aws_error_message": "no i3.xlarge"})
			},
			want:   []string{"AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE", "CLOUD_FAILURE", "no i3.xlarge"},
			within: 6 * time.Minute,
		},
		"the cluster goes to ERROR": {
			arrange: func(ws *workspace) { ws.GoToError("ana") },
			want:    []string{"the cluster went to ERROR"},
			within:  6 * time.Minute,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ws := newWorkspace(t)
			c.arrange(ws)
			start := ws.clock.Now()
			got := ws.ensured(wanted(t))
			if got.Outcome != singleuser.Failed || got.WarmUp != singleuser.WarmUpFailed || got.Problem == nil {
				t.Fatalf("the answer is %+v", got)
			}
			for _, text := range c.want {
				if !strings.Contains(got.Problem.Error(), text) {
					t.Errorf("the problem does not say %q: %v", text, got.Problem)
				}
			}
			if took := ws.clock.Now().Sub(start); took > c.within {
				t.Errorf("the wait went on for %s", took)
			}
			if state := ws.only().State; state != compute.StateTerminated && state != compute.StateError {
				t.Errorf("the cluster was left %s", state)
			}

			// Another run, once the cause is gone: the same cluster, warm.
			ws.Heal()
			again := ws.updated(got, wanted(t), wanted(t))
			if again.ID != got.ID || again.WarmUp != singleuser.Succeeded || again.Problem != nil || ws.only().State != compute.StateTerminated {
				t.Errorf("the retry answered %+v", again)
			}
		})
	}
}

func TestALibraryThatVanishesEndsTheWait(t *testing.T) {
	ws := newWorkspace(t)
	w := wanted(t)
	gone := false
	ws.before = func(path string) { // somebody takes it off in the middle
		if path == "cluster-status" && !gone && len(ws.Clusters()) == 1 {
			gone = true
			ws.uninstall(ws.only().ClusterId, "pandas==2.2.3")
		}
	}
	c := ws.ensured(w)
	if c.WarmUp != singleuser.WarmUpFailed || !strings.Contains(c.Problem.Error(), "pypi:pandas==2.2.3 is no longer on the cluster") {
		t.Errorf("the answer is %+v", c)
	}
	if state := ws.only().State; state != compute.StateTerminated {
		t.Errorf("the cluster was left %s", state)
	}
}

func TestAnInterruptStopsTheClusterAndIsResumed(t *testing.T) {
	ws := newWorkspace(t)
	ctx, interrupt := context.WithCancel(t.Context())
	ws.before = func(path string) {
		if path == "cluster-status" {
			interrupt()
		}
	}
	c, err := ws.fleet().Ensure(ctx, wanted(t))
	if err != nil || c.WarmUp != singleuser.Interrupted || c.Outcome != singleuser.Failed || c.ID == "" {
		t.Fatalf("the answer is %+v, %v", c, err)
	}
	ws.before = nil
	ws.clock.Advance(10 * time.Minute)
	if state := ws.only().State; state != compute.StateTerminated {
		t.Errorf("the cluster was left %s", state)
	}
	if again := ws.updated(c, wanted(t), wanted(t)); again.WarmUp != singleuser.Succeeded || again.ID != c.ID {
		t.Errorf("the next run answered %+v", again)
	}
	ws.only()
}

func TestALostStateIsFoundAgain(t *testing.T) {
	ws := newWorkspace(t)
	first := ws.ensured(wanted(t))
	ws.forgetCalls()
	again := ws.ensured(wanted(t))
	if again.ID != first.ID || again.Outcome != singleuser.NoAction || !again.Managed || again.WarmUp != singleuser.Succeeded {
		t.Errorf("the answer is %+v", again)
	}
	if writes := ws.writes(); len(writes) > 0 {
		t.Errorf("a whole cluster was touched: %v", writes)
	}
}

// A run may be killed at any instant: the next one finds its own half-made thing by name and tag, and finishes it.
func TestAKilledRunIsFinished(t *testing.T) {
	for _, call := range []string{"permissions", "install", "get", "cluster-status", "delete", "update"} {
		t.Run("before "+call, func(t *testing.T) {
			ws := newWorkspace(t)
			doomed, killed := ws.doomedFleet(call)
			go func() { _, _ = doomed.Ensure(context.Background(), wanted(t)) }()
			<-killed
			c := ws.ensured(wanted(t))
			if c.Outcome != singleuser.Created || c.WarmUp != singleuser.Succeeded {
				t.Errorf("the answer is %+v", c)
			}
			if c.Level(singleuser.User, ana.Email()) != compute.ClusterPermissionLevelCanRestart {
				t.Errorf("the permissions are %v", c.Entries)
			}
			ws.only()
		})
	}
}

func TestAFailedPermissionIsAnErrorAndLeavesAClusterAtRest(t *testing.T) {
	ws := newWorkspace(t)
	ws.lose["PATCH permissions"] = []loss{answered(400, `{"error_code":"INVALID_PARAMETER_VALUE","message":"Principal: GroupName(suport) does not exist"}`)}
	_, err := ws.fleet().Ensure(t.Context(), wanted(t))
	for _, text := range []string{"setting the permissions of the cluster ana", "ana.diaz@example.com", "GroupName(suport)"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not say %q: %v", text, err)
		}
	}
	ws.clock.Advance(10 * time.Minute)
	if state := ws.only().State; state != compute.StateTerminated {
		t.Errorf("the cluster was left %s", state)
	}
	if c := ws.ensured(wanted(t)); c.Outcome != singleuser.Created || c.WarmUp != singleuser.Succeeded {
		t.Errorf("the next run answered %+v", c)
	}
	ws.only()
}

func TestStartsAreCapped(t *testing.T) {
	ws := newWorkspace(t)
	var names []string
	for i := range 6 {
		names = append(names, fmt.Sprint("cluster-", i))
	}
	fleet := ws.fleetWithStarts(2)
	var mu sync.Mutex
	most := 0
	ws.before = func(string) {
		mu.Lock()
		defer mu.Unlock()
		running := 0
		for _, c := range ws.Clusters() {
			if c.State == compute.StatePending || c.State == compute.StateRunning {
				running++
			}
		}
		most = max(most, running)
	}
	done := make(chan error)
	for _, name := range names {
		go func() {
			w := wanted(t)
			w.Name = name
			_, err := fleet.Ensure(t.Context(), w)
			done <- err
		}()
	}
	for range names {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most > 2 || most == 0 {
		t.Errorf("%d clusters ran at once, want at most 2", most)
	}
}

func TestOwnerTagFitsTheCloud(t *testing.T) {
	ws := newWorkspace(t)
	w := wanted(t, cold)
	w.Person = mustPerson("o'brien@example.com") // AWS takes no apostrophe in a tag
	ws.ensured(w)
	if tag := ws.only().CustomTags["provisioner_owner"]; tag != w.Person.Label() {
		t.Errorf("the tag is %q", tag)
	}
	if c := ws.ensured(w); c.Outcome != singleuser.NoAction || !c.Managed {
		t.Errorf("it is not found again: %+v", c)
	}
}
