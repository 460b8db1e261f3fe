package singleuser_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

func without(text, part string) string { return strings.Replace(text, part, "", 1) }

func TestEditsOfAClusterAtRestDoNotStartIt(t *testing.T) {
	cases := map[string]struct {
		before, now string
		check       func(compute.ClusterDetails) bool
	}{
		"a value changes": {
			settingsJSON, strings.Replace(settingsJSON, `"autotermination_minutes": 30`, `"autotermination_minutes": 45`, 1),
			func(c compute.ClusterDetails) bool { return c.AutoterminationMinutes == 45 },
		},
		"a tag changes, others stay": {
			settingsJSON, strings.Replace(settingsJSON, `"team": "data"`, `"team": "science"`, 1),
			func(c compute.ClusterDetails) bool {
				return c.CustomTags["team"] == "science" && c.CustomTags["provisioner_managed_by"] == installation
			},
		},
		"a tag goes": {
			settingsJSON, without(settingsJSON, `, "custom_tags": {"team": "data"}`),
			func(c compute.ClusterDetails) bool {
				_, there := c.CustomTags["team"]
				return !there && c.CustomTags["provisioner_managed_by"] == installation
			},
		},
		"a field is declared no more": {
			strings.Replace(settingsJSON, `"kind"`, `"spark_env_vars": {"A": "1"}, "kind"`, 1), settingsJSON,
			func(c compute.ClusterDetails) bool { return c.SparkEnvVars["A"] == "" },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ws := newWorkspace(t)
			before, now := wanted(t, with(t, c.before)), wanted(t, with(t, c.now))
			made := ws.ensured(before)
			ws.forgetCalls()
			after := ws.updated(made, before, now)
			if ws.started() || ws.only().State != compute.StateTerminated {
				t.Error("the edit started the cluster")
			}
			if !c.check(ws.only()) {
				t.Errorf("the cluster is %+v", ws.only())
			}
			if after.WarmUp != singleuser.Succeeded || after.Problem != nil {
				t.Errorf("the answer is %+v", after)
			}
			if observed, err := after.Observe(now.Settings); err != nil || observed != now.Settings.JSON() {
				t.Errorf("drift right after the edit: %s, %v", observed, err)
			}
		})
	}
}

func TestARename(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t))
	now := wanted(t)
	now.Name = "ana-two"
	ws.updated(made, wanted(t), now)
	if name := ws.only().ClusterName; name != "ana-two" {
		t.Errorf("the cluster is called %s", name)
	}
}

func TestLibraries(t *testing.T) {
	more := strings.Replace(settingsJSON, `{"pypi": {"package": "polars"}}`, `{"pypi": {"package": "duckdb"}}`, 1)
	t.Run("a change starts the cluster to warm it up, and stops it", func(t *testing.T) {
		ws := newWorkspace(t)
		made := ws.ensured(wanted(t))
		ws.forgetCalls()
		after := ws.updated(made, wanted(t), wanted(t, with(t, more)))
		if !ws.started() || after.WarmUp != singleuser.Succeeded || ws.only().State != compute.StateTerminated {
			t.Errorf("the answer is %+v", after)
		}
		for _, l := range after.Libraries {
			if l.Name == "pypi:polars" {
				t.Error("the dropped library is still there")
			}
		}
	})
	t.Run("without warm-up nothing is started", func(t *testing.T) {
		ws := newWorkspace(t)
		made := ws.ensured(wanted(t, cold))
		ws.clock.Advance(time.Hour)
		ws.forgetCalls()
		after := ws.updated(made, wanted(t, cold), wanted(t, cold, with(t, more)))
		if ws.started() || after.WarmUp != singleuser.NotRequested {
			t.Errorf("the answer is %+v", after)
		}
		names := []string{}
		for _, l := range ws.Libraries(made.ID) {
			names = append(names, l.Library.Pypi.Package)
		}
		if got := strings.Join(names, " "); got != "pandas==2.2.3 duckdb" {
			t.Errorf("attached: %s", got)
		}
	})
	t.Run("a cluster that a person is running is left running", func(t *testing.T) {
		ws := newWorkspace(t)
		made := ws.ensured(wanted(t))
		ws.start(made.ID)
		after := ws.updated(made, wanted(t), wanted(t, with(t, more)))
		if after.WarmUp != singleuser.Succeeded || ws.only().State != compute.StateRunning {
			t.Errorf("the cluster is %s, the answer %+v", ws.only().State, after)
		}
	})
	t.Run("asking for a warm-up later warms up", func(t *testing.T) {
		ws := newWorkspace(t)
		made := ws.ensured(wanted(t, cold))
		ws.clock.Advance(time.Hour)
		after := ws.updated(made, wanted(t, cold), wanted(t))
		if after.WarmUp != singleuser.Succeeded || ws.only().State != compute.StateTerminated {
			t.Errorf("the answer is %+v", after)
		}
	})
}

