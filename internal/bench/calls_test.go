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
	})
	if got.Lists != 3 || got.PermissionReads != 2 || got.Refused != 2 || got.others() != 6 || got.all() != 11 {
		t.Errorf("got %+v", got)
	}
	want := map[string]int{"PATCH permissions": 1, "clusters/create": 2, "preview/scim/v2/Me": 1, "discovery": 1, "chat.postMessage": 1}
	if !maps.Equal(got.Others, want) {
		t.Errorf("got %v, want %v", got.Others, want)
	}
}
