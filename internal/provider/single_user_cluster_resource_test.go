package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// plans asserts what a step plans for the cluster.
func plans(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ConfigPlanChecks.PreApply = append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(clusterAddress, action)}, more...)
	}
}

// has asserts attributes of the cluster in the state: alternately a name and a text, or a check.
func has(pairs ...any) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		for i := 0; i+1 < len(pairs); i += 2 {
			check, ok := pairs[i+1].(knownvalue.Check)
			if !ok {
				check = knownvalue.StringExact(pairs[i+1].(string))
			}
			s.ConfigStateChecks = append(s.ConfigStateChecks, statecheck.ExpectKnownValue(clusterAddress, tfjsonpath.New(pairs[i].(string)), check))
		}
	}
}

// imports asserts that an import by this id gives what the state has. The settings come back in the vendor's words.
func imports(id func() string) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ResourceName, s.ImportState, s.ImportStateVerify, s.ImportStateVerifyIdentifierAttribute = clusterAddress, true, true, "cluster_id"
		s.ImportStateIdFunc = func(*terraform.State) (string, error) { return id(), nil }
		s.ImportStateVerifyIgnore = []string{"defaults_json", "outcome", "warm_up_status", "timeouts"}
	}
}

// first runs something before a step.
func first(do func()) func(*resource.TestStep) {
	return func(s *resource.TestStep) { s.PreConfig = do }
}

// staysFailed: the plan after a failed warm-up is the planned retry.
func staysFailed(s *resource.TestStep) { s.ExpectNonEmptyPlan = true }

func check(do func() error) func(*resource.TestStep) {
	return func(s *resource.TestStep) { s.Check = func(*terraform.State) error { return do() } }
}

func TestClusterLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	remember := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, sameID.AddStateValue(clusterAddress, tfjsonpath.New("cluster_id")))
	}
	indented := strings.ReplaceAll(settings, `,"`, ",\n  \"")
	longer := strings.Replace(settings, `"autotermination_minutes":30`, `"autotermination_minutes":60`, 1)
	none := plancheck.ExpectEmptyPlan()

	w.run(
		w.step(variables{}, plans(plancheck.ResourceActionCreate,
			plancheck.ExpectUnknownValue(clusterAddress, tfjsonpath.New("cluster_id")),
			plancheck.ExpectUnknownValue(clusterAddress, tfjsonpath.New("outcome")),
			plancheck.ExpectKnownValue(clusterAddress, tfjsonpath.New("name"), knownvalue.StringExact("single-user-ana-diaz-6idqd22h")),
		), has("outcome", "created", "managed", knownvalue.Bool(true), "state", "TERMINATED", "warm_up_status", "succeeded",
			"libraries", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
				"name": knownvalue.StringExact("pypi:pandas==2.2.3"), "status": knownvalue.StringExact("INSTALLED"), "message": knownvalue.StringExact(""),
			})}),
			"notified_at", knownvalue.Null(), "owner_level", "CAN_RESTART"), remember),
		w.step(variables{}, func(s *resource.TestStep) { s.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{none} }, remember),
		w.step(variables{"email": "Ana.Diaz@Example.com"}, plans(plancheck.ResourceActionNoop), remember),
		w.step(variables{"defaults": indented}, plans(plancheck.ResourceActionNoop), remember),
		w.step(variables{"defaults": longer}, plans(plancheck.ResourceActionUpdate), has("state", "TERMINATED", "outcome", "created"), remember,
			check(func() error { return same(60, w.only().AutoterminationMinutes) })),
		w.step(variables{"defaults": longer, "permissions": []map[string]string{{"group_name": "support", "permission_level": "CAN_ATTACH_TO"}}, "owner_level": "CAN_MANAGE"},
			plans(plancheck.ResourceActionUpdate), remember, check(func() error { return same("ana.diaz@example.com CAN_MANAGE, support CAN_ATTACH_TO", w.entries()) })),
		w.step(variables{"defaults": longer}, plans(plancheck.ResourceActionUpdate), remember,
			check(func() error { return same("ana.diaz@example.com CAN_RESTART", w.entries()) })),
		w.step(variables{"defaults": longer, "name": "anas-own"}, plans(plancheck.ResourceActionUpdate), remember,
			check(func() error { return same("anas-own", w.only().ClusterName) })),
		w.step(variables{"defaults": longer, "name": "anas-own"}, imports(func() string { return w.only().ClusterId })),
		w.step(variables{"defaults": longer, "name": "anas-own"}, imports(func() string { return "Ana.Diaz@example.com/anas-own" })),
		w.step(variables{"email": "bob@example.com", "defaults": longer, "name": "anas-own"}, plans(plancheck.ResourceActionReplace),
			check(func() error { return same("bob@example.com", w.only().SingleUserName) })),
	)
	if n := len(w.Databricks.Clusters()); n != 0 {
		t.Errorf("destroy left %d clusters", n)
	}
}

