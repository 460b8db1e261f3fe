package databricks_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

func TestAClusterStartsAndStopsInTheCloudsOwnTime(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.create(personal("ana@example.com"))
	w.wantState(id, compute.StatePending)
	w.clock.Advance(4*time.Minute - time.Second)
	w.wantState(id, compute.StatePending)
	w.clock.Advance(time.Second)
	w.wantState(id, compute.StateRunning)
	if up := w.get(id); up.Driver == nil || up.SparkContextId == 0 || up.TerminationReason != nil {
		t.Errorf("a running cluster has a driver and no termination reason, got %+v", up)
	}

	w.must(w.terminate(id))
	w.wantState(id, compute.StateTerminating)
	w.must(w.terminate(id)) // nothing happens
	w.clock.Advance(45 * time.Second)
	down := w.get(id)
	if down.State != compute.StateTerminated || down.TerminationReason.Code != compute.TerminationReasonCodeUserRequest || down.TerminatedTime != w.clock.Now().UnixMilli() {
		t.Errorf("got %+v", down)
	}
	w.must(w.terminate(id))

	w.must(w.start(id))
	if starting := w.get(id); starting.State != compute.StatePending || starting.TerminationReason != nil {
		t.Errorf("a start forgets the reason of the last end, got %+v", starting)
	}
}

func TestSpeedAndTimingsShortenTheWait(t *testing.T) {
	w := open(t, databricks.Options{Speed: 10})
	w.SetTimings(databricks.Timings{Start: 50 * time.Second, Stop: 20 * time.Second})
	id := w.create(personal("ana@example.com"))
	w.clock.Advance(4999 * time.Millisecond)
	w.wantState(id, compute.StatePending)
	w.clock.Advance(time.Millisecond)
	w.wantState(id, compute.StateRunning)
	w.must(w.terminate(id))
	w.clock.Advance(2 * time.Second)
	w.wantState(id, compute.StateTerminated)
}

func TestEveryOperationKeepsToItsStates(t *testing.T) {
	w := open(t, databricks.Options{})
	pending := w.create(personal("pending@example.com"))
	w.clock.Advance(time.Second)
	w.GoToError("broken")
	down := w.Seed(personal("down@example.com"), "someone@example.com")
	states := map[string]string{"Pending": pending, "Terminated": down}

	edit := func(id string) error {
		_, err := w.clusters.Edit(t.Context(), compute.EditCluster{ClusterId: id, SparkVersion: "15.4.x-scala2.12", NumWorkers: 2})
		return err
	}
	resize := func(id string) error {
		_, err := w.clusters.Resize(t.Context(), compute.ResizeCluster{ClusterId: id, NumWorkers: 3})
		return err
	}
	restart := func(id string) error {
		_, err := w.clusters.Restart(t.Context(), compute.RestartCluster{ClusterId: id})
		return err
	}
	owner := func(id string) error {
		return w.clusters.ChangeOwner(t.Context(), compute.ChangeClusterOwner{ClusterId: id, OwnerUsername: "bo@example.com"})
	}
	cases := []struct {
		name  string
		state string
		do    func(string) error
	}{
		{"start", "Pending", w.start},
		{"edit", "Pending", edit},
		{"resize", "Pending", resize},
		{"restart", "Pending", restart},
		{"change-owner", "Pending", owner},
		{"resize", "Terminated", resize},
		{"restart", "Terminated", restart},
	}
	for _, c := range cases {
		err := c.do(states[c.state])
		wantRefusal(t, err, 400, "INVALID_STATE", fmt.Sprintf("Cluster %s is in unexpected state %s.", states[c.state], c.state))
		if !errors.Is(err, apierr.ErrInvalidState) {
			t.Errorf("%s in %s: %v is not ErrInvalidState", c.name, c.state, err)
		}
	}

	running := w.running(personal("up@example.com"))
	wantRefusal(t, w.start(running), 400, "INVALID_STATE", "unexpected state Running.")
	wantRefusal(t, owner(running), 400, "INVALID_STATE", "unexpected state Running.")
	broken := w.create(personal("broken@example.com"))
	w.clock.Advance(4 * time.Minute)
	w.wantState(broken, compute.StateError)
	wantRefusal(t, w.start(broken), 400, "INVALID_STATE", "unexpected state Error.")
	w.must(w.terminate(broken))
	w.wantState(broken, compute.StateTerminating)
	wantRefusal(t, edit(broken), 400, "INVALID_STATE", "unexpected state Terminating.")
}

