package provider_test

import (
	"fmt"
	"testing"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

func (w *world) inline(body string, more ...func(*resource.TestStep)) resource.TestStep {
	env := w.Env()
	s := resource.TestStep{ProtoV6ProviderFactories: factories, Config: fmt.Sprintf(`
provider "provisioner" {
  databricks = { host = %q, token = %q }
  slack      = { token = %q, api_url = %q }
}
`, w.DatabricksURL, env["DATABRICKS_TOKEN"], env["SLACK_BOT_TOKEN"], w.SlackURL) + body}
	for _, m := range more {
		m(&s)
	}
	return s
}

func cluster(address, extra string) string {
	return fmt.Sprintf(`
resource "provisioner_single_user_cluster" %q {
  user_email    = "ana.diaz@example.com"
  defaults_json = jsonencode(%s)
  %s
}
`, address, settings, extra)
}

const moreLibs = `{"spark_version":"15.4.x-scala2.12","node_type_id":"i3.xlarge","kind":"CLASSIC_PREVIEW","is_single_node":true,"autotermination_minutes":30,"custom_tags":{"team":"data"},"libraries":[{"pypi":{"package":"pandas==2.2.3"}},{"pypi":{"package":"duckdb"}}]}`

func TestAWarmUpKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	flag := func(v string) string {
		return `resource "terraform_data" "f" { input = ` + v + ` }` + cluster("test", `warm_up = terraform_data.f.output`)
	}
	w.run(w.inline(flag("false")), w.inline(flag("true")))
}

// Without a moved block Terraform destroys at the old address and creates at the new one, in no fixed order.
func TestAResourceThatMovedKeepsItsCluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.inline(cluster("test", "warm_up = false")),
		w.inline(cluster("other", "warm_up = false"), check(func() error { return same(1, len(w.Databricks.Clusters())) })),
	)
}

func TestNobodyIsToldOfAnOldCluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	more := fmt.Sprintf(`
resource "provisioner_single_user_cluster" "test" {
  user_email    = "ana.diaz@example.com"
  defaults_json = jsonencode(%s)
  notification  = {}
}
`, moreLibs)
	w.run(
		w.inline(cluster("test", "")),
		w.inline(more, first(func() { w.Databricks.FailLibrary("duckdb", "boom") }), staysFailed),
		w.inline(more, first(w.Databricks.Heal), check(func() error { return same(0, len(w.Slack.Messages())) })),
	)
}

func TestAdoptionRevokesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Databricks.Seed(compute.CreateCluster{
		ClusterName: "ana", SingleUserName: "ana.diaz@example.com", SparkVersion: "15.4.x-scala2.12", NodeTypeId: "i3.xlarge", Kind: compute.KindClassicPreview, IsSingleNode: true,
		DataSecurityMode: compute.DataSecurityModeSingleUser, AutoterminationMinutes: 60, SparkEnvVars: map[string]string{"THEIRS": "1"},
	}, "boss@example.com")
	w.permit("support", "CAN_RESTART")
	w.run(
		w.inline(cluster("test", `name = "ana"
  permissions = [{ group_name = "support", permission_level = "CAN_RESTART" }]`)),
		w.inline(cluster("test", `name = "ana"
  on_existing = "adopt"`), check(func() error {
			return same("ana.diaz@example.com CAN_RESTART, boss@example.com CAN_MANAGE, support CAN_RESTART", w.entries())
		})),
	)
}

func TestAnImportIsFollowedByNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.elsewhere("create", map[string]any{
		"cluster_name": "ana", "single_user_name": "ana.diaz@example.com", "spark_version": "15.4.x-scala2.12", "node_type_id": "i3.xlarge", "kind": "CLASSIC_PREVIEW", "is_single_node": true, "autotermination_minutes": 30,
		"spark_env_vars": map[string]string{"THEIRS": "1"},
		"custom_tags":    map[string]string{"team": "data", "provisioner_owner": "ana.diaz@example.com", "provisioner_managed_by": "default"},
	})
	id := w.only().ClusterId
	imp := `
import {
  to = provisioner_single_user_cluster.test
  id = "` + id + `"
}
`
	w.run(
		w.inline(imp+cluster("test", `name = "ana"`), plans(plancheck.ResourceActionUpdate), check(func() error { return same("1", w.only().SparkEnvVars["THEIRS"]) })),
		w.inline(cluster("test", `name = "ana"`), plans(plancheck.ResourceActionNoop)),
	)
}

func TestAdoptionKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Databricks.Seed(compute.CreateCluster{ClusterName: "ana", SingleUserName: "ana.diaz@example.com", SparkVersion: "14.3.x-scala2.12", NodeTypeId: "i3.xlarge", Kind: compute.KindClassicPreview, IsSingleNode: true, DataSecurityMode: compute.DataSecurityModeSingleUser, AutoterminationMinutes: 60}, "boss@example.com")
	how := func(v string) string {
		return `resource "terraform_data" "f" { input = "` + v + `" }` + cluster("test", "name = \"ana\"\n on_existing = terraform_data.f.output")
	}
	w.run(w.inline(how("no_action")), w.inline(how("adopt")))
}

func TestCreateBeforeDestroyKeepsTheCluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := cluster("test", "warm_up = false\n lifecycle {\n create_before_destroy = true\n }")
	w.run(
		w.inline(body),
		w.inline(body, func(s *resource.TestStep) { s.Taint = []string{clusterAddress} }, check(func() error { return same(1, len(w.Databricks.Clusters())) })),
	)
}

func TestADataSourceInTheSameApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(w.inline(cluster("test", "warm_up = false") + `
data "provisioner_single_user_cluster" "ana" {
  user_email = "ana.diaz@example.com"
  depends_on = [provisioner_single_user_cluster.test]
}
`))
}

func TestTwoPermissionsOfOnePrincipal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(w.inline(cluster("test", `warm_up = false
  permissions = [{ user_name = "Ana.Diaz@example.com", permission_level = "CAN_MANAGE" }]`), func(s *resource.TestStep) {
		s.ExpectError = inThisOrder("A principal has two permissions", "ana.diaz@example.com", "owner_level")
	}))
}

func TestAnInstallationKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	env := w.Env()
	cfg := func(v string) resource.TestStep {
		return resource.TestStep{ProtoV6ProviderFactories: factories, Config: fmt.Sprintf(`
resource "terraform_data" "i" {
  input            = "team"
  triggers_replace = %q
}
provider "provisioner" {
  installation = terraform_data.i.output
  databricks   = { host = %q, token = %q }
}
`, v, w.DatabricksURL, env["DATABRICKS_TOKEN"]) + cluster("test", "warm_up = false")}
	}
	two := cfg("2")
	two.ExpectError = inThisOrder("installation is not known before apply")
	w.run(cfg("1"), two, cfg("1"))
}

func TestAFailedClusterIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Databricks.FailLibrary("pandas", "boom")
	w.run(
		w.inline(cluster("test", "notification = {}"), staysFailed),
		w.inline(cluster("test", "notification = {}\non_existing = \"adopt\""), first(func() {
			w.Databricks.Heal()
			w.elsewhere("update", map[string]any{"cluster_id": w.only().ClusterId, "update_mask": "custom_tags", "cluster": map[string]any{"custom_tags": map[string]string{"team": "data"}}})
		})),
	)
}

func TestNullsInSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(w.inline(fmt.Sprintf(`
resource "provisioner_single_user_cluster" "test" {
  user_email    = "ana.diaz@example.com"
  warm_up = false
  defaults_json = jsonencode(merge(%s, { policy_id = null }))
}
`, settings)))
}

func TestAnImportedClusterOfSomebodyElsesIsAdopted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.elsewhere("create", map[string]any{
		"cluster_name": "ana", "single_user_name": "ana.diaz@example.com", "spark_version": "15.4.x-scala2.12", "node_type_id": "i3.xlarge", "kind": "CLASSIC_PREVIEW", "is_single_node": true, "autotermination_minutes": 30,
		"data_security_mode": "SINGLE_USER", "spark_env_vars": map[string]string{"THEIRS": "1"}, "custom_tags": map[string]string{"team": "data", "theirs": "x"},
	})
	imp := `
import {
  to = provisioner_single_user_cluster.test
  id = "` + w.only().ClusterId + `"
}
`
	w.run(
		w.inline(imp+cluster("test", "name = \"ana\"\non_existing = \"adopt\"\nwarm_up=false"), check(func() error {
			if err := same("1", w.only().SparkEnvVars["THEIRS"]); err != nil {
				return err
			}
			return same("x", w.only().CustomTags["theirs"])
		})),
		w.inline(cluster("test", "name = \"ana\"\non_existing = \"adopt\"\nwarm_up=false"), plans(plancheck.ResourceActionNoop)),
	)
}
