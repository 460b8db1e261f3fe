package notebook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	installation = "test"
	projectID    = "sandbox-project"
	zone         = "us-central1-a"
)

// project is a fake Google project behind the real clients and the real wire; its time is the test's.
type project struct {
	*fake.Fake
	t     *testing.T
	clock *awaittest.Clock
	url   string

	mu     sync.Mutex
	calls  []request
	lose   map[string][]loss // by call: what happens to the next answers
	before func(call string) // called before each request is served
	edit   func(call string, answer []byte) []byte
	hidden loss // what operations answer
}

// request is one call as it was sent.
type request struct {
	Call  string // such as POST instances, GET instances/ana, POST instances/ana:stop, GET operations/operation-1
	Query map[string][]string
	Body  map[string]any
}

// loss is what happens to one answer.
type loss func(w http.ResponseWriter, serve func())

func newProject(t *testing.T) *project {
	t.Helper()
	clock := awaittest.New()
	f, err := fake.New(fake.Options{Clock: clock, Project: projectID})
	if err != nil {
		t.Fatal(err)
	}
	p := &project{Fake: f, t: t, clock: clock, lose: map[string][]loss{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *project) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.Path
	if _, after, found := strings.Cut(r.URL.Path, "/locations/"); found {
		_, after, _ = strings.Cut(after, "/")
		call = r.Method + " " + after
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	sent := request{Call: call, Query: r.URL.Query()}
	_ = json.Unmarshal(body, &sent.Body)

	p.mu.Lock()
	p.calls = append(p.calls, sent)
	var next loss
	if queue := p.lose[call]; len(queue) > 0 {
		next, p.lose[call] = queue[0], queue[1:]
	}
	if p.hidden != nil && strings.HasPrefix(call, "GET operations") {
		next = p.hidden
	}
	before, edit := p.before, p.edit
	p.mu.Unlock()
	if before != nil {
		before(call)
	}
	switch {
	case next != nil:
		next(w, func() { p.Fake.ServeHTTP(httptest.NewRecorder(), r) })
	case edit != nil:
		answer := httptest.NewRecorder()
		p.Fake.ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		_, _ = w.Write(edit(call, answer.Body.Bytes()))
	default:
		p.Fake.ServeHTTP(w, r)
	}
}

// loses queues what happens to the next answers of a call.
func (p *project) loses(call string, losses ...loss) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose[call] = append(p.lose[call], losses...)
}

func (p *project) on(before func(call string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = before
}

// tells changes what Google tells of instances.
func (p *project) tells(change func(instance map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edit = func(call string, answer []byte) []byte {
		var told map[string]any
		if !strings.HasPrefix(call, "GET instances") || json.Unmarshal(answer, &told) != nil {
			return answer
		}
		if all, isList := told["instances"].([]any); isList {
			for _, one := range all {
				change(one.(map[string]any))
			}
		} else if told["name"] != nil {
			change(told)
		}
		changed, _ := json.Marshal(told)
		return changed
	}
}

// hidesOperations has every look at an operation end so.
func (p *project) hidesOperations(how loss) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hidden = how
}

// writes are the calls so far that change something.
func (p *project) writes() (calls []string) {
	for _, r := range p.sent() {
		if !strings.HasPrefix(r.Call, "GET ") {
			calls = append(calls, r.Call)
		}
	}
	return calls
}

// count says how often a call was made.
func (p *project) count(call string) (n int) {
	for _, r := range p.sent() {
		if r.Call == call {
			n++
		}
	}
	return n
}

func (p *project) sent() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

// corners are the calls so far, by number from 1, at which a run turns to something else: the first and the last of
// each series of equal ones.
func (p *project) corners() (numbers []int) {
	sent := p.sent()
	for i, r := range sent {
		if i == 0 || i == len(sent)-1 || r.Call != sent[i-1].Call || r.Call != sent[i+1].Call {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

// last is the last request of a call.
func (p *project) last(call string) request {
	p.t.Helper()
	for _, r := range slices.Backward(p.sent()) {
		if r.Call == call {
			return r
		}
	}
	p.t.Fatalf("there was no call %s, but %v", call, p.writes())
	return request{}
}

func (p *project) forgetCalls() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = nil
}

// fleet is what a run of the provider has: nothing of earlier runs.
func (p *project) fleet() *notebook.Fleet { return notebook.New(p.cloud(installation)) }

func (p *project) cloud(installation string) *google.Cloud {
	p.t.Helper()
	cloud := google.New(google.Options{
		Installation: installation, Clock: p.clock, HTTP: &http.Client{Transport: bearer{}}, UserAgent: "test",
		Endpoints: google.Endpoints{
			Workbench: p.url + "/notebooks/v2/", Notebooks: p.url + "/notebooks/v1/", Dataproc: p.url + "/dataproc/v1/",
			ResourceManager: p.url + "/cloudresourcemanager/v1/", IAM: p.url + "/iam/v1/",
		},
	})
	return cloud
}

// bearer adds the credentials.
type bearer struct{}

func (bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer secret")
	return http.DefaultTransport.RoundTrip(r)
}

// instances are all Workbench instances there are, past the fleet.
func (p *project) instances() []*workbench.Instance {
	p.t.Helper()
	p.on(nil)
	p.mu.Lock()
	edit := p.edit
	p.edit = nil
	p.mu.Unlock()
	all, err := google.Workbench(p.cloud("nobody")).Projects.Locations.Instances.List("projects/" + projectID + "/locations/" + zone).Context(context.Background()).Do()
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.edit = edit
	p.mu.Unlock()
	return all.Instances
}

// only is the one instance of the project.
func (p *project) only() *workbench.Instance {
	p.t.Helper()
	all := p.instances()
	if len(all) != 1 {
		p.t.Fatalf("there are %d instances, want exactly one", len(all))
	}
	return all[0]
}

// others makes an instance that is somebody else's.
func (p *project) others(name string, labels map[string]string) {
	p.t.Helper()
	_, err := google.Workbench(p.cloud("nobody")).Projects.Locations.Instances.
		Create("projects/"+projectID+"/locations/"+zone, &workbench.Instance{Labels: labels, InstanceOwners: []string{"eve@example.com"}}).InstanceId(name).Do()
	if err != nil {
		p.t.Fatal(err)
	}
	p.clock.Advance(10 * time.Minute)
}

// does makes a call for Ana's notebook as a person in the Cloud console would, and lets it end.
func (p *project) does(verb string) {
	p.t.Helper()
	api, id := google.Workbench(p.cloud("nobody")).Projects.Locations.Instances, idOf("ana")
	var err error
	switch verb {
	case "stop":
		_, err = api.Stop(id, &workbench.StopInstanceRequest{}).Do()
	case "start":
		_, err = api.Start(id, &workbench.StartInstanceRequest{}).Do()
	case "delete":
		_, err = api.Delete(id).Do()
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// patches changes Ana's notebook as a person in the Cloud console would.
func (p *project) patches(mask string, body *workbench.Instance) {
	p.t.Helper()
	_, err := google.Workbench(p.cloud("nobody")).Projects.Locations.Instances.Patch(idOf("ana"), body).UpdateMask(mask).Do()
	if err != nil {
		p.t.Fatal(err)
	}
	p.clock.Advance(time.Minute)
}

func idOf(name string) string {
	return "projects/" + projectID + "/locations/" + zone + "/instances/" + name
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

// answeredAfter lets the call happen and answers something else.
func answeredAfter(status int, body string) loss {
	return func(w http.ResponseWriter, serve func()) { serve(); answered(status, body)(w, nil) }
}

func lostAfter(_ http.ResponseWriter, serve func()) { serve(); panic(http.ErrAbortHandler) }
func lostBefore(_ http.ResponseWriter, _ func())    { panic(http.ErrAbortHandler) }

// refusal is an error of Google's.
func refusal(code int, status, message string) string {
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "status": status, "message": message}})
	return string(body)
}

var (
	ana = mustPerson("Ana.Diaz@example.com")
	bob = mustPerson("bob@example.com")
)

func mustPerson(email string) person.Person {
	who, err := person.Parse(email)
	if err != nil {
		panic(err)
	}
	return who
}

// wanted is Ana's notebook, as most tests want it.
func wanted(changes ...func(*notebook.Wanted)) notebook.Wanted {
	w := notebook.Wanted{
		Person: ana, Environment: notebook.Workbench, Project: projectID, Location: zone, Name: "ana", Identity: notebook.AsUser,
		MachineType: "e2-standard-4", IdleShutdown: 3 * time.Hour,
		Labels: map[string]string{"team": "data"}, Metadata: map[string]string{"notebook-disable-downloads": "true"},
	}
	for _, change := range changes {
		change(&w)
	}
	return w
}

// ensured runs an ensure in a run of its own that must not fail.
func (p *project) ensured(w notebook.Wanted) *notebook.Notebook {
	p.t.Helper()
	n, err := p.fleet().Ensure(p.t.Context(), w)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// updated runs an update in a run of its own that must not fail.
func (p *project) updated(before, after notebook.Wanted) *notebook.Notebook {
	p.t.Helper()
	n, err := p.fleet().Update(p.t.Context(), idOf(after.Name), before, after)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// read reads Ana's notebook in a run of its own.
func (p *project) read() *notebook.Notebook {
	p.t.Helper()
	n, err := p.fleet().Read(p.t.Context(), notebook.Workbench, idOf("ana"))
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// says fails the test unless an error is of a kind and contains all words.
func says(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if err == nil || (kind != nil && !errors.Is(err, kind)) {
		t.Fatalf("got error %v, want %v", err, kind)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error %q does not say %q", err, word)
		}
	}
}
