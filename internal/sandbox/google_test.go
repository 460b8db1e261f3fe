package sandbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestEveryGoogleEndpointTakesTheTokenOfTheEnvironmentAlone(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	env := s.Env()
	calls := map[string]string{
		"GOOGLE_WORKBENCH_CUSTOM_ENDPOINT":        "projects/data-access/locations/" + env["GOOGLE_ZONE"] + "/instances",
		"GOOGLE_NOTEBOOKS_CUSTOM_ENDPOINT":        "projects/data-access/locations/" + env["GOOGLE_ZONE"] + "/instances",
		"GOOGLE_DATAPROC_CUSTOM_ENDPOINT":         "projects/data-access/regions/" + env["GOOGLE_REGION"] + "/clusters",
		"GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT": "projects/" + env["GOOGLE_PROJECT"],
		"GOOGLE_IAM_CUSTOM_ENDPOINT":              "projects/data-access/serviceAccounts",
		"GOOGLE_STORAGE_CUSTOM_ENDPOINT":          "b?project=" + env["GOOGLE_PROJECT"],
	}
	for name := range env {
		if _, known := calls[name]; strings.HasSuffix(name, "_CUSTOM_ENDPOINT") && !known {
			t.Errorf("%s is not tried here", name)
		}
	}
	for name, path := range calls {
		if status, answer := call(t, "GET", env[name]+path, env["GOOGLE_OAUTH_ACCESS_TOKEN"], ""); status != 200 {
			t.Errorf("%s: %d %s", name, status, answer)
		}
		for _, token := range []string{"another", ""} {
			if status, answer := call(t, "GET", env[name]+path, token, ""); status != 401 || !strings.HasPrefix(answer, `{"error":{"code":401,`) {
				t.Errorf("%s took the token %q: %d %s", name, token, status, answer)
			}
		}
	}
	for _, c := range s.Wire.Calls() {
		if c.Vendor != "google" && c.Vendor != "storage" {
			t.Errorf("recorded %+v", c)
		}
	}
	_, answer := call(t, "GET", env["GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT"]+"projects/data-access", env["GOOGLE_OAUTH_ACCESS_TOKEN"], "")
	if !strings.Contains(answer, `"projectNumber":"123456789012"`) {
		t.Errorf("got %s", answer)
	}
}

// Whoever forgets the token must not find credentials of this machine, nor wait for a metadata server.
func TestGooglesClientsFindNoOtherCredentials(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	for name, value := range s.Env() {
		t.Setenv(name, value)
	}
	before := time.Now()
	if _, err := storage.NewService(t.Context()); err == nil || time.Since(before) > time.Second {
		t.Errorf("got %v after %s", err, time.Since(before))
	}
}

func TestFaultsReachGooglesClientsWithTheirReason(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	client, err := storage.NewService(t.Context(), option.WithEndpoint(s.Env()["GOOGLE_STORAGE_CUSTOM_ENDPOINT"]), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Wire.AddFault(wire.Fault{Vendor: "storage", Path: "/storage/v1/b/*", Kind: wire.Status, Status: 403, Reason: "rateLimitExceeded", RetryAfter: 3}); err != nil {
		t.Fatal(err)
	}
	var refused *googleapi.Error
	_, err = client.Buckets.Get("any").Do()
	if !errors.As(err, &refused) || refused.Code != 403 || len(refused.Errors) != 1 || refused.Errors[0].Reason != "rateLimitExceeded" || refused.Header.Get("Retry-After") != "3" {
		t.Errorf("got %v", err)
	}
}

func TestAResetEmptiesGoogle(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	if err := s.Storage.CreateBucket(&storage.Bucket{Name: "theirs"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if buckets := s.Storage.Buckets(); len(buckets) != 0 {
		t.Errorf("got %v", buckets)
	}
}
