package sandbox_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func call(t *testing.T, method, address, token, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if strings.Contains(address, "/api/chat.") || strings.Contains(address, "/api/users.") || strings.Contains(address, "/api/auth.") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// answers says whether anybody listens.
func answers(t *testing.T, address string) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return true
}

func TestEveryVendorAnswersToTheTokensOfTheEnvironment(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	env := s.Env()
	if status, answer := call(t, "GET", env["DATABRICKS_HOST"]+"/api/2.1/clusters/list", env["DATABRICKS_TOKEN"], ""); status != 200 {
		t.Errorf("Databricks: %d %s", status, answer)
	}
	if status, answer := call(t, "GET", env["DATABRICKS_HOST"]+"/api/2.1/clusters/list", "another", ""); status < 400 {
		t.Errorf("Databricks took another token: %d %s", status, answer)
	}
	if _, answer := call(t, "POST", env["SLACK_API_URL"]+"auth.test", env["SLACK_BOT_TOKEN"], ""); !strings.Contains(answer, `"ok":true`) {
		t.Errorf("Slack: %s", answer)
	}
	if _, answer := call(t, "POST", env["SLACK_API_URL"]+"auth.test", "another", ""); !strings.Contains(answer, `"invalid_auth"`) {
		t.Errorf("Slack took another token: %s", answer)
	}
	if status, answer := call(t, "POST", env["AWS_ENDPOINT_URL"]+"/", "", ""); status != 501 || !strings.Contains(answer, "without AWS") {
		t.Errorf("AWS: %d %s", status, answer)
	}
	if err := s.PutSecret(t.Context(), "b", "k", "v"); err == nil {
		t.Error("a secret was put where there is no AWS")
	}
	var got []string
	for _, c := range s.Wire.Calls() {
		got = append(got, c.Vendor)
	}
	if want := []string{"databricks", "databricks", "slack", "slack", "aws"}; !slices.Equal(got, want) {
		t.Errorf("recorded calls to %v, want %v", got, want)
	}
}

func TestEnvironmentKeepsRealCloudsOut(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	env := s.Environ([]string{
		"PATH=/bin", "PROVISIONER_CACHE=/c", "PROVISIONER_SANDBOX=http://other",
		"AWS_PROFILE=production", "AWS_ENDPOINT_URL_S3=https://s3", "DATABRICKS_CLIENT_SECRET=x", "AWSOME=1",
		"GOOGLE_CREDENTIALS=x", "GOOGLE_CLOUD_PROJECT=production", "GOOGLE_APPLICATION_CREDENTIALS=/x",
		"CLOUDSDK_CONFIG=/x", "GCLOUD_KEYFILE_JSON=x", "STORAGE_EMULATOR_HOST=other", "STORAGE_BOX=1",
	})
	for _, want := range []string{"PATH=/bin", "PROVISIONER_CACHE=/c", "AWSOME=1", "STORAGE_BOX=1", "GOOGLE_APPLICATION_CREDENTIALS=/dev/null", "AWS_CONFIG_FILE=/dev/null", "PROVISIONER_SANDBOX=" + s.ControlURL, "AWS_REGION=us-east-1"} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing from %q", want, env)
		}
	}
	for _, variable := range env {
		if name, _, _ := strings.Cut(variable, "="); slices.Contains([]string{
			"AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "DATABRICKS_CLIENT_SECRET",
			"GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CONFIG", "GCLOUD_KEYFILE_JSON", "STORAGE_EMULATOR_HOST",
		}, name) || variable == "PROVISIONER_SANDBOX=http://other" || variable == "GOOGLE_APPLICATION_CREDENTIALS=/x" {
			t.Errorf("%s got in", variable)
		}
	}
}

func TestControlAddress(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	steps := []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/healthz", "", 200, `{"status":"ok"}`},
		{"POST", "/healthz", "", 405, ""},
		{"GET", "/reset", "", 405, ""},
		{"GET", "/calls", "", 200, "[]"},
		{"POST", "/calls", "", 405, ""},
		{"POST", "/faults", `{"kind":"status","vendor":"azure","status":500}`, 400, `cannot use these faults: unknown vendor "azure": there are aws, databricks, github, google, slack, sliderule, storage`},
		{"POST", "/latency", `{}`, 400, `cannot use this body: required field "ms" is missing`},
		{"POST", "/slack/unknown", `{"email":"ana@example.com"}`, 200, ""},
		{"GET", "/slack/messages", "", 200, "[]"},
		{"GET", "/nothing", "", 404, ""},
		{"GET", "/databricks/nothing", "", 404, ""},
		{"GET", "/google/nothing", "", 404, ""},
		{"POST", "/storage/buckets", `{"name":"theirs"}`, 200, ""},
		{"GET", "/storage/objects?bucket=theirs", "", 200, "[]"},
	}
	for _, step := range steps {
		if status, answer := call(t, step.method, s.ControlURL+step.path, "", step.body); status != step.status || !strings.HasPrefix(answer, step.answer) {
			t.Errorf("%s %s %s: got %d %s, want %d %s", step.method, step.path, step.body, status, answer, step.status, step.answer)
		}
	}
	lookup := func() (int, string) {
		return call(t, "POST", s.SlackURL+"users.lookupByEmail", "", url.Values{"token": {s.Env()["SLACK_BOT_TOKEN"]}, "email": {"ana@example.com"}}.Encode())
	}
	if _, answer := lookup(); !strings.Contains(answer, "users_not_found") {
		t.Errorf("got %s", answer)
	}
	if status, answer := call(t, "POST", s.ControlURL+"/faults", "", `{"vendor":"slack","kind":"status","status":429,"times":-1}`); status != 200 {
		t.Fatalf("got %d %s", status, answer)
	}
	if status, _ := lookup(); status != 429 {
		t.Errorf("the fault does not apply: %d", status)
	}
	_, answer := call(t, "GET", s.ControlURL+"/calls", "", "")
	var calls []map[string]any
	if err := json.Unmarshal([]byte(answer), &calls); err != nil || len(calls) != 2 || calls[1]["status"] != 429.0 || strings.Contains(answer, "token") {
		t.Errorf("got %s, %v", answer, err)
	}
	if status, answer := call(t, "POST", s.ControlURL+"/reset", "", ""); status != 200 {
		t.Fatalf("got %d %s", status, answer)
	}
	if status, answer := lookup(); status != 200 || !strings.Contains(answer, `"ok":true`) || len(s.Wire.Calls()) != 1 {
		t.Errorf("after a reset: %d %s, calls %v", status, answer, s.Wire.Calls())
	}
}

func TestLatencyOutlivesAReset(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true, Latency: 30 * time.Millisecond})
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	call(t, "POST", s.SlackURL+"auth.test", "x", "")
	if took := time.Since(before); took < 30*time.Millisecond {
		t.Errorf("answered after %s", took)
	}
}

func TestCloseLeavesNothingListening(t *testing.T) {
	s, err := sandbox.Start(t.Context(), sandbox.Options{WithoutAWS: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	for _, address := range []string{s.DatabricksURL, s.SlackURL, s.GoogleURL, s.StorageURL, s.GitHubURL, s.SlideRuleURL, s.AWSURL, s.ControlURL} {
		if answers(t, address) {
			t.Errorf("%s still answers", address)
		}
	}
}
