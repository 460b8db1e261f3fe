package singleuser_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// past is the workspace past the test's hooks.
func (ws *workspace) past() singleuser.API {
	server := httptest.NewServer(ws.Fake)
	ws.t.Cleanup(server.Close)
	api, err := singleuser.Connect(&config.Config{Host: server.URL, Token: "secret", AuthType: "pat"}, singleuser.Limits{})
	if err != nil {
		ws.t.Fatal(err)
	}
	return api
}

var bobby = mustPerson("bob@example.com")

// A replaced cluster is destroyed and made again in one run, whose list still shows the dead one.
func TestAReplacementAfterTheListWasTaken(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t, cold))
	f := ws.fleet()
	bw := wanted(t, cold)
	bw.Person = bobby
	if _, err := f.Ensure(t.Context(), bw); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Remove(t.Context(), ana, made.ID, singleuser.DeleteCluster, false); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ensure(t.Context(), wanted(t, cold)); err != nil {
		t.Errorf("replace in one apply: %v", err)
	}
}

// A resource at a new address is created while the one at the old address is destroyed.
func TestAResourceThatMovedKeepsItsCluster(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t, cold))
	f := ws.fleet()
	c, err := f.Ensure(t.Context(), wanted(t, cold)) // new address
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Remove(t.Context(), ana, made.ID, singleuser.DeleteCluster, false) // old address
	if n := len(ws.Clusters()); n != 1 {
		t.Errorf("the state has %s (%s, managed %v), the workspace %d clusters", c.ID, c.Outcome, c.Managed, n)
	}
}

func TestWhatThisRunMadeIsFound(t *testing.T) {
	ws := newWorkspace(t)
	f := ws.fleet()
	if _, err := f.Ensure(t.Context(), wanted(t, cold)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find(t.Context(), ana, "ana"); err != nil {
		t.Errorf("find: %v", err)
	}
}

// One run renames a cluster and makes another of the old name.
func TestARenameFreesTheName(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t, cold))
	ws.clock.Advance(time.Hour)
	f := ws.fleet()
	bw := wanted(t, cold)
	bw.Person = bobby
	if _, err := f.Ensure(t.Context(), bw); err != nil { // list is taken
		t.Fatal(err)
	}
	now := wanted(t, cold)
	now.Name = "ana-old"
	if _, err := f.Update(t.Context(), made.ID, singleuser.Last{WarmUp: made.WarmUp}, wanted(t, cold), now); err != nil {
		t.Fatal(err)
	}
	c, err := f.Ensure(t.Context(), wanted(t, cold))
	if err != nil {
		t.Fatal(err)
	}
	if c.ID == made.ID {
		t.Errorf("two resources share %s, called %s", c.ID, c.Name)
	}
}

// It stays in the state, to be removed by the next apply.
func TestALibraryThatCannotBeRemovedIsAnError(t *testing.T) {
	ws := newWorkspace(t)
	less := strings.Replace(settingsJSON, `, {"pypi": {"package": "polars"}}`, "", 1)
	made := ws.ensured(wanted(t))
	ws.lose["POST uninstall"] = []loss{answered(403, `{"error_code":"PERMISSION_DENIED","message":"no"}`)}
	if _, err := ws.fleet().Update(t.Context(), made.ID, singleuser.Last{WarmUp: made.WarmUp}, wanted(t), wanted(t, with(t, less))); err == nil || !strings.Contains(err.Error(), "removing libraries") {
		t.Fatalf("the refusal was told as %v", err)
	}
	ws.updated(made, wanted(t), wanted(t, with(t, less)))
	for _, l := range ws.Libraries(made.ID) {
		if l.Library.Pypi.Package == "polars" && l.Status != compute.LibraryInstallStatusUninstallOnRestart {
			t.Errorf("polars is still there for ever: %s", l.Status)
		}
	}
}