func TestEditAndRestartReplaceTheDriver(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.running(personal("ana@example.com"))
	first := w.get(id).SparkContextId
	if _, err := w.clusters.Edit(t.Context(), compute.EditCluster{ClusterId: id, SparkVersion: "16.4.x-scala2.12", NumWorkers: 2, ClusterName: "shared"}); err != nil {
		t.Fatal(err)
	}
	w.wantState(id, compute.StateRestarting)
	w.clock.Advance(4 * time.Minute)
	edited := w.get(id)
	if edited.State != compute.StateRunning || edited.SparkContextId == first {
		t.Errorf("got %s with context %d, the first was %d", edited.State, edited.SparkContextId, first)
	}
	if edited.SparkVersion != "16.4.x-scala2.12" || edited.NumWorkers != 2 || edited.IsSingleNode || edited.AutoterminationMinutes != 0 || edited.SingleUserName != "" {
		t.Errorf("edit replaces everything, got %+v", edited)
	}
	if _, err := w.clusters.Restart(t.Context(), compute.RestartCluster{ClusterId: id}); err != nil {
		t.Fatal(err)
	}
	w.wantState(id, compute.StateRestarting)
}

func TestResize(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.running(compute.CreateCluster{SparkVersion: "15.4.x-scala2.12", NumWorkers: 2})
	resize := compute.ResizeCluster{ClusterId: id, Autoscale: &compute.AutoScale{MinWorkers: 1, MaxWorkers: 4}}
	if _, err := w.clusters.Resize(t.Context(), resize); err != nil {
		t.Fatal(err)
	}
	w.wantState(id, compute.StateResizing)
	w.clock.Advance(4 * time.Minute)
	if resized := w.get(id); resized.State != compute.StateRunning || resized.Autoscale == nil || resized.Autoscale.MaxWorkers != 4 || resized.NumWorkers != 0 {
		t.Errorf("got %+v", resized)
	}
	_, err := w.clusters.Resize(t.Context(), compute.ResizeCluster{ClusterId: id})
	wantRefusal(t, err, 400, "INVALID_PARAMETER_VALUE", "Missing required field: size")
}

func TestAnIdleClusterStopsItself(t *testing.T) {
	w := open(t, databricks.Options{Speed: 1000})
	id := w.create(personal("ana@example.com"))
	w.clock.Advance(time.Second)
	w.wantState(id, compute.StateRunning)
	w.clock.Advance(29 * time.Minute) // the customer's minutes are not shortened
	w.wantState(id, compute.StateRunning)
	w.clock.Advance(time.Minute)
	down := w.get(id)
	if down.State != compute.StateTerminated || down.TerminationReason.Code != compute.TerminationReasonCodeInactivity || down.TerminationReason.Parameters["inactivity_duration_min"] != "30" {
		t.Errorf("got %s, %+v", down.State, down.TerminationReason)
	}
}

