package singleuser_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

const installation = "test"

// workspace is a fake workspace behind the real SDK and the real wire; its time is the test's.
type workspace struct {
	*databricks.Fake
	t     *testing.T
	clock *awaittest.Clock
	url   string

	mu     sync.Mutex
	calls  []string
	lose   map[string][]loss // by path: what happens to the next answers
	before func(path string) // called before each request is served
	dead   atomic.Bool       // connections break
}

// loss is what happens to one answer.
type loss func(w http.ResponseWriter, serve func())

func newWorkspace(t *testing.T) *workspace {
	clock := awaittest.New()
	ws := &workspace{Fake: databricks.New(databricks.Options{Clock: clock}), t: t, clock: clock, lose: map[string][]loss{}}
	server := httptest.NewServer(ws)
	t.Cleanup(server.Close)
	ws.url = server.URL
	return ws
}

func (ws *workspace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if strings.HasPrefix(r.URL.Path, "/api/2.0/permissions/") {
		path = "permissions"
	}
	ws.mu.Lock()
	if strings.HasPrefix(r.URL.Path, "/api/") {
		ws.calls = append(ws.calls, r.Method+" "+path)
	}
	var next loss
	if queue := ws.lose[r.Method+" "+path]; len(queue) > 0 {
		next, ws.lose[r.Method+" "+path] = queue[0], queue[1:]
	}
	before := ws.before
	ws.mu.Unlock()
	if before != nil {
		before(path)
	}
	if ws.dead.Load() {
		resetConnection(w)
		return
	}
	if next == nil {
		ws.Fake.ServeHTTP(w, r)
		return
	}
	next(w, func() { ws.Fake.ServeHTTP(httptest.NewRecorder(), r) })
}

// count says how often a call was made, such as "POST create".
func (ws *workspace) count(call string) (n int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, c := range ws.calls {
		if c == call {
			n++
		}
	}
	return n
}

// writes are the calls so far that change something.
func (ws *workspace) writes() []string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(ws.calls), func(c string) bool { return strings.HasPrefix(c, "GET ") })
}

// fleet is what a run of the provider has: nothing of earlier runs.
func (ws *workspace) fleet() *singleuser.Fleet { return ws.fleetOf(installation) }

func (ws *workspace) fleetOf(installation string) *singleuser.Fleet {
	ws.t.Helper()
	return singleuser.New(ws.api(), singleuser.Options{Installation: installation, Clock: ws.clock, Starts: 10})
}

// only is the one cluster of the workspace.
func (ws *workspace) only() compute.ClusterDetails {
	ws.t.Helper()
	clusters := ws.Clusters()
	if len(clusters) != 1 {
		ws.t.Fatalf("there are %d clusters, want exactly one", len(clusters))
	}
	return clusters[0]
}

func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func lostAfter(w http.ResponseWriter, serve func())  { serve(); resetConnection(w) }
func lostBefore(w http.ResponseWriter, _ func())     { resetConnection(w) }
func endedAfter(w http.ResponseWriter, serve func()) { serve(); panic(http.ErrAbortHandler) }

// answeredAfter lets the call happen and answers something else.
func answeredAfter(status int, body string) loss {
	return func(w http.ResponseWriter, serve func()) { serve(); answered(status, body)(w, nil) }
}

