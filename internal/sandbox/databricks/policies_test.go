package databricks_test

import (
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

func TestAPolicyFixesAndDefaults(t *testing.T) {
	w := open(t, databricks.Options{})
	w.SetPolicy(compute.Policy{PolicyId: "P", Name: "personal", Libraries: pypi("numpy"), Definition: `{
		"custom_tags.cost": {"type":"fixed","value":"42"},
		"spark_conf.spark.sql.shuffle.partitions": {"type":"fixed","value":"8","hidden":true},
		"data_security_mode": {"type":"fixed","value":"SINGLE_USER"},
		"autotermination_minutes": {"type":"range","minValue":10,"maxValue":60,"defaultValue":20,"isOptional":true},
		"dbus_per_hour": {"type":"range","maxValue":10},
		"cluster_type": {"type":"fixed","value":"all-purpose"}
	}`})
	request := personal("ana@example.com")
	request.PolicyId, request.AutoterminationMinutes = "P", 0
	plain := w.get(w.create(request))
	if plain.CustomTags["cost"] != "42" || plain.SparkConf["spark.sql.shuffle.partitions"] != "8" || len(plain.Spec.CustomTags) != 0 {
		t.Errorf("fixed values are always written: %v, %v", plain.CustomTags, plain.SparkConf)
	}
	if plain.AutoterminationMinutes != 0 {
		t.Errorf("a default was written unasked: %d", plain.AutoterminationMinutes)
	}
	w.wantLibraries(plain.ClusterId, "numpy PENDING")
	request.ApplyPolicyDefaultValues = true
	if got := w.get(w.create(request)).AutoterminationMinutes; got != 20 {
		t.Errorf("the default is 20, got %d", got)
	}
	request.AutoterminationMinutes = 50
	if got := w.get(w.create(request)).AutoterminationMinutes; got != 50 {
		t.Errorf("what was asked is 50, got %d", got)
	}
}

func TestAPolicyRefuses(t *testing.T) {
	w := open(t, databricks.Options{})
	create := func(definition string) error {
		w.SetPolicy(compute.Policy{PolicyId: "P", Definition: definition})
		_, err := w.clusters.Create(t.Context(), compute.CreateCluster{
			PolicyId: "P", SparkVersion: "15.4.x-scala2.12", NumWorkers: 2, NodeTypeId: "i3.xlarge", DriverNodeTypeId: "i3.xlarge",
			DataSecurityMode: compute.DataSecurityModeDataSecurityModeDedicated,
		})
		return err
	}
	for definition, message := range map[string]string{
		`{"driver_node_type_id":{"type":"fixed","value":"i3.2xlarge"},"custom_tags.team":{"type":"unlimited"}}`: `Validation failed for custom_tags, team must be present; ` +
			`Validation failed for driver_node_type_id, the value must be i3.2xlarge (is "i3.xlarge"); `,
		`{"node_type_id":{"type":"forbidden"}}`:                         "node_type_id, the value must not be present",
		`{"node_type_id":{"type":"allowlist","values":["a","b"]}}`:      `must be one of [a b] (is "i3.xlarge")`,
		`{"node_type_id":{"type":"blocklist","values":["i3.xlarge"]}}`:  "must not be one of",
		`{"node_type_id":{"type":"regex","pattern":"i3"}}`:              "must match i3",
		`{"num_workers":{"type":"range","maxValue":1}}`:                 "must be at most 1 (is 2)",
		`{"num_workers":{"type":"range","minValue":3}}`:                 "must be at least 3 (is 2)",
		`{"autotermination_minutes":{"type":"range","defaultValue":9}}`: "autotermination_minutes, the value must be present",
		`{"cluster_type":{"type":"fixed","value":"job"}}`:               "cluster_type",
	} {
		wantRefusal(t, create(definition), 400, "INVALID_PARAMETER_VALUE", message)
	}
	for _, definition := range []string{
		`{"node_type_id":{"type":"regex","pattern":"i3\\..*"}}`,
		`{"num_workers":{"type":"range","minValue":2,"maxValue":2}}`,
		`{"data_security_mode":{"type":"allowlist","values":["SINGLE_USER"]}}`,
		`{"node_type_id":{"type":"allowlist","values":["i3.xlarge"]},"instance_pool_id":{"type":"forbidden"}}`,
	} {
		if err := create(definition); err != nil {
			t.Errorf("%s: %v", definition, err)
		}
	}
}

func TestAPolicyLimitsClustersPerUser(t *testing.T) {
	w := open(t, databricks.Options{})
	w.SetPolicy(compute.Policy{PolicyId: "P", MaxClustersPerUser: 1})
	request := personal("ana@example.com")
	request.PolicyId = "P"
	first := w.create(request)
	_, err := w.clusters.Create(t.Context(), request)
	wantRefusal(t, err, 400, "INVALID_PARAMETER_VALUE", "max_clusters_per_user is 1")
	w.must(w.clusters.PermanentDeleteByClusterId(t.Context(), first))
	w.create(request)
}

func TestPoliciesAreListedByNameOrAge(t *testing.T) {
	w := open(t, databricks.Options{})
	w.SetPolicy(compute.Policy{PolicyId: "2", Name: "b"})
	w.clock.Advance(time.Second)
	w.SetPolicy(compute.Policy{PolicyId: "1", Name: "a", Definition: `{"runtime_engine":{"type":"fixed","value":"PHOTON"}}`})
	for column, first := range map[compute.ListSortColumn]string{compute.ListSortColumnPolicyName: "1", compute.ListSortColumnPolicyCreationTime: "2"} {
		all, err := w.policies.ListAll(t.Context(), compute.ListClusterPoliciesRequest{SortColumn: column})
		if err != nil || len(all) != 2 || all[0].PolicyId != first {
			t.Errorf("by %s: %+v, %v", column, all, err)
		}
	}
	got, err := w.policies.GetByPolicyId(t.Context(), "1")
	if err != nil || got.Definition == "" || got.CreatedAtTimestamp != w.clock.Now().UnixMilli() {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = w.policies.GetByPolicyId(t.Context(), "3")
	wantRefusal(t, err, 404, "RESOURCE_DOES_NOT_EXIST", "Can't find a cluster policy with id: 3.")
	defer func() {
		if recover() == nil {
			t.Error("a definition of an unknown type was taken")
		}
	}()
	w.SetPolicy(compute.Policy{PolicyId: "4", Definition: `{"a":{"type":"fix"}}`})
}
