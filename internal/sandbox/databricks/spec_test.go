package databricks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

func TestTheServerCompletesASpecAndRemembersWhatWasAsked(t *testing.T) {
	w := open(t, databricks.Options{})
	request := personal("")
	request.ClusterName = "mine"
	request.CustomTags = map[string]string{"team": "ocean"}
	request.ApplyPolicyDefaultValues = true
	got := w.get(w.create(request))

	if got.DataSecurityMode != compute.DataSecurityModeSingleUser || got.Spec.DataSecurityMode != compute.DataSecurityModeDataSecurityModeDedicated {
		t.Errorf("the old name is on top, the new one in the spec: got %s, %s", got.DataSecurityMode, got.Spec.DataSecurityMode)
	}
	me, err := w.me.Me(t.Context(), meRequest)
	if err != nil || got.SingleUserName != me.UserName || got.CreatorUserName != me.UserName || got.Spec.SingleUserName != "" {
		t.Errorf("an unnamed single user is the caller %v (%v): got %q by %q", me, err, got.SingleUserName, got.CreatorUserName)
	}
	if want := map[string]string{"team": "ocean", "ResourceClass": "SingleNode"}; !maps.Equal(got.CustomTags, want) || len(got.Spec.CustomTags) != 1 {
		t.Errorf("tags are %v, in the spec %v", got.CustomTags, got.Spec.CustomTags)
	}
	if want := map[string]string{"spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]"}; !maps.Equal(got.SparkConf, want) {
		t.Errorf("spark_conf is %v", got.SparkConf)
	}
	if got.DriverNodeTypeId != "m5d.large" || !got.EnableElasticDisk || got.AwsAttributes == nil || got.AwsAttributes.ZoneId != "auto" {
		t.Errorf("fields that the server fills: %+v", got)
	}
	if !got.Spec.ApplyPolicyDefaultValues || got.ClusterSource != compute.ClusterSourceApi || got.StartTime != w.clock.Now().UnixMilli() {
		t.Errorf("got %+v", got)
	}
	if got.DefaultTags["ClusterId"] != got.ClusterId || got.DefaultTags["ClusterName"] != "mine" || got.DefaultTags["Vendor"] != "Databricks" {
		t.Errorf("default tags are %v", got.DefaultTags)
	}
	if !idForm.MatchString(got.ClusterId) {
		t.Errorf("id is %q", got.ClusterId)
	}
}

func TestAccessModes(t *testing.T) {
	w := open(t, databricks.Options{})
	for asked, want := range map[compute.DataSecurityMode]compute.DataSecurityMode{
		"": compute.DataSecurityModeNone,
		compute.DataSecurityModeDataSecurityModeStandard: compute.DataSecurityModeUserIsolation,
		compute.DataSecurityModeDataSecurityModeAuto:     compute.DataSecurityModeUserIsolation,
		compute.DataSecurityModeSingleUser:               compute.DataSecurityModeSingleUser,
		compute.DataSecurityModeLegacyPassthrough:        compute.DataSecurityModeLegacyPassthrough,
	} {
		id := w.create(compute.CreateCluster{SparkVersion: "15.4.x-scala2.12", NumWorkers: 1, DataSecurityMode: asked})
		if got := w.get(id).DataSecurityMode; got != want {
			t.Errorf("%q shows as %s, want %s", asked, got, want)
		}
	}
}

func TestCreateRefusals(t *testing.T) {
	w := open(t, databricks.Options{})
	tooMany := map[string]string{}
	for i := range 46 {
		tooMany[fmt.Sprint("tag", i)] = "x"
	}
	tags, _ := json.Marshal(tooMany)
	cases := map[string]struct{ body, code, message string }{
		"no JSON":              {`{`, "MALFORMED_REQUEST", "not a JSON document"},
		"no body":              {``, "MALFORMED_REQUEST", "not a JSON document"},
		"unknown field":        {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"idempotency_token":"t"}`, "MALFORMED_REQUEST", "idempotency_token"},
		"wrong type":           {`{"spark_version":"15.4.x-scala2.12","num_workers":"1"}`, "MALFORMED_REQUEST", "num_workers"},
		"unknown nested field": {`{"spark_version":"15.4.x-scala2.12","autoscale":{"min":1}}`, "MALFORMED_REQUEST", "autoscale.min"},
		"bad enumeration":      {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"data_security_mode":"DEDICATED"}`, "INVALID_PARAMETER_VALUE", "data_security_mode"},
		"no runtime":           {`{"num_workers":1}`, "INVALID_PARAMETER_VALUE", "Missing required field: spark_version"},
		"empty runtime":        {`{"num_workers":1,"spark_version":""}`, "INVALID_PARAMETER_VALUE", "Missing required field: spark_version"},
		"nonsense runtime":     {`{"num_workers":1,"spark_version":"newest"}`, "INVALID_PARAMETER_VALUE", "Invalid spark version newest."},
		"no size":              {`{"spark_version":"15.4.x-scala2.12"}`, "INVALID_PARAMETER_VALUE", "Missing required field: size"},
		"no workers":           {`{"spark_version":"15.4.x-scala2.12","num_workers":0}`, "INVALID_PARAMETER_VALUE", "NumWorkers could be 0 only for SingleNode clusters."},
		"no single-node tag":   {`{"spark_version":"15.4.x-scala2.12","num_workers":0,"spark_conf":{"spark.databricks.cluster.profile":"singleNode","spark.master":"local[*]"}}`, "INVALID_PARAMETER_VALUE", "SingleNode"},
		"single node no kind":  {`{"spark_version":"15.4.x-scala2.12","is_single_node":true}`, "INVALID_PARAMETER_VALUE", "CLASSIC_PREVIEW"},
		"ML no kind":           {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"use_ml_runtime":true}`, "INVALID_PARAMETER_VALUE", "CLASSIC_PREVIEW"},
		"inverted autoscale":   {`{"spark_version":"15.4.x-scala2.12","autoscale":{"min_workers":3,"max_workers":1}}`, "INVALID_PARAMETER_VALUE", "autoscale"},
		"short autostop":       {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"autotermination_minutes":9}`, "INVALID_PARAMETER_VALUE", "autotermination_minutes"},
		"long autostop":        {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"autotermination_minutes":10001}`, "INVALID_PARAMETER_VALUE", "autotermination_minutes"},
		"46 tags":              {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"custom_tags":` + string(tags) + `}`, "INVALID_PARAMETER_VALUE", "custom_tags"},
		"unknown policy":       {`{"spark_version":"15.4.x-scala2.12","num_workers":1,"policy_id":"P"}`, "INVALID_PARAMETER_VALUE", "policy with id: P"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, reply, _ := w.send("POST", "/api/2.1/clusters/create", c.body)
			wantBody(t, status, reply, 400, c.code, c.message)
		})
	}
	if got := w.Clusters(); len(got) != 0 {
		t.Errorf("a refused request made %d clusters", len(got))
	}
}