func TestAWarmUpIsNotForgottenOverAnError(t *testing.T) {
	ws := newWorkspace(t)
	more := strings.Replace(settingsJSON, `{"pypi": {"package": "polars"}}`, `{"pypi": {"package": "polars"}}, {"pypi": {"package": "duckdb"}}`, 1)
	made := ws.ensured(wanted(t))
	bad := singleuser.Entry{Kind: singleuser.Group, Principal: "suport", Level: compute.ClusterPermissionLevelCanAttachTo}
	installed, told := make(chan struct{}), make(chan struct{})
	ws.before = func(path string) {
		if path == "start" { // the install is done; the answer about the permission comes now
			close(installed)
			<-told
			time.Sleep(50 * time.Millisecond)
		}
	}
	ws.lose["PATCH permissions"] = []loss{func(w http.ResponseWriter, _ func()) {
		<-installed
		answered(400, `{"error_code":"INVALID_PARAMETER_VALUE","message":"Principal: GroupName(suport) does not exist"}`)(w, nil)
		close(told)
	}}
	_, err := ws.fleet().Update(t.Context(), made.ID, singleuser.Last{WarmUp: made.WarmUp}, wanted(t), wanted(t, with(t, more), granted(bad)))
	if err == nil {
		t.Fatal("no error")
	}
	ws.before = nil
	ws.clock.Advance(time.Hour)
	ws.forgetCalls()
	after := ws.updated(made, wanted(t), wanted(t, with(t, more)))
	for _, l := range ws.Libraries(made.ID) {
		t.Logf("%v %s", l.Library.Pypi.Package, l.Status)
	}
	if !ws.started() {
		t.Errorf("the new library was never installed, yet warm_up_status is %s", after.WarmUp)
	}
}

func TestAHalfMadeClusterRestsAfterARefusedEdit(t *testing.T) {
	ws := newWorkspace(t)
	doomed, killed := ws.doomedFleet("cluster-status")
	go func() { _, _ = doomed.Ensure(context.Background(), wanted(t)) }()
	<-killed
	other := strings.Replace(settingsJSON, `"autotermination_minutes": 30`, `"autotermination_minutes": 45`, 1)
	ws.lose["POST update"] = []loss{answered(400, `{"error_code":"INVALID_PARAMETER_VALUE","message":"Validation failed for autotermination_minutes"}`)}
	if _, err := ws.fleet().Ensure(t.Context(), wanted(t, with(t, other))); err == nil {
		t.Fatal("the refusal was not told")
	}
	ws.clock.Advance(5 * time.Minute)
	if s := ws.only().State; s != compute.StateTerminated {
		t.Errorf("left %s", s)
	}
}

func TestAKilledColdCreateComesToRest(t *testing.T) {
	ws := newWorkspace(t)
	doomed, killed := ws.doomedFleet("delete")
	go func() { _, _ = doomed.Ensure(context.Background(), wanted(t, cold)) }()
	<-killed
	c := ws.ensured(wanted(t, cold))
	ws.clock.Advance(10 * time.Minute)
	if s := ws.only().State; s != compute.StateTerminated {
		t.Errorf("outcome %s, left %s", c.Outcome, s)
	}
}

func TestAnInterruptOfAPinnedClusterIsNoError(t *testing.T) {
	ws := newWorkspace(t)
	ctx, interrupt := context.WithCancel(t.Context())
	ws.before = func(path string) {
		if path == "cluster-status" {
			interrupt()
		}
	}
	c, err := ws.fleet().Ensure(ctx, wanted(t, pinned(true)))
	if err != nil {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWhatAnotherInstallationTookIsNotTakenBack(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t, cold))
	ws.clock.Advance(time.Hour)
	if _, err := ws.fleetOf("other").Ensure(t.Context(), wanted(t, cold, existing(singleuser.AdoptExisting))); err != nil {
		t.Fatal(err)
	}
	if ws.only().CustomTags["provisioner_managed_by"] != "other" {
		t.Fatal("not adopted")
	}
	longer := strings.Replace(settingsJSON, `"autotermination_minutes": 30`, `"autotermination_minutes": 45`, 1)
	_, err := ws.fleet().Update(t.Context(), made.ID, singleuser.Last{WarmUp: made.WarmUp}, wanted(t, cold), wanted(t, cold, with(t, longer)))
	if !errors.Is(err, singleuser.ErrTaken) {
		t.Errorf("got %v", err)
	}
	if got := ws.only().CustomTags["provisioner_managed_by"]; got != "other" || ws.only().AutoterminationMinutes != 30 {
		t.Errorf("managed by %s, autotermination %d", got, ws.only().AutoterminationMinutes)
	}
}

