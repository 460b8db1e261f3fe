package session_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/oauth2"
	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	project = "sandbox-project"
	region  = "us-central1"
)

// world is a fake project behind the real clients and the real wire; its time is the test's.
type world struct {
	*fake.Fake
	t     *testing.T
	clock *awaittest.Clock
	url   string

	mu     sync.Mutex
	calls  []string          // such as "POST sessionTemplates"
	bodies []string          // of the calls
	next   map[string][]fate // by call: what happens to the next ones
}

// fate is what happens to one call; serve has it served, the answer going nowhere.
type fate func(w http.ResponseWriter, serve func())

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := awaittest.New()
	f, err := fake.New(fake.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Fake: f, t: t, clock: clock, next: map[string][]fate{}}
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) serve(answer http.ResponseWriter, r *http.Request) {
	name := "sessionTemplates"
	if !strings.HasSuffix(r.URL.Path, "/sessionTemplates") {
		name = "sessionTemplates/x"
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	w.mu.Lock()
	w.calls, w.bodies = append(w.calls, r.Method+" "+name), append(w.bodies, string(body))
	var next fate
	if queue := w.next[r.Method+" "+name]; len(queue) > 0 {
		next, w.next[r.Method+" "+name] = queue[0], queue[1:]
	}
	w.mu.Unlock()
	if next == nil {
		w.ServeHTTP(answer, r)
		return
	}
	next(answer, func() { w.ServeHTTP(httptest.NewRecorder(), r) })
}

// writes are the calls so far that change something.
func (w *world) writes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.calls), func(c string) bool { return strings.HasPrefix(c, "GET ") })
}

func (w *world) count(call string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (w *world) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls, w.bodies = nil, nil
}

func (w *world) fates(call string, fates ...fate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next[call] = fates
}

func lost(served bool) fate {
	return func(w http.ResponseWriter, serve func()) {
		if served {
			serve()
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not a polite end
		}
		_ = conn.Close()
	}
}

func answered(status int, header, body string) fate {
	return func(w http.ResponseWriter, _ func()) {
		if key, value, some := strings.Cut(header, ": "); some {
			w.Header().Set(key, value)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (w *world) cloud(installation string) *google.Cloud {
	w.t.Helper()
	client := oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}))
	w.t.Cleanup(client.CloseIdleConnections)
	cloud := google.New(google.Options{
		Installation: installation, Clock: w.clock, HTTP: client, Endpoints: google.Endpoints{Dataproc: w.url + "/dataproc/v1/"},
	})
	return cloud
}

// desk is what a run of the provider has: nothing of earlier runs.
func (w *world) desk() *session.Desk { return session.New(w.cloud("test")) }

// other is a run of another installation.
func (w *world) other() *session.Desk { return session.New(w.cloud("other")) }

// raw is a template as Google has it.
func (w *world) raw(id string) *dataproc.SessionTemplate {
	w.t.Helper()
	is, err := google.Dataproc(w.cloud("test")).Projects.Locations.SessionTemplates.Get(id).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	return is
}

// all are the names of all templates.
func (w *world) all() (names []string) {
	w.t.Helper()
	list, err := google.Dataproc(w.cloud("test")).Projects.Locations.SessionTemplates.List("projects/" + project + "/locations/" + region).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range list.SessionTemplates {
		names = append(names, t.Name)
	}
	return names
}

func mustPerson(email string) person.Person {
	who, err := person.Parse(email)
	if err != nil {
		panic(err)
	}
	return who
}

var ana, bob = mustPerson("ana@example.com"), mustPerson("bob@example.com")

// wanted is ana's template, with changes.
func wanted(change ...func(*session.Template)) session.Template {
	t := session.Template{
		Person: ana, Project: project, Location: region, Name: session.DefaultName(ana),
		DisplayName: "Spark for Ana", Description: "hers", Kernel: session.Python, RuntimeVersion: "2.3",
		Properties: map[string]string{"spark.executor.instances": "2", "spark.executor.cores": "4"},
		Labels:     map[string]string{"team": "red", "cost": "17"},
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

func (w *world) ensured(t session.Template) *session.Template {
	w.t.Helper()
	made, _, err := w.desk().Ensure(w.t.Context(), t)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}