func answered(status int, body string, header ...string) loss {
	return func(w http.ResponseWriter, _ func()) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

var ana = mustPerson("Ana.Diaz@example.com")

func mustPerson(email string) person.Person {
	who, err := person.Parse(email)
	if err != nil {
		panic(err)
	}
	return who
}

const settingsJSON = `{
  "spark_version": "15.4.x-scala2.12", "node_type_id": "i3.xlarge", "kind": "CLASSIC_PREVIEW", "is_single_node": true,
  "autotermination_minutes": 30, "custom_tags": {"team": "data"},
  "libraries": [{"pypi": {"package": "pandas==2.2.3"}}, {"pypi": {"package": "polars"}}]
}`

func settings(t *testing.T, text string) *singleuser.Settings {
	t.Helper()
	s, err := singleuser.ParseSettings(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wanted is Ana's cluster, as most tests want it.
func wanted(t *testing.T, changes ...func(*singleuser.Wanted)) singleuser.Wanted {
	w := singleuser.Wanted{
		Person: ana, Name: "ana", Settings: settings(t, settingsJSON), OwnerLevel: compute.ClusterPermissionLevelCanRestart,
		WarmUp: true, OnExisting: singleuser.LeaveExisting,
	}
	for _, change := range changes {
		change(&w)
	}
	return w
}

func cold(w *singleuser.Wanted) { w.WarmUp = false }

func with(t *testing.T, text string) func(*singleuser.Wanted) {
	return func(w *singleuser.Wanted) { w.Settings = settings(t, text) }
}

func existing(how singleuser.Existing) func(*singleuser.Wanted) {
	return func(w *singleuser.Wanted) { w.OnExisting = how }
}

func granted(entries ...singleuser.Entry) func(*singleuser.Wanted) {
	return func(w *singleuser.Wanted) { w.Grants = entries }
}

func pinned(want bool) func(*singleuser.Wanted) {
	return func(w *singleuser.Wanted) { w.Pinned = &want }
}

// ensured runs an ensure in a run of its own that must not fail.
func (ws *workspace) ensured(w singleuser.Wanted) *singleuser.Cluster {
	ws.t.Helper()
	c, err := ws.fleet().Ensure(ws.t.Context(), w)
	if err != nil {
		ws.t.Fatal(err)
	}
	return c
}

// updated runs an update in a run of its own that must not fail.
func (ws *workspace) updated(c *singleuser.Cluster, before, now singleuser.Wanted) *singleuser.Cluster {
	ws.t.Helper()
	after, err := ws.fleet().Update(ws.t.Context(), c.ID, singleuser.Last{WarmUp: c.WarmUp, Unfinished: c.Outcome == singleuser.Failed}, before, now)
	if err != nil {
		ws.t.Fatal(err)
	}
	return after
}

// startedSince reports whether any cluster was started, or made, since the calls were forgotten.
func (ws *workspace) started() bool { return ws.count("POST start")+ws.count("POST create") > 0 }

func (ws *workspace) forgetCalls() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.calls = nil
}

// start starts a cluster as a person would, and waits until it runs.
func (ws *workspace) start(id string) {
	ws.t.Helper()
	if _, err := ws.api().Clusters.Start(context.Background(), compute.StartCluster{ClusterId: id}); err != nil {
		ws.t.Fatal(err)
	}
	ws.clock.Advance(10 * 60 * 1e9)
}

func (ws *workspace) fleetWithStarts(n int) *singleuser.Fleet {
	return singleuser.New(ws.api(), singleuser.Options{Installation: installation, Clock: ws.clock, Starts: n})
}

// doomedFleet is a run that is killed just before a call: from then on none of its calls is answered.
func (ws *workspace) doomedFleet(call string) (fleet *singleuser.Fleet, killed <-chan struct{}) {
	ws.t.Helper()
	dead, buried := make(chan struct{}), make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/"+call) {
			once.Do(func() { close(dead) })
		}
		select {
		case <-dead:
			<-buried
		default:
			ws.ServeHTTP(w, r)
		}
	}))
	ws.t.Cleanup(server.Close)
	ws.t.Cleanup(func() { close(buried) }) // before the server is closed, which waits for its calls
	api, err := singleuser.Connect(&config.Config{Host: server.URL, Token: "secret", AuthType: "pat"}, singleuser.Limits{})
	if err != nil {
		ws.t.Fatal(err)
	}
	return singleuser.New(api, singleuser.Options{Installation: installation, Clock: ws.clock, Starts: 10}), dead
}

// api is the workspace as somebody else's program sees it.
func (ws *workspace) api() singleuser.API {
	ws.t.Helper()
	api, err := singleuser.Connect(&config.Config{Host: ws.url, Token: "secret", AuthType: "pat"}, singleuser.Limits{})
	if err != nil {
		ws.t.Fatal(err)
	}
	return api
}

// uninstall takes a library off as somebody else would, past the test's own hooks.
func (ws *workspace) uninstall(id, pypi string) {
	server := httptest.NewServer(ws.Fake)
	defer server.Close()
	api, err := singleuser.Connect(&config.Config{Host: server.URL, Token: "secret", AuthType: "pat"}, singleuser.Limits{})
	if err == nil {
		err = api.Libraries.Uninstall(context.Background(), compute.UninstallLibraries{ClusterId: id, Libraries: []compute.Library{{Pypi: &compute.PythonPyPiLibrary{Package: pypi}}}})
	}
	if err != nil {
		ws.t.Error(err)
	}
}