func TestAnAdoptedClusterInUseIsLeftRunningAfterALostState(t *testing.T) {
	ws := newWorkspace(t)
	id := seedSomebodyElses(ws)
	text := `{"spark_version":"14.3.x-scala2.12","num_workers":2,"autotermination_minutes":60}`
	ad := wanted(t, existing(singleuser.AdoptExisting), with(t, text))
	if c := ws.ensured(ad); c.ID != id || !c.Managed {
		t.Fatalf("%+v", c)
	}
	ws.start(id)
	c := ws.ensured(ad) // the state was lost
	ws.clock.Advance(10 * time.Minute)
	if s := ws.only().State; s != compute.StateRunning || c.Outcome != singleuser.NoAction {
		t.Errorf("Ana's running cluster is %s, outcome %s", s, c.Outcome)
	}
}

func TestAClusterInUseIsLeftRunningAfterALostState(t *testing.T) {
	ws := newWorkspace(t)
	more := strings.Replace(settingsJSON, `{"pypi": {"package": "polars"}}`, `{"pypi": {"package": "duckdb"}}`, 1)
	made := ws.ensured(wanted(t))
	ws.start(made.ID)
	ws.updated(made, wanted(t), wanted(t, with(t, more)))
	if ws.only().State != compute.StateRunning {
		t.Fatal("not running")
	}
	c := ws.ensured(wanted(t, with(t, more))) // the state was lost
	if s := ws.only().State; s != compute.StateRunning || c.Outcome != singleuser.NoAction {
		t.Errorf("Ana's running cluster is %s, outcome %s", s, c.Outcome)
	}
}

func TestAPersonWhoStartsFirstKeepsTheClusterRunning(t *testing.T) {
	ws := newWorkspace(t)
	more := strings.Replace(settingsJSON, `{"pypi": {"package": "polars"}}`, `{"pypi": {"package": "polars"}}, {"pypi": {"package": "duckdb"}}`, 1)
	made := ws.ensured(wanted(t))
	api := ws.past()
	once := false
	ws.before = func(path string) {
		if path == "start" && !once {
			once = true
			if _, err := api.Clusters.Start(context.Background(), compute.StartCluster{ClusterId: made.ID}); err != nil {
				t.Error(err)
			}
			ws.clock.Advance(10 * time.Minute)
		}
	}
	after := ws.updated(made, wanted(t), wanted(t, with(t, more)))
	if s := ws.only().State; s != compute.StateRunning {
		t.Errorf("the person's cluster is %s (%s)", s, after.WarmUp)
	}
}

func TestAStopThatFailsIsTold(t *testing.T) {
	ws := newWorkspace(t)
	ws.FailLibrary("pandas", "No matching distribution found")
	no := answered(403, `{"error_code":"PERMISSION_DENIED","message":"you may not stop it"}`)
	ws.lose["POST delete"] = []loss{no, no}
	c := ws.ensured(wanted(t))
	if !strings.Contains(c.Problem.Error(), "may not stop") {
		t.Errorf("the cluster is %s and nobody is told: %v", ws.only().State, c.Problem)
	}
}

func TestAColdStopThatFailsIsTriedAgain(t *testing.T) {
	ws := newWorkspace(t)
	ws.lose["POST delete"] = []loss{answered(403, `{"error_code":"PERMISSION_DENIED","message":"you may not stop it"}`)}
	c := ws.ensured(wanted(t, cold))
	again := ws.updated(c, wanted(t, cold), wanted(t, cold))
	ws.clock.Advance(10 * time.Minute)
	if s := ws.only().State; s != compute.StateTerminated {
		t.Errorf("after the retry (%s, %v) it is %s", again.Outcome, again.Problem, s)
	}
}