func TestWhatIsNotDrift(t *testing.T) {
	policy := compute.Policy{PolicyId: "P", Name: "p", Definition: `{"custom_tags.cost":{"type":"fixed","value":"42"},"runtime_engine":{"type":"fixed","value":"PHOTON"},"spark_conf.spark.x":{"type":"fixed","value":"y"}}`}
	ws := newWorkspace(t)
	ws.SetPolicy(policy)
	w := wanted(t, with(t, `{"spark_version":"15.4.x-scala2.12","node_type_id":"i3.xlarge","num_workers":1,"autotermination_minutes":30,"policy_id":"P",
		"apply_policy_default_values":true,"data_security_mode":"SINGLE_USER","custom_tags":{"team":"data"},"enable_elastic_disk":false,"libraries":[{"pypi":{"package":"pandas"}}]}`))
	made := ws.ensured(w)
	if ws.only().RuntimeEngine != compute.RuntimeEnginePhoton || ws.only().CustomTags["cost"] != "42" {
		t.Fatal("the policy did not add anything, so this test would prove nothing")
	}
	for name, read := range map[string]func() (*singleuser.Cluster, error){
		"after the ensure": func() (*singleuser.Cluster, error) { return made, nil },
		"by a get":         func() (*singleuser.Cluster, error) { return ws.fleet().Read(t.Context(), made.ID) },
		"from a list":      func() (*singleuser.Cluster, error) { return ws.fleet().Find(t.Context(), ana, "ana") },
	} {
		c, err := read()
		if err != nil {
			t.Fatal(name, err)
		}
		if observed, err := c.Observe(w.Settings); err != nil || observed != w.Settings.JSON() {
			t.Errorf("%s: drift where there is none:\n%s\n%s", name, observed, w.Settings.JSON())
		}
	}
	ws.forgetCalls()
	ws.updated(made, w, w)
	if writes := ws.writes(); len(writes) > 0 {
		t.Errorf("an update without a difference wrote: %v", writes)
	}
}

func TestWhatIsDrift(t *testing.T) {
	ws := newWorkspace(t)
	w := wanted(t)
	made := ws.ensured(w)
	api := ws.api()
	if _, err := api.Clusters.Update(t.Context(), compute.UpdateCluster{
		ClusterId: made.ID, UpdateMask: "autotermination_minutes,custom_tags",
		Cluster: &compute.UpdateClusterResource{AutoterminationMinutes: 120, CustomTags: map[string]string{"provisioner_owner": "ana.diaz@example.com", "provisioner_managed_by": installation}},
	}); err != nil {
		t.Fatal(err)
	}
	ws.uninstall(made.ID, "polars")
	c, err := ws.fleet().Read(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	observed, err := c.Observe(w.Settings)
	want := `{"autotermination_minutes":120,"custom_tags":{},"is_single_node":true,"kind":"CLASSIC_PREVIEW","libraries":[{"pypi":{"package":"pandas==2.2.3"}}],"node_type_id":"i3.xlarge","spark_version":"15.4.x-scala2.12"}`
	if err != nil || observed != want {
		t.Errorf("observed\n%s, want\n%s (%v)", observed, want, err)
	}
	repaired := ws.updated(made, w, w)
	if observed, _ := repaired.Observe(w.Settings); observed != w.Settings.JSON() {
		t.Errorf("after the repair: %s", observed)
	}
}

func TestGoneAndPurged(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t))
	if err := ws.Purge(made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := ws.fleet().Read(t.Context(), made.ID); !errors.Is(err, singleuser.ErrPurged) {
		t.Errorf("a purged cluster reads as %v", err)
	}
	if again := ws.ensured(wanted(t)); again.ID == made.ID || again.Outcome != singleuser.Created {
		t.Errorf("the answer is %+v", again)
	}
	if _, err := ws.fleet().Read(t.Context(), "0101-000000-nothing0"); !errors.Is(err, singleuser.ErrGone) {
		t.Errorf("an unknown cluster reads as %v", err)
	}
	// Any other INVALID_STATE is a failure, not an absence: the peers lost clusters from their states over this.
	ws.lose["GET get"] = []loss{answered(400, `{"error_code":"INVALID_STATE","message":"Cluster is in unexpected state Pending."}`)}
	if _, err := ws.fleet().Read(t.Context(), made.ID); err == nil || singleuser.IsGone(err) {
		t.Errorf("INVALID_STATE reads as %v", err)
	}
}

