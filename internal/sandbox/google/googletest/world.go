// Package googletest is a project of Google's behind the product's real clients, and a wire of which a test is the
// master: it sees each call, and says what becomes of its answer.
package googletest

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
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

// World is a fake project with its buckets; its time is the test's. The fields below the clock are for a test to read
// and set while no call is under way.
type World struct {
	*fake.Fake
	Files *storage.Fake
	Clock *awaittest.Clock

	Calls   []string          // so far, without what is the test's own, such as "POST b" or "DELETE clusters/x"
	Queries []string          // of the calls
	Bodies  []string          // of the calls
	Next    map[string][]Fate // by call: what happens to the next ones
	At      func(call int)    // called before each call is served, with its number from 1

	t   *testing.T
	url string
	mu  sync.Mutex
}

// Fate is what happens to one call; serve has it served, the answer going nowhere.
type Fate func(w http.ResponseWriter, serve func())

// New is a world that lasts as long as the test.
func New(t *testing.T) *World {
	t.Helper()
	clock := awaittest.New()
	project, err := fake.New(fake.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	files, err := storage.New(storage.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Fake: project, Files: files, Clock: clock, Next: map[string][]Fate{}, t: t}
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

var (
	api   = regexp.MustCompile(`^.*/v1/`)
	ids   = regexp.MustCompile(`/(projects|regions|locations|clusters|sessions|sessionTemplates|operations|serviceAccounts|b|o)/[^/:]+`)
	place = regexp.MustCompile(`^/projects/x/((regions|locations)/x/)?`)
)

// nameOf is what a test calls a path: of what a thing is, and of no thing its name.
func nameOf(path string) string {
	path = ids.ReplaceAllString("/"+api.ReplaceAllString(path, ""), "/$1/x")
	return strings.TrimPrefix(place.ReplaceAllString(path, ""), "/")
}

func (w *World) serve(answer http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + nameOf(r.URL.Path)
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	w.mu.Lock()
	w.Calls, w.Queries, w.Bodies = append(w.Calls, call), append(w.Queries, r.URL.RawQuery), append(w.Bodies, string(body))
	var next Fate
	if queue := w.Next[call]; len(queue) > 0 {
		next, w.Next[call] = queue[0], queue[1:]
	}
	at, n := w.At, len(w.Calls)
	w.mu.Unlock()
	if at != nil {
		at(n)
	}
	serve := w.ServeHTTP
	if strings.HasPrefix(r.URL.Path, "/storage/") {
		serve = w.Files.ServeHTTP
	}
	if next == nil {
		serve(answer, r)
		return
	}
	next(answer, func() { serve(httptest.NewRecorder(), r) })
}

// Cloud is Google as an installation calls it.
func (w *World) Cloud(installation string) *google.Cloud {
	w.t.Helper()
	client := oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}))
	w.t.Cleanup(client.CloseIdleConnections)
	return google.New(google.Options{
		Installation: installation, Clock: w.Clock, HTTP: client, Endpoints: google.Endpoints{
			Dataproc: w.url + "/dataproc/v1/", Storage: w.url + "/storage/v1/", ResourceManager: w.url + "/cloudresourcemanager/v1/", IAM: w.url + "/iam/v1/",
		},
	})
}

// Fates says what happens to the next calls of a name.
func (w *World) Fates(call string, fates ...Fate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Next[call] = fates
}

// Writes are the calls so far that change something.
func (w *World) Writes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.Calls), func(c string) bool { return strings.HasPrefix(c, "GET ") })
}

// Count says how often a call was made.
func (w *World) Count(call string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.Calls {
		if c == call {
			n++
		}
	}
	return n
}

// Forget forgets the calls so far.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Calls, w.Queries, w.Bodies = nil, nil, nil
}

// Lost is a call whose connection breaks, after it was served or before.
func Lost(served bool) Fate {
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

// Answered is a call that is not served, and gets this answer. The header is written "Name: value"; "" is none.
func Answered(status int, header, body string) Fate {
	return func(w http.ResponseWriter, _ func()) {
		if key, value, some := strings.Cut(header, ": "); some {
			w.Header().Set(key, value)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
