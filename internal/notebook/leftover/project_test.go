package leftover_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/oauth2"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
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

	mu      sync.Mutex
	calls   []string          // such as "DELETE clusters/x"
	queries []string          // of the calls
	next    map[string][]fate // by call: what happens to the next ones
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

var ids = regexp.MustCompile(`/(projects|regions|locations|clusters|sessions|operations)/[^/:]+`)

func (w *world) serve(answer http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(ids.ReplaceAllString(r.URL.Path, "/$1/x"), "/dataproc/v1/projects/x/regions/x/")
	name = strings.TrimPrefix(name, "/dataproc/v1/projects/x/locations/x/")
	w.mu.Lock()
	w.calls, w.queries = append(w.calls, r.Method+" "+name), append(w.queries, r.URL.RawQuery)
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
	w.calls, w.queries = nil, nil
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

func mustPerson(email string) person.Person {
	who, err := person.Parse(email)
	if err != nil {
		panic(err)
	}
	return who
}

var ana, bob = mustPerson("ana@example.com"), mustPerson("bob@example.com")