func TestARevocationReadsAfreshBeforeEachAttempt(t *testing.T) {
	ws := newWorkspace(t)
	support := singleuser.Entry{Kind: singleuser.Group, Principal: "support", Level: compute.ClusterPermissionLevelCanAttachTo}
	made := ws.ensured(wanted(t, cold, granted(support)))
	api := ws.past()
	ws.lose["PUT permissions"] = []loss{func(w2 http.ResponseWriter, _ func()) {
		answered(429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}`, "Retry-After", "20")(w2, nil)
		// while we wait, an admin grants
		if _, err := api.Clusters.UpdatePermissions(context.Background(), compute.ClusterPermissionsRequest{ClusterId: made.ID, AccessControlList: []compute.ClusterAccessControlRequest{{UserName: "auditor@example.com", PermissionLevel: compute.ClusterPermissionLevelCanAttachTo}}}); err != nil {
			t.Error(err)
		}
	}}
	after := ws.updated(made, wanted(t, cold, granted(support)), wanted(t, cold))
	if after.Level(singleuser.User, "auditor@example.com") == "" {
		t.Errorf("the admin's grant is lost: %v", after.Entries)
	}
}

func TestNumbersAreComparedByValue(t *testing.T) {
	base := `{"spark_version":"15.4.x-scala2.12","num_workers":1,"autotermination_minutes":30,"azure_attributes":{"spot_bid_max_price":%}}`
	if !settings(t, strings.Replace(base, "%", "-1", 1)).Equal(settings(t, strings.Replace(base, "%", "-1.0", 1))) {
		t.Error("-1 is not -1.0")
	}
}

func TestACreateReadsNobodyElsesPermissions(t *testing.T) {
	ws := newWorkspace(t)
	for _, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		w := wanted(t, cold)
		w.Name = n
		ws.ensured(w)
	}
	ws.forgetCalls()
	ws.ensured(wanted(t, cold))
	if n := ws.count("GET permissions"); n != 0 {
		t.Errorf("%d reads of permissions for one create", n)
	}
}

func TestALostCreateInASlowWorkspace(t *testing.T) {
	ws := newWorkspace(t)
	ws.HideFromList(80 * time.Second)
	ws.lose["POST create"] = []loss{lostAfter}
	if _, err := ws.fleet().Ensure(t.Context(), wanted(t)); err != nil {
		t.Fatal(err)
	}
	ws.clock.Advance(time.Hour)
	if n := len(ws.Clusters()); n != 1 {
		t.Errorf("%d clusters", n)
	}
}

func TestTheListMayBeOld(t *testing.T) {
	ws := newWorkspace(t)
	f := ws.fleet()
	w0 := wanted(t, cold)
	ws.ensured(w0)
	ws.clock.Advance(time.Hour)
	bw := wanted(t, cold)
	bw.Person = bobby
	if _, err := f.Ensure(t.Context(), bw); err != nil { // the list is taken: Ana's rests
		t.Fatal(err)
	}
	ws.start(ws.idOf("ana.diaz@example.com"))
	c, err := f.Ensure(t.Context(), wanted(t)) // much later in the same apply
	ws.clock.Advance(10 * time.Minute)
	for _, d := range ws.Clusters() {
		if d.SingleUserName == "ana.diaz@example.com" && d.State != compute.StateRunning {
			t.Errorf("a person's cluster is %s (%v, %v)", d.State, c.Outcome, err)
		}
	}
}

func (ws *workspace) idOf(email string) string {
	for _, d := range ws.Clusters() {
		if d.SingleUserName == email {
			return d.ClusterId
		}
	}
	return ""
}

// A dead workspace is tried hard once; everybody after that is told at once, until it answers again.
func TestADeadWorkspaceIsNotTriedForEverybody(t *testing.T) {
	ws := newWorkspace(t)
	f := ws.fleet()
	ws.dead.Store(true)
	start := ws.clock.Now()
	for range 100 {
		if _, err := f.Read(t.Context(), "0101-000000-nothing0"); err == nil || singleuser.IsGone(err) {
			t.Fatalf("a dead workspace reads as %v", err)
		}
	}
	if took := ws.clock.Now().Sub(start); took > 4*time.Minute {
		t.Errorf("a hundred readers waited %s", took)
	}
	ws.dead.Store(false)
	if c, err := f.Ensure(t.Context(), wanted(t, cold)); err != nil || c.Outcome != singleuser.Created {
		t.Errorf("when it answers again: %+v, %v", c, err)
	}
}
