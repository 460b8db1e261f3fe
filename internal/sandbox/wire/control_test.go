package wire_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestControl(t *testing.T) {
	b := newBench(t)
	steps := []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/calls", "", 200, "[]"},
		{"POST", "/faults", `{"kind":"status","status":429,"retry_after":3}`, 200, ""},
		{"POST", "/faults", `[{"kind":"delay","ms":5},{"kind":"reset_before","vendor":"aws"}]`, 200, ""},
		{"POST", "/faults", `{"kind":"boom"}`, 400, `cannot use these faults: field "kind" has the value "boom"`},
		{"POST", "/latency", `{"ms":20}`, 200, ""},
		{"POST", "/latency", `{"ms":-1}`, 400, "ms is a number of milliseconds"},
		{"POST", "/latency", `{"s":1}`, 400, `cannot use this body: unknown field "s"`},
		{"PUT", "/calls", "", 405, ""},
		{"GET", "/faults", "", 405, ""},
		{"GET", "/nothing", "", 404, ""},
	}
	for _, step := range steps {
		w := httptest.NewRecorder()
		b.Control().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), step.method, step.path, strings.NewReader(step.body)))
		if w.Code != step.status || !strings.HasPrefix(w.Body.String(), step.answer) {
			t.Errorf("%s %s %s: got %d %s, want %d %s", step.method, step.path, step.body, w.Code, w.Body, step.status, step.answer)
		}
	}
	if got, err := b.post(t, "slack", "/", nil); err != nil || got.status != 429 || got.header.Get("Retry-After") != "3" {
		t.Errorf("the fault given over HTTP did not apply: %+v, %v", got, err)
	}
	if slept := b.clock.Slept(); len(slept) != 1 || slept[0] != 20*time.Millisecond {
		t.Errorf("the latency given over HTTP did not apply: %v", slept)
	}
	w := httptest.NewRecorder()
	b.Control().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/calls", nil))
	if want := `[{"vendor":"slack","method":"POST","path":"/","status":429,"fault":"` + string(wire.Status) + `","time":`; !strings.HasPrefix(w.Body.String(), want) {
		t.Errorf("got %s, want %s…", w.Body, want)
	}
	b.Control().ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "DELETE", "/calls", nil))
	if calls := b.Calls(); len(calls) != 0 {
		t.Errorf("deleted calls are still there: %v", calls)
	}
}
