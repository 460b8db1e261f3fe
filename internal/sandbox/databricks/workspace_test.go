package databricks_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/httpclient"
	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

// workspace is a fake behind HTTP, and the SDK's clients of it.
type workspace struct {
	*databricks.Fake
	t           *testing.T
	clock       *awaittest.Clock
	url         string
	clusters    *compute.ClustersAPI
	libraries   *compute.LibrariesAPI
	policies    *compute.ClusterPoliciesAPI
	me          *iam.CurrentUserAPI
	users       *iam.UsersV2API
	permissions *iam.PermissionsAPI
}

func open(t *testing.T, options databricks.Options) *workspace {
	t.Helper()
	w := &workspace{t: t, clock: awaittest.New()}
	options.Clock = w.clock
	w.Fake = databricks.New(options)
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.connect(&config.Config{Host: server.URL, Token: "dapi-test"})
	return w
}

// noEnvironment keeps the SDK from reading the machine's DATABRICKS_* variables and profiles.
type noEnvironment struct{}

func (noEnvironment) Name() string                   { return "none" }
func (noEnvironment) Configure(*config.Config) error { return nil }

// connect makes clients that try each call once, so that a refusal is seen and not retried.
func (w *workspace) connect(cfg *config.Config) {
	w.t.Helper()
	cfg.Loaders = []config.Loader{noEnvironment{}}
	cfg.RateLimitPerSecond = 10_000
	if err := cfg.EnsureResolved(); err != nil {
		w.t.Fatal(err)
	}
	transport, err := config.HTTPClientConfigFromConfig(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	transport.RetryTimeout = time.Nanosecond
	api, err := client.NewWithClient(cfg, httpclient.NewApiClient(transport))
	if err != nil {
		w.t.Fatal(err)
	}
	w.clusters, w.libraries, w.policies = compute.NewClusters(api), compute.NewLibraries(api), compute.NewClusterPolicies(api)
	w.me, w.users, w.permissions = iam.NewCurrentUser(api), iam.NewUsersV2(api), iam.NewPermissions(api)
}

// personal is a cluster as a client of today asks for it.
func personal(email string) compute.CreateCluster {
	return compute.CreateCluster{
		ClusterName:            "personal " + email,
		Kind:                   compute.KindClassicPreview,
		IsSingleNode:           true,
		DataSecurityMode:       compute.DataSecurityModeDataSecurityModeDedicated,
		SingleUserName:         email,
		SparkVersion:           "15.4.x-scala2.12",
		NodeTypeId:             "m5d.large",
		AutoterminationMinutes: 30,
	}
}

// create starts a cluster and returns its id.
func (w *workspace) create(request compute.CreateCluster) string {
	w.t.Helper()
	created, err := w.clusters.Create(w.t.Context(), request)
	if err != nil {
		w.t.Fatal(err)
	}
	return created.ClusterId
}

// running creates a cluster and waits until it is up.
func (w *workspace) running(request compute.CreateCluster) string {
	w.t.Helper()
	id := w.create(request)
	w.clock.Advance(4 * time.Minute)
	w.wantState(id, compute.StateRunning)
	return id
}

// stopped creates a cluster, and stops it as soon as it is up.
func (w *workspace) stopped(request compute.CreateCluster) string {
	w.t.Helper()
	id := w.running(request)
	w.must(w.terminate(id))
	w.clock.Advance(45 * time.Second)
	w.wantState(id, compute.StateTerminated)
	return id
}

func (w *workspace) terminate(id string) error {
	_, err := w.clusters.Delete(w.t.Context(), compute.DeleteCluster{ClusterId: id})
	return err
}

func (w *workspace) start(id string) error {
	_, err := w.clusters.Start(w.t.Context(), compute.StartCluster{ClusterId: id})
	return err
}

func (w *workspace) get(id string) *compute.ClusterDetails {
	w.t.Helper()
	details, err := w.clusters.GetByClusterId(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return details
}

func (w *workspace) wantState(id string, want compute.State) {
	w.t.Helper()
	if details := w.get(id); details.State != want {
		w.t.Fatalf("cluster is %s (%s), want %s", details.State, details.StateMessage, want)
	}
}

func (w *workspace) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wantRefusal checks an SDK error by status, code and a part of its message.
func wantRefusal(t *testing.T, err error, status int, code, message string) {
	t.Helper()
	var refused *apierr.APIError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a refusal with %q", err, message)
	}
	if refused.StatusCode != status || refused.ErrorCode != code || !strings.Contains(refused.Message, message) {
		t.Fatalf("got %d %s %q, want %d %s %q", refused.StatusCode, refused.ErrorCode, refused.Message, status, code, message)
	}
}

// send makes a request that the SDK would not make.
func (w *workspace) send(method, path, body string) (status int, reply string, header http.Header) {
	w.t.Helper()
	return send(w.t, method, w.url+path, body, "Bearer dapi-test")
}

func send(t *testing.T, method, url, body, authorization string) (status int, reply string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", authorization)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	document, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(document), response.Header
}
