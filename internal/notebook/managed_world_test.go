package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	testProject = "sandbox-project"
	anns        = "ann" // notebook
)

// v1World is Google with a fleet before it, and a wire between them that remembers and can be cut.
type v1World struct {
	t     *testing.T
	clock *awaittest.Clock
	fake  *fake.Fake
	wire  *wire
	cloud *google.Cloud
	fleet *Fleet
}

func newV1World(t *testing.T) *v1World {
	t.Helper()
	w := &v1World{t: t, clock: awaittest.New(), wire: &wire{}}
	var err error
	if w.fake, err = fake.New(fake.Options{Clock: w.clock, Project: testProject}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.fake)
	t.Cleanup(server.Close)
	w.cloud = google.New(google.Options{
		Installation: "test", Clock: w.clock, HTTP: &http.Client{Transport: w.wire},
		Endpoints: google.Endpoints{Workbench: server.URL + "/notebooks/v2/", Notebooks: server.URL + "/notebooks/v1/"},
	})
	w.again()
	return w
}

// again is another run of the provider.
func (w *v1World) again() { w.fleet = New(w.cloud) }

func (w *v1World) ensure(wanted Wanted) *Notebook {
	w.t.Helper()
	n, err := w.fleet.Ensure(w.t.Context(), wanted)
	if err == nil {
		err = n.Problem
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// update also forgets the calls that came before.
func (w *v1World) update(before, after Wanted) *Notebook {
	w.t.Helper()
	w.wire.reset()
	n, err := w.fleet.Update(w.t.Context(), after.id(), before, after)
	if err == nil {
		err = n.Problem
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// rest and edit are about the one notebook that these tests have.
func (w *v1World) rest(kind fake.Kind) {
	w.t.Helper()
	if err := w.fake.IdleStop(kind, anns); err != nil {
		w.t.Fatal(err)
	}
}

func (w *v1World) edit(kind fake.Kind, change map[string]any) {
	w.t.Helper()
	if err := w.fake.Edit(kind, anns, change); err != nil {
		w.t.Fatal(err)
	}
}

// wire records what was written and can answer in Google's place.
type wire struct {
	mu     sync.Mutex
	writes []string
	// instead may answer a request in Google's place; nil sends it on.
	instead func(line string) *said
}

// said is an answer: one of ours, or one of Google's that got lost.
type said struct {
	status int
	body   string
	lost   bool
}

func (w *wire) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes = nil
}

func (w *wire) wrote() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.writes)
}

// RoundTrip sends a request on, and remembers one that writes as: METHOD path?query body, without the request id.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	line := r.Method + " " + r.URL.Path[strings.LastIndex(r.URL.Path, "/locations/")+1:] + asked(r.URL.Query())
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		line += " " + plain(body)
	}
	w.mu.Lock()
	if r.Method != http.MethodGet {
		w.writes = append(w.writes, line)
	}
	instead := w.instead
	w.mu.Unlock()
	r.Header.Set("Authorization", "Bearer sandbox")
	var answer *said
	if instead != nil {
		answer = instead(line)
	}
	if answer != nil && !answer.lost {
		return &http.Response{
			StatusCode: answer.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer.body)),
		}, nil
	}
	reply, err := http.DefaultTransport.RoundTrip(r)
	if answer != nil && err == nil {
		_ = reply.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	return reply, err
}

func asked(query url.Values) string {
	for _, key := range []string{"alt", "prettyPrint", "requestId"} {
		query.Del(key)
	}
	if len(query) == 0 {
		return ""
	}
	text, err := url.QueryUnescape(query.Encode())
	if err != nil {
		return query.Encode()
	}
	return "?" + text
}

// plain is a body in one spelling.
func plain(body []byte) string {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return string(body)
	}
	delete(fields, "requestId")
	text, _ := json.Marshal(fields)
	return string(text)
}

func who(t *testing.T, email string) person.Person {
	t.Helper()
	p, err := person.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// same compares what was written.
func same(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("wrote\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// changed is a configuration with a change.
func changed(w Wanted, change func(*Wanted)) Wanted {
	change(&w)
	return w
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