func TestAFailingStartTellsItsReason(t *testing.T) {
	w := open(t, databricks.Options{})
	w.FailStart("ANA@", "INIT_SCRIPT_FAILURE", "CLIENT_ERROR", map[string]string{"instance_id": "i-1"})
	failing, healthy := w.create(personal("ana@example.com")), w.create(personal("bo@example.com"))
	w.clock.Advance(4 * time.Minute)
	w.wantState(failing, compute.StateTerminating)
	w.wantState(healthy, compute.StateRunning)
	w.clock.Advance(45 * time.Second)
	down := w.get(failing)
	want := map[string]string{"instance_id": "i-1"}
	if down.State != compute.StateTerminated || down.TerminationReason.Code != "INIT_SCRIPT_FAILURE" || down.TerminationReason.Type != "CLIENT_ERROR" || !maps.Equal(down.TerminationReason.Parameters, want) {
		t.Errorf("got %s, %+v", down.State, down.TerminationReason)
	}
	w.Heal()
	w.must(w.start(failing))
	w.clock.Advance(4 * time.Minute)
	w.wantState(failing, compute.StateRunning)
}

func TestAScenarioDoesNotReachBack(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.create(personal("ana@example.com"))
	w.clock.Advance(4 * time.Minute) // up since now, though nobody has looked
	w.GoToError("ana@")
	w.wantState(id, compute.StateRunning)
}

func TestAPurgedClusterIsAnInvalidStateAndNotMissing(t *testing.T) {
	w := open(t, databricks.Options{})
	kept, old, purged := w.stopped(personal("kept@example.com")), w.stopped(personal("old@example.com")), w.stopped(personal("purged@example.com"))
	w.must(w.clusters.PinByClusterId(t.Context(), kept))
	w.must(w.Purge(purged))
	if err := w.Purge("0101-000000-00000000"); err == nil {
		t.Error("an unknown cluster was purged")
	}
	w.clock.Advance(30 * 24 * time.Hour)
	for _, id := range []string{old, purged} {
		text := "Cannot access cluster " + id + " that was terminated or unpinned more than 30 days ago."
		_, err := w.clusters.GetByClusterId(t.Context(), id)
		wantRefusal(t, err, 400, "INVALID_STATE", text)
		if apierr.IsMissing(err) {
			t.Error("the SDK takes a purged cluster for missing")
		}
		_, err = w.clusters.GetPermissionsByClusterId(t.Context(), id)
		wantRefusal(t, err, 400, "INVALID_STATE", text)
	}
	all, err := w.clusters.ListAll(t.Context(), compute.ListClustersRequest{})
	if err != nil || len(all) != 1 || all[0].ClusterId != kept || len(w.Clusters()) != 1 {
		t.Errorf("got %+v, %v; only the pinned cluster stays", all, err)
	}
	w.must(w.clusters.UnpinByClusterId(t.Context(), kept))
	w.clock.Advance(29 * 24 * time.Hour)
	w.wantState(kept, compute.StateTerminated)
	w.clock.Advance(24 * time.Hour)
	if _, err := w.clusters.GetByClusterId(t.Context(), kept); !errors.Is(err, apierr.ErrInvalidState) {
		t.Errorf("30 days after it was unpinned: %v", err)
	}
}

func TestPermanentDeleteNeedsNoPin(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.running(personal("ana@example.com"))
	w.must(w.clusters.PinByClusterId(t.Context(), id))
	w.must(w.clusters.PinByClusterId(t.Context(), id)) // again is fine
	wantRefusal(t, w.clusters.PermanentDeleteByClusterId(t.Context(), id), 400, "INVALID_STATE",
		"Cannot delete pinned cluster "+id+". Please ask an admin to unpin the cluster first.")
	w.must(w.clusters.UnpinByClusterId(t.Context(), id))
	w.must(w.clusters.PermanentDeleteByClusterId(t.Context(), id))
	_, err := w.clusters.GetByClusterId(t.Context(), id)
	wantRefusal(t, err, 400, "INVALID_PARAMETER_VALUE", "Cluster "+id+" does not exist")
	if !apierr.IsMissing(err) {
		t.Errorf("the SDK does not take %v for missing", err)
	}
	wantRefusal(t, w.clusters.PermanentDeleteByClusterId(t.Context(), id), 400, "INVALID_PARAMETER_VALUE", "does not exist")
}

