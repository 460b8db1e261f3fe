package template_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const (
	shared = "data-access-templates"
	text   = "clusterName: spark\n"
)

// bucket is a fake of Cloud Storage behind the real client and the real wire; its time is the test's.
type bucket struct {
	*storage.Fake
	*wire.Recorder
	t      *testing.T
	clock  *awaittest.Clock
	url    string
	before func(*http.Request) // called before each request is served
}

func newBucket(t *testing.T) *bucket {
	b := &bucket{t: t, clock: awaittest.New()}
	fake, err := storage.New(storage.Options{Clock: b.clock})
	b.must(err)
	b.Fake, b.Recorder = fake, wire.New(b.clock)
	b.must(fake.CreateBucket(&api.Bucket{Name: shared}))
	server := httptest.NewServer(b.Wrap("storage", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.before != nil {
			b.before(r)
		}
		fake.ServeHTTP(w, r)
	})))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *bucket) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// store is what a run of the provider has: nothing of earlier runs.
func (b *bucket) store() *template.Store { return b.storeOf("test") }

func (b *bucket) storeOf(installation string) *template.Store {
	b.t.Helper()
	cloud := google.New(google.Options{
		Installation: installation, Clock: b.clock, HTTP: oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"})), Endpoints: google.Endpoints{Storage: b.url + "/storage/v1/"},
	})
	return template.New(cloud)
}

// wanted is somebody's file, in a folder of templates.
func (b *bucket) wanted(email string) template.Object {
	b.t.Helper()
	name, err := template.Path("templates", someone(b.t, email), "standard")
	b.must(err)
	return template.Object{Bucket: shared, Name: name, Text: text}
}

// made is somebody's file, uploaded by an earlier run.
func (b *bucket) made(email string) template.Object {
	b.t.Helper()
	made, created, err := b.store().Ensure(b.t.Context(), someone(b.t, email), b.wanted(email))
	if err != nil || !created {
		b.t.Fatalf("created %v, %v", created, err)
	}
	b.Forget()
	return made
}

// deletes is a run that deletes a file, and has nothing to do with it otherwise.
func (b *bucket) deletes(o template.Object) {
	b.t.Helper()
	if left, err := b.store().Delete(b.t.Context(), o); left || err != nil {
		b.t.Fatalf("left %v: %v", left, err)
	}
}

// only is the one object there is.
func (b *bucket) only() storage.Object {
	b.t.Helper()
	all := b.Objects("")
	if len(all) != 1 {
		b.t.Fatalf("there are %d objects, want exactly one: %v", len(all), all)
	}
	return all[0]
}

// fail has the next call of a kind go wrong.
func (b *bucket) fail(faults ...wire.Fault) {
	b.t.Helper()
	b.must(b.AddFault(faults...))
}

// calls are the calls so far, such as "GET object".
func (b *bucket) calls() (all []string) {
	for _, c := range b.Calls() {
		what := "object"
		switch {
		case strings.HasPrefix(c.Path, "/upload/"):
			what = "upload"
		case strings.HasSuffix(c.Path, "/o"):
			what = "list"
		case !strings.Contains(c.Path, "/o/"):
			what = "bucket"
		}
		all = append(all, c.Method+" "+what)
	}
	return all
}

func (b *bucket) wantCalls(want ...string) {
	b.t.Helper()
	if got := strings.Join(b.calls(), ", "); got != strings.Join(want, ", ") {
		b.t.Errorf("calls: %s; want %s", got, strings.Join(want, ", "))
	}
}

// overtake has somebody else do something just before the first request of a method.
func (b *bucket) overtake(method string, do func()) {
	b.before = func(r *http.Request) {
		if r.Method == method {
			b.before = nil
			do()
		}
	}
}
