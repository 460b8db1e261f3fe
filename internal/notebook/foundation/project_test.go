package foundation_test

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
	resourcemanager "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

const project = "sandbox-project"

// world is a fake project with its buckets behind the real clients and the real wire; its time is the test's.
type world struct {
	*fake.Fake
	files *storage.Fake
	t     *testing.T
	clock *awaittest.Clock
	url   string

	mu     sync.Mutex
	calls  []string          // such as "POST b" or "GET serviceAccounts/x"
	bodies []string          // of the calls, after their queries
	next   map[string][]fate // by call: what happens to the next ones
	at     func(call int)    // called before each call is served, with its number from 1
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
	files, err := storage.New(storage.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Fake: f, files: files, t: t, clock: clock, next: map[string][]fate{}}
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

var (
	ids     = regexp.MustCompile(`/(projects|b|o|serviceAccounts)/[^/:]+`)
	version = regexp.MustCompile(`^.*/v1/`)
)

func (w *world) serve(answer http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(ids.ReplaceAllString("/"+version.ReplaceAllString(r.URL.Path, ""), "/$1/x"), "/")
	name = strings.TrimPrefix(name, "projects/x/")
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	w.mu.Lock()
	w.calls, w.bodies = append(w.calls, r.Method+" "+name), append(w.bodies, r.URL.RawQuery+string(body))
	var next fate
	if queue := w.next[r.Method+" "+name]; len(queue) > 0 {
		next, w.next[r.Method+" "+name] = queue[0], queue[1:]
	}
	at, n := w.at, len(w.calls)
	w.mu.Unlock()
	if at != nil {
		at(n)
	}
	serve := w.ServeHTTP
	if strings.HasPrefix(r.URL.Path, "/storage/") {
		serve = w.files.ServeHTTP
	}
	if next == nil {
		serve(answer, r)
		return
	}
	next(answer, func() { serve(httptest.NewRecorder(), r) })
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
		Installation: installation, Clock: w.clock, HTTP: client, Endpoints: google.Endpoints{
			Storage: w.url + "/storage/v1/", ResourceManager: w.url + "/cloudresourcemanager/v1/", IAM: w.url + "/iam/v1/",
		},
	})
	return cloud
}

// builder is what a run of the provider has: nothing of earlier runs.
func (w *world) builder() *foundation.Builder { return foundation.New(w.cloud("test")) }

// other is a run of another installation.
func (w *world) other() *foundation.Builder { return foundation.New(w.cloud("other")) }

const account = "notebooks@" + project + ".iam.gserviceaccount.com"

// wanted is a whole foundation, with changes.
func wanted(change ...func(*foundation.Wanted)) foundation.Wanted {
	f := foundation.Wanted{
		Project: project, Bucket: "templates-1", BucketLocation: "us-central1", ServiceAccount: "notebooks",
		Roles: []string{"roles/dataproc.hubAgent", "roles/logging.logWriter"}, Users: []string{"ana@example.com", "Bob@example.com"},
		Labels: map[string]string{"team": "red"},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func (w *world) ensured(f foundation.Wanted) *foundation.Foundation {
	w.t.Helper()
	made, err := w.builder().Ensure(w.t.Context(), f)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// projectPolicy is who may do what in the project.
func (w *world) projectPolicy() *resourcemanager.Policy {
	w.t.Helper()
	p, err := google.ResourceManager(w.cloud("test")).Projects.GetIamPolicy(project, &resourcemanager.GetIamPolicyRequest{}).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// setProjectPolicy is what somebody else does.
func (w *world) setProjectPolicy(p *resourcemanager.Policy) {
	w.t.Helper()
	if _, err := google.ResourceManager(w.cloud("test")).Projects.SetIamPolicy(project, &resourcemanager.SetIamPolicyRequest{Policy: p}).Do(); err != nil {
		w.t.Fatal(err)
	}
}

// members are who has a role in the project without a condition.
func (w *world) members(role string) (members []string) {
	for _, b := range w.projectPolicy().Bindings {
		if b.Role == role && b.Condition == nil {
			members = append(members, b.Members...)
		}
	}
	return members
}

// actors are who may act as the service account.
func (w *world) actors() (members []string) {
	w.t.Helper()
	p, err := google.IAM(w.cloud("test")).Projects.ServiceAccounts.GetIamPolicy("projects/" + project + "/serviceAccounts/" + account).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, b := range p.Bindings {
		if b.Role == "roles/iam.serviceAccountUser" {
			members = append(members, b.Members...)
		}
	}
	return members
}

// readers are who may read the bucket's files by our role.
func (w *world) readers() (members []string) {
	w.t.Helper()
	p, err := google.Storage(w.cloud("test")).Buckets.GetIamPolicy("templates-1").Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, b := range p.Bindings {
		if b.Role == "roles/storage.objectViewer" {
			members = append(members, b.Members...)
		}
	}
	return members
}

func (w *world) accounts() (emails []string) {
	w.t.Helper()
	list, err := google.IAM(w.cloud("test")).Projects.ServiceAccounts.List("projects/" + project).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range list.Accounts {
		emails = append(emails, a.Email)
	}
	return emails
}

// account is the service account as Google has it.
func (w *world) account() *iam.ServiceAccount {
	w.t.Helper()
	is, err := google.IAM(w.cloud("test")).Projects.ServiceAccounts.Get("projects/" + project + "/serviceAccounts/" + account).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	return is
}

// bucket is the one bucket.
func (w *world) bucket() *api.Bucket {
	w.t.Helper()
	all := w.files.Buckets()
	if len(all) != 1 {
		w.t.Fatalf("there are %d buckets, want one", len(all))
	}
	return all[0]
}