func TestAHundredPinsAndAdminsOnly(t *testing.T) {
	w := open(t, databricks.Options{})
	for i := range 100 {
		w.must(w.clusters.PinByClusterId(t.Context(), w.Seed(personal(fmt.Sprintf("p%d@example.com", i)), "someone@example.com")))
	}
	one := w.Seed(personal("more@example.com"), "someone@example.com")
	wantRefusal(t, w.clusters.PinByClusterId(t.Context(), one), 400, "INVALID_STATE", "at most 100")
	w.SetCaller("ana@example.com", false)
	wantRefusal(t, w.clusters.PinByClusterId(t.Context(), one), 403, "PERMISSION_DENIED", "ana@example.com")
	wantRefusal(t, w.clusters.UnpinByClusterId(t.Context(), one), 403, "PERMISSION_DENIED", "admin")
}

func TestAdminOperationsTellAnUnknownClusterAsNotFound(t *testing.T) {
	w := open(t, databricks.Options{})
	err := w.clusters.PinByClusterId(t.Context(), "0101-000000-00000000")
	wantRefusal(t, err, 404, "RESOURCE_DOES_NOT_EXIST", "Cluster 0101-000000-00000000 does not exist")
	if !apierr.IsMissing(err) {
		t.Errorf("the SDK does not take %v for missing", err)
	}
}

func TestChangeOwner(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.stopped(personal("ana@example.com"))
	change := func(owner string) error {
		return w.clusters.ChangeOwner(t.Context(), compute.ChangeClusterOwner{ClusterId: id, OwnerUsername: owner})
	}
	w.must(change("bo@example.com"))
	if got := w.get(id).CreatorUserName; got != "bo@example.com" {
		t.Errorf("creator is %q", got)
	}
	w.RemoveUser("cy@example.com")
	wantRefusal(t, change("cy@example.com"), 404, "RESOURCE_DOES_NOT_EXIST", "cy@example.com")
	w.RemoveUser("bo@example.com")
	if got := w.get(id).CreatorUserName; got != "" {
		t.Errorf("the name of a removed user stays: %q", got)
	}
}

func TestEvents(t *testing.T) {
	w := open(t, databricks.Options{})
	request := personal("ana@example.com")
	request.InitScripts = []compute.InitScriptInfo{{Workspace: &compute.WorkspaceStorageInfo{Destination: "/init.sh"}}}
	id := w.stopped(request)
	w.must(w.start(id))
	all := func(request compute.GetEvents) (types []compute.EventType) {
		t.Helper()
		request.ClusterId = id
		for pages := w.clusters.Events(t.Context(), request); pages.HasNext(t.Context()); {
			event, err := pages.Next(t.Context())
			w.must(err)
			types = append(types, event.Type)
		}
		return types
	}
	want := "[CREATING INIT_SCRIPTS_STARTED INIT_SCRIPTS_FINISHED RUNNING DRIVER_HEALTHY TERMINATING STARTING]"
	if got := fmt.Sprint(all(compute.GetEvents{Order: compute.GetEventsOrderAsc})); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := fmt.Sprint(all(compute.GetEvents{Limit: 2})); got != "[STARTING TERMINATING DRIVER_HEALTHY RUNNING INIT_SCRIPTS_FINISHED INIT_SCRIPTS_STARTED CREATING]" {
		t.Errorf("the newest first, over four pages: got %s", got)
	}
	if got := fmt.Sprint(all(compute.GetEvents{EventTypes: []compute.EventType{compute.EventTypeTerminating}})); got != "[TERMINATING]" {
		t.Errorf("got %s", got)
	}
	// With tokens there is no next_page, and that is all the SDK follows.
	if got := all(compute.GetEvents{PageSize: 2}); len(got) != 2 {
		t.Errorf("got %s", got)
	}
}