func TestSingleNodeWithoutTheKind(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.create(compute.CreateCluster{
		SparkVersion: "15.4.x-scala2.12", NumWorkers: 0, ForceSendFields: []string{"NumWorkers"},
		SparkConf:  map[string]string{"spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*, 4]"},
		CustomTags: map[string]string{"ResourceClass": "SingleNode"},
	})
	if got := w.get(id); got.IsSingleNode || got.NumWorkers != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestUpdateChangesWhatTheMaskNames(t *testing.T) {
	w := open(t, databricks.Options{})
	request := compute.CreateCluster{
		ClusterName: "before", SparkVersion: "15.4.x-scala2.12", NumWorkers: 2, AutoterminationMinutes: 30,
		CustomTags: map[string]string{"a": "1", "b": "2"}, AwsAttributes: &compute.AwsAttributes{FirstOnDemand: 3, ZoneId: "us-west-2a"},
	}
	id := w.stopped(request)
	update := func(mask string, cluster compute.UpdateClusterResource) error {
		_, err := w.clusters.Update(t.Context(), compute.UpdateCluster{ClusterId: id, UpdateMask: mask, Cluster: &cluster})
		return err
	}
	w.must(update("custom_tags,autotermination_minutes,aws_attributes.zone_id", compute.UpdateClusterResource{
		ClusterName:   "not in the mask",
		CustomTags:    map[string]string{"c": "3"},
		AwsAttributes: &compute.AwsAttributes{ZoneId: "us-west-2b"},
	}))
	got := w.get(id)
	if got.State != compute.StateTerminated || got.ClusterName != "before" || got.AutoterminationMinutes != 0 || got.NumWorkers != 2 {
		t.Errorf("got %+v", got)
	}
	if !maps.Equal(got.CustomTags, map[string]string{"c": "3"}) || got.AwsAttributes.ZoneId != "us-west-2b" || got.AwsAttributes.FirstOnDemand != 3 {
		t.Errorf("got %v, %+v", got.CustomTags, got.AwsAttributes)
	}
	w.must(update("autoscale", compute.UpdateClusterResource{Autoscale: &compute.AutoScale{MinWorkers: 1, MaxWorkers: 2}}))
	if got := w.get(id); got.Autoscale == nil || got.Spec.NumWorkers != 0 {
		t.Errorf("one size takes the other's place, got %+v", got.Spec)
	}

	for mask, message := range map[string]string{
		"":                          "Missing required field: update_mask",
		"cluster_name, custom_tags": `unknown field " custom_tags"`,
		"custom_tags.a":             "as a whole",
		"clusterName":               "unknown field",
		"cluster_id":                "unknown field",
		"autoscale":                 "Missing required field: size", // back to its default, which is none
		"autotermination_minutes":   "autotermination_minutes",
	} {
		wantRefusal(t, update(mask, compute.UpdateClusterResource{AutoterminationMinutes: 5}), 400, "INVALID_PARAMETER_VALUE", message)
	}
	w.must(update("*", compute.UpdateClusterResource{SparkVersion: "16.4.x-scala2.12", NumWorkers: 1}))
	if got := w.get(id); got.SparkVersion != "16.4.x-scala2.12" || got.ClusterName != "" || len(got.CustomTags) != 0 {
		t.Errorf("* replaces everything, got %+v", got)
	}
	w.must(w.start(id))
	w.clock.Advance(4 * time.Minute)
	w.must(update("cluster_name", compute.UpdateClusterResource{ClusterName: "after"}))
	w.wantState(id, compute.StateRestarting)
}

func TestAJobsClusterCannotBeEdited(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.Seed(compute.CreateCluster{ClusterName: "job-12-run-3", SparkVersion: "15.4.x-scala2.12", NumWorkers: 1}, "someone@example.com")
	_, err := w.clusters.Edit(t.Context(), compute.EditCluster{ClusterId: id, SparkVersion: "15.4.x-scala2.12", NumWorkers: 1})
	wantRefusal(t, err, 400, "INVALID_STATE", "job")
}