// entries are the direct permissions of people and groups, but for the creator's.
func (w *world) entries() string {
	var entries []string
	for _, p := range w.Databricks.Permissions(w.only().ClusterId) {
		if p.ServicePrincipalName == "" {
			entries = append(entries, fmt.Sprintf("%s%s %s", p.UserName, p.GroupName, p.AllPermissions[0].PermissionLevel))
		}
	}
	slices.Sort(entries)
	return strings.Join(entries, ", ")
}

func same(want, got any) error {
	if want != got {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

func TestSettingsKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.step(variables{"computed": true, "warm_up": false}, plans(plancheck.ResourceActionCreate, plancheck.ExpectUnknownValue(clusterAddress, tfjsonpath.New("defaults_json"))), has("defaults_json", settings)),
		w.step(variables{"computed": true, "warm_up": false}, plans(plancheck.ResourceActionNoop)),
	)
}

func TestSettingsKnownOnlyAfterApplyAreStillJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(w.step(variables{"computed": true, "defaults": `{"spark_version":"15.4.x-scala2.12","num_workers":1}`}, func(s *resource.TestStep) {
		s.ExpectError = regexp.MustCompile(`(?s)The cluster settings cannot be used.*autotermination_minutes`)
	}))
	if n := len(w.Databricks.Clusters()); n != 0 {
		t.Errorf("%d clusters were made of bad settings", n)
	}
}

func TestClusterOfSomebodyElses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.Databricks.Seed(compute.CreateCluster{
		ClusterName: "ana", SingleUserName: "ana.diaz@example.com", SparkVersion: "14.3.x-scala2.12", NodeTypeId: "i3.xlarge", NumWorkers: 2,
		DataSecurityMode: compute.DataSecurityModeSingleUser, AutoterminationMinutes: 60,
	}, "boss@example.com")
	changed := strings.Replace(settings, `"autotermination_minutes":30`, `"autotermination_minutes":60`, 1)
	w.run(
		w.step(variables{"name": "ana", "notify": true}, plans(plancheck.ResourceActionCreate), has("outcome", "no_action", "managed", knownvalue.Bool(false), "cluster_id", theirs, "notified_at", knownvalue.Null())),
		w.step(variables{"name": "ana", "notify": true}, plans(plancheck.ResourceActionNoop)),
		w.step(variables{"name": "ana", "notify": true, "defaults": changed, "owner_level": "CAN_MANAGE"}, plans(plancheck.ResourceActionUpdate), has("managed", knownvalue.Bool(false)),
			check(func() error { return same("14.3.x-scala2.12", w.only().SparkVersion) })),
	)
	if c := w.only(); c.ClusterId != theirs || c.CustomTags["provisioner_owner"] != "" {
		t.Errorf("somebody else's cluster was touched: %+v", c)
	}
	for _, call := range w.Wire.Calls() {
		if call.Vendor == "databricks" && call.Method != "GET" {
			t.Errorf("%s %s", call.Method, call.Path)
		}
	}
	if n := len(w.Slack.Messages()); n != 0 {
		t.Errorf("%d messages about a cluster that was there", n)
	}
}

