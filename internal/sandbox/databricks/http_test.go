package databricks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

var (
	meRequest = iam.MeRequest{}
	idForm    = regexp.MustCompile(`^\d{4}-\d{6}-[0-9a-z]{8}$`)
)

func wantBody(t *testing.T, status int, reply string, wantStatus int, code, message string) {
	t.Helper()
	var body struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(reply), &body); err != nil || status != wantStatus || body.Code != code || !strings.Contains(body.Message, message) {
		t.Errorf("got %d %s, want %d %s %q", status, reply, wantStatus, code, message)
	}
}

func serve(ctx context.Context, fake *databricks.Fake, method, path, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer t")
	reply := httptest.NewRecorder()
	fake.ServeHTTP(reply, request)
	return reply
}

func nextPage(ctx context.Context, fake *databricks.Fake, token string) (next string, more bool) {
	var page struct {
		Next string `json:"next_page_token"`
	}
	_ = json.Unmarshal(serve(ctx, fake, "GET", "/api/2.1/clusters/list?page_size=100&page_token="+token, "").Body.Bytes(), &page)
	return page.Next, page.Next != ""
}

func TestTheBearerToken(t *testing.T) {
	w := open(t, databricks.Options{Token: "dapi-right"})
	for _, authorization := range []string{"", "Bearer ", "Basic dapi-right", "Bearer dapi-wrong"} {
		status, reply, _ := send(t, "GET", w.url+"/api/2.0/preview/scim/v2/Me", "", authorization)
		wantBody(t, status, reply, 401, "", "Credential was not sent")
	}
	status, reply, header := send(t, "GET", w.url+"/api/2.0/preview/scim/v2/Me?", "", "Bearer dapi-right")
	if status != 200 || header.Get("X-Databricks-Org-Id") != "900" {
		t.Errorf("got %d %s %v", status, reply, header)
	}
}

func TestMachinesGetTokens(t *testing.T) {
	w := open(t, databricks.Options{Token: "nobody has this one"})
	w.connect(&config.Config{Host: w.url, ClientID: "1-2", ClientSecret: "secret"})
	if _, err := w.me.Me(t.Context(), meRequest); err != nil {
		t.Errorf("client id and secret: %v", err)
	}

	file := filepath.Join(t.TempDir(), "jwt")
	w.must(os.WriteFile(file, []byte("a.b.c"), 0o600))
	w.connect(&config.Config{Host: w.url, ClientID: "1-2", OIDCTokenFilepath: file, AuthType: "file-oidc"})
	if _, err := w.me.Me(t.Context(), meRequest); err != nil {
		t.Errorf("workload identity: %v", err)
	}

	w.clock.Advance(time.Hour)
	status, reply, _ := send(t, "GET", w.url+"/api/2.0/preview/scim/v2/Me", "", "Bearer issued-1")
	wantBody(t, status, reply, 401, "", "Credential")
	for form, want := range map[string]string{
		"grant_type=client_credentials":                              "invalid_client",
		"grant_type=password":                                        "unsupported_grant_type",
		"grant_type=urn:ietf:params:oauth:grant-type:token-exchange": "invalid_request",
	} {
		if status, reply, _ := send(t, "POST", w.url+"/oidc/v1/token", form, ""); status < 400 || !strings.Contains(reply, want) {
			t.Errorf("%s: got %d %s", form, status, reply)
		}
	}
}

func TestDiscoveryFillsTheConfiguration(t *testing.T) {
	w := open(t, databricks.Options{})
	cfg := &config.Config{Host: w.url, Token: "t"}
	w.connect(cfg)
	if cfg.WorkspaceID != "900" || cfg.AccountID == "" || cfg.HostType() != config.WorkspaceHost {
		t.Errorf("got workspace %q, account %q, %s", cfg.WorkspaceID, cfg.AccountID, cfg.HostType())
	}
}

func TestUnknownRoutes(t *testing.T) {
	w := open(t, databricks.Options{})
	for _, path := range []string{"/api/2.1/clusters/nope", "/api/2.0/jobs/list", "/"} {
		status, reply, _ := w.send("GET", path, "")
		wantBody(t, status, reply, 404, "ENDPOINT_NOT_FOUND", path)
	}
	status, reply, _ := w.send("DELETE", "/api/2.1/clusters/get", "")
	wantBody(t, status, reply, 404, "ENDPOINT_NOT_FOUND", "DELETE")
}

