package main

import (
	"maps"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestCallsAreCountedByKind(t *testing.T) {
	call := func(method, path string, status int) wire.Call {
		return wire.Call{Vendor: "databricks", Method: method, Path: path, Status: status}
	}
	got := count([]wire.Call{
		call("GET", "/api/2.1/clusters/list", 200),
		call("GET", "/api/2.1/clusters/list", 429),
		call("GET", "/api/2.0/libraries/all-cluster-statuses", 200),
		call("GET", "/api/2.0/permissions/clusters/a", 200),
		call("GET", "/api/2.0/permissions/clusters/b", 200),
		call("PATCH", "/api/2.0/permissions/clusters/a", 200),
		call("POST", "/api/2.1/clusters/create", 200),
		call("POST", "/api/2.1/clusters/create", 429),
		call("GET", "/api/2.0/preview/scim/v2/Me", 200),
		call("GET", "/.well-known/databricks-config", 404),
		{Vendor: "slack", Method: "POST", Path: "/api/chat.postMessage"},
	}, sortDatabricks)
	if got.Lists != 3 || got.PermissionReads != 2 || got.Refused != 2 || got.others() != 6 || got.all() != 11 || got.shared() != 4 {
		t.Errorf("got %+v", got)
	}
	want := map[string]int{"PATCH permissions": 1, "clusters/create": 2, "preview/scim/v2/Me": 1, "discovery": 1, "chat.postMessage": 1}
	if !maps.Equal(got.Others, want) {
		t.Errorf("got %v, want %v", got.Others, want)
	}
}

func TestGooglesCallsAreCountedByKind(t *testing.T) {
	call := func(method, vendor, path string) wire.Call {
		return wire.Call{Vendor: vendor, Method: method, Path: path, Status: 200}
	}
	const place = "/notebooks/v2/projects/p/locations/us-central1-a"
	got := count([]wire.Call{
		call("GET", "google", place+"/instances"),
		call("POST", "google", place+"/instances"),
		call("GET", "google", place+"/operations/operation-1"),
		call("GET", "google", place+"/instances/notebook-ana"),
		call("GET", "google", "/dataproc/v1/projects/p/locations/us-central1/sessionTemplates"),
		call("PATCH", "google", "/dataproc/v1/projects/p/locations/us-central1/sessionTemplates/ana"),
		call("GET", "storage", "/storage/v1/b/templates/o"),
		call("GET", "storage", "/storage/v1/b/templates/o/generated/ana/single.yaml"),
		call("POST", "storage", "/upload/storage/v1/b/templates/o"),
		call("GET", "storage", "/storage/v1/b/templates"),
		call("POST", "databricks", "/api/2.1/clusters/create"),
	}, sortGoogle)
	want := map[string]int{
		"POST instances": 1, "GET operations": 1, "GET instances": 1, "PATCH sessionTemplates": 1, "GET objects": 1, "POST objects": 1, "GET buckets": 1,
		"databricks /api/2.1/clusters/create": 1,
	}
	if got.Lists != 3 || got.shared() != 4 || got.all() != 11 || !maps.Equal(got.Others, want) {
		t.Errorf("got %+v", got)
	}
}

func TestCallsOfAWSAreNamedByTheirAction(t *testing.T) {
	call := func(method, path, action string) wire.Call {
		return wire.Call{Vendor: "aws", Method: method, Path: path, Action: action, Status: 200}
	}
	got := count([]wire.Call{
		call("POST", "/", "DescribeStacks"), call("POST", "/", "CreateStack"), call("GET", "/schedules/a", ""), call("PUT", "/schedules/b", ""), call("GET", "/bucket/key", ""),
		{Vendor: "slack", Method: "POST", Path: "/api/x"},
	}, sortAWS)
	want := map[string]int{"DescribeStacks": 1, "CreateStack": 1, "GET schedules": 1, "PUT schedules": 1, "GET bucket": 1, "slack /api/x": 1}
	if got.all() != 6 || !maps.Equal(got.Others, want) {
		t.Errorf("got %+v", got)
	}
}