func TestClusterAdoption(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.Databricks.Seed(compute.CreateCluster{
		ClusterName: "ana", SingleUserName: "ana.diaz@example.com", SparkVersion: "14.3.x-scala2.12", NodeTypeId: "i3.xlarge", Kind: compute.KindClassicPreview, IsSingleNode: true,
		DataSecurityMode: compute.DataSecurityModeSingleUser, AutoterminationMinutes: 60,
	}, "boss@example.com")
	w.run(
		w.step(variables{"name": "ana"}, has("managed", knownvalue.Bool(false))),
		w.step(variables{"name": "ana", "on_existing": "adopt"}, plans(plancheck.ResourceActionUpdate), has("managed", knownvalue.Bool(true), "cluster_id", theirs),
			check(func() error { return same("15.4.x-scala2.12", w.only().SparkVersion) })),
		w.step(variables{"name": "ana", "on_existing": "adopt"}, plans(plancheck.ResourceActionNoop)),
	)
	if n := len(w.Databricks.Clusters()); n != 0 {
		t.Errorf("an adopted cluster is ours to delete; %d are left", n)
	}
}

func TestClusterThatExistsMayFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Databricks.Seed(compute.CreateCluster{ClusterName: "ana", SingleUserName: "ana.diaz@example.com", SparkVersion: "14.3.x-scala2.12", NumWorkers: 2}, "boss@example.com")
	w.run(w.step(variables{"name": "ana", "on_existing": "fail"}, func(s *resource.TestStep) {
		s.ExpectError = regexp.MustCompile(`(?s)The cluster could not be made.*` + id)
	}))
}

func TestFailedWarmUpIsRetriedAndNeverTaints(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Databricks.FailLibrary("pandas", "No matching distribution found for pandas==2.2.3")
	sameID := statecheck.CompareValue(compare.ValuesSame())
	remember := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, sameID.AddStateValue(clusterAddress, tfjsonpath.New("cluster_id")))
	}
	w.run(
		w.step(variables{"notify": true}, staysFailed, has("outcome", "failed", "warm_up_status", "failed", "state", "TERMINATED", "notified_at", knownvalue.Null()), remember),
		w.step(variables{"notify": true}, plans(plancheck.ResourceActionUpdate, plancheck.ExpectUnknownValue(clusterAddress, tfjsonpath.New("outcome"))), staysFailed, has("outcome", "failed"), remember),
		w.step(variables{"notify": true}, first(w.Databricks.Heal), plans(plancheck.ResourceActionUpdate), has("outcome", "created", "warm_up_status", "succeeded", "notified_at", knownvalue.NotNull()), remember),
		w.step(variables{"notify": true}, plans(plancheck.ResourceActionNoop), remember),
	)
	if n := w.calls("/api/2.1/clusters/create"); n != 1 {
		t.Errorf("%d clusters were made", n)
	}
	if n := len(w.Slack.Messages()); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
}

func TestTimeOutOfAWarmUpIsResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow := func(start time.Duration) func() {
		return func() {
			timings := quick
			timings.Start = start
			w.Databricks.SetTimings(timings)
		}
	}
	w.run(
		w.step(variables{"create_timeout": "3s"}, first(slow(time.Hour)), staysFailed, has("warm_up_status", "interrupted", "outcome", "failed")),
		w.step(variables{"create_timeout": "3s"}, first(slow(quick.Start)), plans(plancheck.ResourceActionUpdate), has("warm_up_status", "succeeded", "outcome", "created")),
	)
	if n := w.calls("/api/2.1/clusters/create"); n != 1 {
		t.Errorf("%d clusters were made", n)
	}
}

func TestPurgedClusterIsMadeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	differs := statecheck.CompareValue(compare.ValuesDiffer())
	remember := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, differs.AddStateValue(clusterAddress, tfjsonpath.New("cluster_id")))
	}
	w.run(
		w.step(variables{"notify": true}, has("notified_at", knownvalue.NotNull()), remember),
		w.step(variables{"notify": true}, first(func() {
			if err := w.Databricks.Purge(w.only().ClusterId); err != nil {
				t.Error(err)
			}
		}), plans(plancheck.ResourceActionUpdate, plancheck.ExpectUnknownValue(clusterAddress, tfjsonpath.New("cluster_id"))), has("outcome", "created", "state", "TERMINATED"), remember),
		w.step(variables{"notify": true}, plans(plancheck.ResourceActionNoop)),
	)
	if n := len(w.Slack.Messages()); n != 1 {
		t.Errorf("%d messages, want the one of the first time", n)
	}
}

func TestDeletedClusterIsPlannedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.step(variables{"warm_up": false}),
		w.step(variables{"warm_up": false}, first(func() { w.elsewhere("permanent-delete", map[string]any{"cluster_id": w.only().ClusterId}) }), plans(plancheck.ResourceActionCreate)),
	)
}

func TestDriftIsShownAndRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	permissions := []map[string]string{{"group_name": "support", "permission_level": "CAN_ATTACH_TO"}}
	w.run(
		w.step(variables{"warm_up": false, "permissions": permissions}),
		w.step(variables{"warm_up": false, "permissions": permissions}, first(func() {
			w.settled()
			w.elsewhere("update", map[string]any{"cluster_id": w.only().ClusterId, "update_mask": "autotermination_minutes", "cluster": map[string]any{"autotermination_minutes": 600}})
			w.permit("support", "CAN_MANAGE")
			w.permit("auditors", "CAN_ATTACH_TO")
		}), plans(plancheck.ResourceActionUpdate), check(func() error {
			if err := same(30, w.only().AutoterminationMinutes); err != nil {
				return err
			}
			return same("ana.diaz@example.com CAN_RESTART, auditors CAN_ATTACH_TO, support CAN_ATTACH_TO", w.entries())
		})),
		w.step(variables{"warm_up": false, "permissions": permissions}, plans(plancheck.ResourceActionNoop)),
	)
}

func TestPinnedCluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.step(variables{"warm_up": false, "pinned": true}, has("pinned", knownvalue.Bool(true))),
		w.step(variables{"warm_up": false, "pinned": true}, first(func() { w.elsewhere("unpin", map[string]any{"cluster_id": w.only().ClusterId}) }), plans(plancheck.ResourceActionUpdate), has("pinned", knownvalue.Bool(true))),
		w.step(variables{"warm_up": false, "pinned": false}, plans(plancheck.ResourceActionUpdate), has("pinned", knownvalue.Bool(false))),
	)
}

func TestTheFullWorkspaceOfPins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 100 {
		id := w.Databricks.Seed(compute.CreateCluster{ClusterName: "x", SparkVersion: "15.4.x-scala2.12", NumWorkers: 1}, "boss@example.com")
		w.elsewhere("pin", map[string]any{"cluster_id": id})
	}
	w.run(w.step(variables{"pinned": true}, func(s *resource.TestStep) {
		s.ExpectError = regexp.MustCompile(`(?s)limit of pinned clusters.*100 of\s+100`)
	}))
}

func TestOnDestroy(t *testing.T) {
	t.Parallel()
	for how, state := range map[string]compute.State{"stop": compute.StateTerminated, "abandon": compute.StateRunning} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(
				w.step(variables{"on_destroy": how}),
				w.step(variables{"on_destroy": how}, first(func() {
					w.elsewhere("start", map[string]any{"cluster_id": w.only().ClusterId})
					w.until(compute.StateRunning)
				}), plans(plancheck.ResourceActionNoop)),
			)
			if got := w.only().State; got != state {
				t.Errorf("the cluster is %s, want %s", got, state)
			}
		})
	}
}

func TestEditOfARunningClusterWarns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	longer := strings.Replace(settings, `"autotermination_minutes":30`, `"autotermination_minutes":60`, 1)
	w.run(
		w.step(variables{}),
		w.step(variables{"defaults": longer}, first(func() {
			w.elsewhere("start", map[string]any{"cluster_id": w.only().ClusterId})
			w.until(compute.StateRunning)
		}), plans(plancheck.ResourceActionUpdate), has("outcome", "created")),
	)
}