func TestEveryBodyIsReadStrictly(t *testing.T) {
	w := open(t, databricks.Options{})
	for _, path := range []string{
		"/api/2.1/clusters/edit", "/api/2.1/clusters/update", "/api/2.1/clusters/resize", "/api/2.1/clusters/start",
		"/api/2.1/clusters/restart", "/api/2.1/clusters/delete", "/api/2.1/clusters/permanent-delete", "/api/2.1/clusters/pin",
		"/api/2.1/clusters/unpin", "/api/2.1/clusters/change-owner", "/api/2.1/clusters/events",
		"/api/2.0/libraries/install", "/api/2.0/libraries/uninstall",
	} {
		status, reply, _ := w.send("POST", path, `{"cluster_id":"c","clusterid":"c"}`)
		wantBody(t, status, reply, 400, "MALFORMED_REQUEST", `"clusterid"`)
		status, reply, _ = w.send("POST", path, `{}`)
		wantBody(t, status, reply, 400, "INVALID_PARAMETER_VALUE", "Missing required field: ")
	}
	status, reply, _ := w.send("GET", "/api/2.1/clusters/get", "")
	wantBody(t, status, reply, 400, "INVALID_PARAMETER_VALUE", "Missing required field: cluster_id")
}

func TestRateLimits(t *testing.T) {
	w := open(t, databricks.Options{RateLimits: true})
	id := w.create(personal("ana@example.com"))
	cases := []struct {
		method, path, body string
		allowed            int
		retryAfter         string
	}{
		{"GET", "/api/2.0/permissions/clusters/" + id, "", 100, "1"},
		{"PATCH", "/api/2.0/permissions/clusters/" + id, "{}", 30, "1"},
		{"GET", "/api/2.0/preview/scim/v2/Me", "", 255, "1"},
		{"GET", "/api/2.1/clusters/get?cluster_id=" + id, "", 30, "1"},
	}
	w.clock.Advance(time.Minute)
	for _, c := range cases {
		for i := range c.allowed {
			if reply := serve(t.Context(), w.Fake, c.method, c.path, c.body); reply.Code != 200 {
				t.Fatalf("%s %s: call %d of %d: %d %s", c.method, c.path, i+1, c.allowed, reply.Code, reply.Body)
			}
		}
		status, reply, header := w.send(c.method, c.path, c.body)
		wantBody(t, status, reply, 429, "REQUEST_LIMIT_EXCEEDED", "rate limit")
		if got := header.Get("Retry-After"); got != c.retryAfter {
			t.Errorf("%s: Retry-After is %q", c.path, got)
		}
		w.clock.Advance(time.Second)
		if status, reply, _ := w.send(c.method, c.path, c.body); status != 200 {
			t.Errorf("%s after a second: %d %s", c.path, status, reply)
		}
	}
}

func TestTheCatalogIsWhatTheSDKSelectsFrom(t *testing.T) {
	w := open(t, databricks.Options{})
	version, err := w.clusters.SelectSparkVersion(t.Context(), compute.SparkVersionRequest{LongTermSupport: true, Latest: true})
	if err != nil || version != "17.3.x-scala2.13" {
		t.Errorf("got %q, %v", version, err)
	}
	node, err := w.clusters.SelectNodeType(t.Context(), compute.NodeTypeRequest{LocalDisk: true, MinMemoryGB: 30})
	if err != nil || node != "i3.xlarge" {
		t.Errorf("got %q, %v", node, err)
	}
}

func TestManyCallersAtOnce(t *testing.T) {
	w := open(t, databricks.Options{})
	var callers sync.WaitGroup
	for i := range 20 {
		callers.Go(func() {
			created, err := w.clusters.Create(t.Context(), personal(fmt.Sprintf("p%d@example.com", i)))
			if err != nil {
				t.Error(err)
				return
			}
			w.clock.Advance(time.Minute)
			if err := w.install(created.ClusterId, pypi("numpy")...); err != nil {
				t.Error(err)
			}
			if _, err := w.clusters.ListAll(t.Context(), compute.ListClustersRequest{PageSize: 5}); err != nil {
				t.Error(err)
			}
			w.Clusters()
		})
	}
	callers.Wait()
	ids := map[string]bool{}
	for _, c := range w.Clusters() {
		ids[c.ClusterId] = true
	}
	if len(ids) != 20 {
		t.Errorf("%d different ids", len(ids))
	}
}