func TestPermissions(t *testing.T) {
	support := singleuser.Entry{Kind: singleuser.Group, Principal: "support", Level: compute.ClusterPermissionLevelCanAttachTo}
	robot := singleuser.Entry{Kind: singleuser.ServicePrincipal, Principal: "aaaa-bbbb", Level: compute.ClusterPermissionLevelCanRestart}
	foreign := compute.ClusterAccessControlRequest{UserName: "auditor@example.com", PermissionLevel: compute.ClusterPermissionLevelCanAttachTo}
	ws := newWorkspace(t)
	before := wanted(t, granted(support, robot))
	made := ws.ensured(before)
	if _, err := ws.api().Clusters.UpdatePermissions(t.Context(), compute.ClusterPermissionsRequest{ClusterId: made.ID, AccessControlList: []compute.ClusterAccessControlRequest{foreign}}); err != nil {
		t.Fatal(err)
	}
	ws.forgetCalls()
	now := wanted(t, granted(support))
	after := ws.updated(made, before, now)
	if after.Level(robot.Kind, robot.Principal) != "" {
		t.Error("the entry was not revoked")
	}
	for _, e := range []singleuser.Entry{support, {Kind: singleuser.User, Principal: "auditor@example.com", Level: foreign.PermissionLevel}, {Kind: singleuser.User, Principal: ana.Email(), Level: compute.ClusterPermissionLevelCanRestart}} {
		if got := after.Level(e.Kind, e.Principal); got != e.Level {
			t.Errorf("%s has %q", e, got)
		}
	}
	if ws.count("PUT permissions") != 1 || ws.count("GET permissions") < 2 {
		t.Errorf("a revocation reads, puts and reads again: %v", ws.calls)
	}

	// Drift of ours is repaired by PATCH, and nothing else is touched.
	if _, err := ws.api().Clusters.UpdatePermissions(t.Context(), compute.ClusterPermissionsRequest{ClusterId: made.ID, AccessControlList: []compute.ClusterAccessControlRequest{{UserName: ana.Email(), PermissionLevel: compute.ClusterPermissionLevelCanAttachTo}}}); err != nil {
		t.Fatal(err)
	}
	ws.forgetCalls()
	if repaired := ws.updated(after, now, now); repaired.Level(singleuser.User, ana.Email()) != compute.ClusterPermissionLevelCanRestart {
		t.Errorf("not repaired: %v", repaired.Entries)
	}
	if n := ws.count("PUT permissions"); n != 0 {
		t.Errorf("%d PUTs for a repair", n)
	}
}

func TestPins(t *testing.T) {
	ws := newWorkspace(t)
	made := ws.ensured(wanted(t, pinned(true)))
	if is, err := ws.fleet().Pinned(t.Context(), made.ID); err != nil || !is {
		t.Errorf("pinned: %v, %v", is, err)
	}
	ws.updated(made, wanted(t, pinned(true)), wanted(t, pinned(false)))
	if is, err := ws.fleet().Pinned(t.Context(), made.ID); err != nil || is {
		t.Errorf("unpinned: %v, %v", !is, err)
	}
}

func TestTheLimitOfPins(t *testing.T) {
	ws := newWorkspace(t)
	api := ws.api()
	for range singleuser.MaxPinned {
		id := ws.Seed(compute.CreateCluster{ClusterName: "x", SparkVersion: "15.4.x-scala2.12", NumWorkers: 1, NodeTypeId: "i3.xlarge"}, "boss@example.com")
		if err := api.Clusters.PinByClusterId(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	_, err := ws.fleet().Ensure(t.Context(), wanted(t, pinned(true)))
	if !errors.Is(err, singleuser.ErrPinLimit) || !strings.Contains(err.Error(), "100 of 100") {
		t.Errorf("got %v", err)
	}
	if n := ws.count("POST create"); n != 0 {
		t.Error("a cluster was made that could not be pinned")
	}
}

func TestRemove(t *testing.T) {
	for how, check := range map[singleuser.Removal]func(*workspace) bool{
		singleuser.DeleteCluster:  func(ws *workspace) bool { return len(ws.Clusters()) == 0 },
		singleuser.StopCluster:    func(ws *workspace) bool { return ws.only().State == compute.StateTerminated },
		singleuser.AbandonCluster: func(ws *workspace) bool { return ws.only().State == compute.StateRunning },
	} {
		ws := newWorkspace(t)
		made := ws.ensured(wanted(t, pinned(true)))
		ws.start(made.ID)
		if removed, err := ws.fleet().Remove(t.Context(), ana, made.ID, how, how == singleuser.StopCluster); !removed || err != nil || !check(ws) {
			t.Errorf("%s: %v, %v", how, removed, err)
		}
	}
	ws := newWorkspace(t)
	if removed, err := ws.fleet().Remove(t.Context(), ana, "0101-000000-nothing0", singleuser.DeleteCluster, false); !removed || err != nil {
		t.Errorf("what is gone already: %v, %v", removed, err)
	}
}
