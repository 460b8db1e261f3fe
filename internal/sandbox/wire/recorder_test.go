package wire_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// bench is a recorder in front of vendors that count what reached them and answer 201.
type bench struct {
	*wire.Recorder
	clock   *awaittest.Clock
	effects atomic.Int32
	urls    map[string]string
}

func newBench(t *testing.T) *bench {
	b := &bench{clock: awaittest.New(), urls: map[string]string{}}
	b.Recorder = wire.New(b.clock)
	for _, vendor := range []string{"databricks", "slack", "google", "storage", "aws"} {
		server := httptest.NewServer(b.Wrap(vendor, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b.effects.Add(1)
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusCreated)
			_, _ = fmt.Fprintf(w, "%s", body)
		})))
		t.Cleanup(server.Close)
		b.urls[vendor] = server.URL
	}
	return b
}

type answer struct {
	status int
	header http.Header
	body   string
}

// post sends a form, which no client repeats by itself.
func (b *bench) post(t *testing.T, vendor, path string, form url.Values) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.urls[vendor]+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(t, req)
}

func do(t *testing.T, req *http.Request) (answer, error) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body)}, err
}

func TestCallsListEveryCallInOrder(t *testing.T) {
	b := newBench(t)
	start := b.clock.Now()
	for _, path := range []string{"/first?token=secret", "/second"} {
		if got, err := b.post(t, "slack", path, url.Values{"token": {"secret"}}); err != nil || got.status != 201 || got.body != "token=secret" {
			t.Fatalf("the vendor's own answer should pass: %+v, %v", got, err)
		}
		b.clock.Advance(time.Second)
	}
	want := []wire.Call{
		{Vendor: "slack", Method: "POST", Path: "/first", Status: 201, Time: start},
		{Vendor: "slack", Method: "POST", Path: "/second", Status: 201, Time: start.Add(time.Second)},
	}
	if got := b.Calls(); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	text, err := json.Marshal(b.Calls()[0])
	if err != nil || string(text) != `{"vendor":"slack","method":"POST","path":"/first","status":201,"time":"2026-01-02T03:04:05Z"}` {
		t.Errorf("got %s, %v", text, err)
	}
	b.Forget()
	if got := b.Calls(); len(got) != 0 {
		t.Errorf("forgotten calls are still there: %v", got)
	}
}

func TestCallsNameAWSActions(t *testing.T) {
	b := newBench(t)
	request := func(method, query, target, body string) {
		req, err := http.NewRequestWithContext(t.Context(), method, b.urls["aws"]+"/"+query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		if target != "" {
			req.Header.Set("Content-Type", "application/x-amz-json-1.1")
			req.Header.Set("X-Amz-Target", target)
		}
		if got, err := do(t, req); err != nil || got.body != body {
			t.Errorf("the vendor should get the whole body %q, got %q, %v", body, got.body, err)
		}
	}
	request("POST", "", "", "Action=DescribeStacks&StackName=a")
	request("POST", "", "AmazonSSM.GetParameter", `{"Name":"a"}`)
	request("GET", "?Action=GetCallerIdentity", "", "")
	request("POST", "", "", "no=action")
	var got []string
	for _, call := range b.Calls() {
		got = append(got, call.Action)
	}
	if want := []string{"DescribeStacks", "GetParameter", "GetCallerIdentity", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheListOfCallsIsBounded(t *testing.T) {
	b := newBench(t)
	b.LimitCalls(4)
	for i := range 7 {
		if _, err := b.post(t, "slack", fmt.Sprintf("/%d", i), nil); err != nil {
			t.Fatal(err)
		}
	}
	calls := b.Calls()
	if len(calls) > 4 || calls[len(calls)-1].Path != "/6" {
		t.Errorf("got %d calls, the last to %s", len(calls), calls[len(calls)-1].Path)
	}
}

func TestLatencyIsAddedToEveryAnswer(t *testing.T) {
	b := newBench(t)
	b.SetLatency(20 * time.Millisecond)
	for _, vendor := range []string{"slack", "aws"} {
		if _, err := b.post(t, vendor, "/", nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.clock.Slept(); !slices.Equal(got, []time.Duration{20 * time.Millisecond, 20 * time.Millisecond}) {
		t.Errorf("slept %v", got)
	}
}

func TestResetForgetsCallsFaultsAndLatency(t *testing.T) {
	b := newBench(t)
	b.SetLatency(time.Minute)
	if err := b.AddFault(wire.Fault{Kind: wire.Status, Status: 500, Times: -1}); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if got, err := b.post(t, "slack", "/", nil); err != nil || got.status != 201 || len(b.clock.Slept()) != 0 || len(b.Calls()) != 1 {
		t.Errorf("got %+v, %v after pauses %v and calls %v", got, err, b.clock.Slept(), b.Calls())
	}
}

func TestConcurrentCallsAreAllRecorded(t *testing.T) {
	b := newBench(t)
	handler := b.Wrap("databricks", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for range 1000 {
				handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/x", nil))
			}
		})
	}
	all.Wait()
	calls := b.Calls()
	if len(calls) != 10_000 || slices.ContainsFunc(calls, func(c wire.Call) bool { return c.Status != 204 }) {
		t.Errorf("got %d calls", len(calls))
	}
}

func BenchmarkRecorder(b *testing.B) {
	recorder := wire.New(awaittest.New())
	handler := recorder.Wrap("databricks", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	req, w := httptest.NewRequestWithContext(b.Context(), "GET", "/x", nil), httptest.NewRecorder()
	for b.Loop() {
		handler.ServeHTTP(w, req)
	}
}
