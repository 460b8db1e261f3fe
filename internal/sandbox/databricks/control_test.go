package databricks_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

// control calls the back door and returns the reply.
func (w *workspace) control(method, path, body string) (status int, reply string) {
	recorder := httptest.NewRecorder()
	w.Control().ServeHTTP(recorder, httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

func (w *workspace) order(path, body string) string {
	w.t.Helper()
	status, reply := w.control("POST", path, body)
	if status != 200 {
		w.t.Fatalf("%s %s: %d %s", path, body, status, reply)
	}
	return reply
}

func TestControlReachesEveryScenario(t *testing.T) {
	w := open(t, databricks.Options{})
	w.order("/timings", `{"start":"10s","stop":"10s"}`)
	w.order("/fail-library", `{"name":"nope","message":"no matching distribution"}`)
	w.order("/fail-start", `{"match":"cy@","code":"AWS_AUTHORIZATION_FAILURE","type":"CLIENT_ERROR","parameters":{"a":"b"}}`)
	w.order("/die-during-libraries", `{"match":"dee@"}`)
	w.order("/go-to-error", `{"match":"eva@"}`)
	w.order("/list-lag", `{"duration":"5s"}`)
	w.order("/policy", `{"policy_id":"P","name":"p","definition":"{\"custom_tags.x\":{\"type\":\"fixed\",\"value\":\"y\"}}"}`)
	w.order("/caller", `{"user_name":"boss@example.com","admin":true}`)
	w.order("/user", `{"userName":"left@example.com"}`)
	w.order("/remove-user", `{"user_name":"gone@example.com"}`)

	ids := map[string]string{}
	for _, name := range []string{"ana@example.com", "cy@example.com", "dee@example.com", "eva@example.com"} {
		request := personal(name)
		request.PolicyId = "P"
		ids[name] = w.create(request)
		w.must(w.install(ids[name], pypi("nope")...))
	}
	if names := w.list(compute.ListClustersRequest{}); len(names) != 0 {
		t.Errorf("the list shows %v at once", names)
	}
	w.clock.Advance(10 * time.Second)
	w.wantState(ids["ana@example.com"], compute.StateRunning)
	w.clock.Advance(40 * time.Second)
	w.wantLibraries(ids["ana@example.com"], "nope FAILED")
	w.wantState(ids["cy@example.com"], compute.StateTerminated)
	w.wantState(ids["dee@example.com"], compute.StateTerminated)
	w.wantState(ids["eva@example.com"], compute.StateError)
	if got := w.get(ids["ana@example.com"]); got.CreatorUserName != "boss@example.com" || got.CustomTags["x"] != "y" {
		t.Errorf("got %+v", got)
	}

	reply := w.order("/seed", `{"cluster":{"cluster_name":"other","spark_version":"15.4.x-scala2.12","num_workers":1},"creator":"someone@example.com"}`)
	seeded := strings.Split(reply, `"`)[3]
	if got := w.get(seeded); got.ClusterName != "other" || got.CreatorUserName != "someone@example.com" || got.State != compute.StateTerminated {
		t.Errorf("got %+v", got)
	}
	if _, reply := w.control("GET", "/clusters", ""); strings.Count(reply, `"cluster_source"`) != 5 {
		t.Errorf("clusters: %s", reply)
	}
	w.order("/purge", `{"cluster_id":"`+seeded+`"}`)
	if _, reply := w.control("GET", "/clusters", ""); strings.Contains(reply, seeded) {
		t.Error("the purged cluster is still there")
	}
	w.order("/heal", "")
	w.must(w.start(ids["cy@example.com"]))
	w.clock.Advance(10 * time.Second)
	w.wantState(ids["cy@example.com"], compute.StateRunning)
	w.order("/reset", "")
	if len(w.Clusters()) != 0 {
		t.Error("reset left clusters")
	}
}

func TestControlIsStrict(t *testing.T) {
	w := open(t, databricks.Options{})
	for path, body := range map[string]string{
		"/timings":      `{"begin":"1s"}`,
		"/list-lag":     `{"duration":"soon"}`,
		"/fail-start":   `{"match":"","code":"NOPE","type":"CLIENT_ERROR"}`,
		"/fail-library": `{"name":"x"}`,
		"/go-to-error":  ``,
		"/policy":       `{"name":"no id"}`,
		"/seed":         `{"cluster":{"cluster_nam":"x","spark_version":"v"},"creator":"a"}`,
		"/purge":        `{"cluster_id":"unknown"}`,
		"/nope":         `{}`,
	} {
		if status, reply := w.control("POST", path, body); status < 400 || status >= 500 {
			t.Errorf("%s %s: %d %s", path, body, status, reply)
		}
	}
}
