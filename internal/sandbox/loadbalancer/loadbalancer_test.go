//go:build unix

package loadbalancer_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/loadbalancer"
)

// wants is what a request must come to.
func (w *world) wants(host, path, token, body string, code int, answer string) {
	w.Helper()
	got, kind, text := w.get(host, path, token, body)
	if page := code != http.StatusOK; got != code || !strings.Contains(text, answer) || page != (kind == "text/html") {
		w.Errorf("%s%s: got %d %s %s, want %d %s", host, path, got, kind, text, code, answer)
	}
}

const dev = `{"service":"dev"}`

func TestALoadBalancerIsThereWhileItsStackIs(t *testing.T) {
	w := newWorld(t)
	w.wants("dev.example.org", "/discovery/status", "", dev, 503, "No server is available")
	w.deploy("dev", true, false, "latest")
	w.wants("dev.example.org", "/discovery/status", "", dev, 503, "No server is available")
	w.deploy("dev", true, true, "latest")
	w.wants("dev.example.org", "/discovery/status", "", dev, 200, `{"nodes":2}`)
	w.wants("dev.example.org:8443", "/discovery/status", "", dev, 200, `{"nodes":2}`)
	w.wants("dev.example.org", "/discovery/whoami", "", "", 200, `{"cluster":"dev"}`)
	w.wants("dev.example.org", "/source/version", "", "", 200, `"server":{"build":"v5.5.0-0-g0000000","launch":"2026-08-01T09:00:00Z","version":"v5.5.0"}`)

	w.wants("dev.example.org", "/discovery/status", "", `{"service":"ana"}`, 200, `{"nodes":0}`)
	w.wants("dev.example.org", "/discovery/status", "", "", 500, "500 Internal Server Error")
	w.wants("dev.example.org", "/discovery/status", "", "service=dev", 500, "500 Internal Server Error")
	w.wants("dev.example.org", "/discovery/register", "", dev, 403, "administrative rules")
	w.wants("dev.example.org", "/elsewhere", "", "", 404, "")
	w.wants("dev.example.com", "/discovery/status", "", dev, 503, "")
	w.wants("other.example.org", "/discovery/status", "", dev, 503, "")
	w.wants("example.org", "/discovery/status", "", dev, 503, "")

	asleep := &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("dev-asg"), DesiredCapacity: aws.Int32(0)}
	if _, err := autoscaling.NewFromConfig(w.config).SetDesiredCapacity(t.Context(), asleep); err != nil {
		t.Fatal(err)
	}
	w.wants("dev.example.org", "/discovery/status", "", dev, 200, `{"nodes":0}`)
	w.wants("dev.example.org", "/source/version", "", "", 503, "No server is available")

	if err := w.region.Destroy(t.Context(), "dev", false); err != nil {
		t.Fatal(err)
	}
	w.wants("dev.example.org", "/discovery/status", "", dev, 503, "No server is available")
}

func TestWhoMayEnter(t *testing.T) {
	w := newWorld(t)
	w.deploy("dev", false, true, "v5.4.3")
	w.deploy("open", true, true, "latest")
	made, err := kms.NewFromConfig(w.config).CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify})
	if err != nil {
		t.Fatal(err)
	}
	foreign := *made.KeyMetadata.Arn
	for name, c := range map[string]struct {
		token string
		code  int
	}{
		"no token":            {"", 403},
		"none of ours":        {"abc", 403},
		"for this cluster":    {w.token(w.signing, "dev"), 200},
		"for every cluster":   {w.token(w.signing, "*"), 200},
		"for another":         {w.token(w.signing, "dev-two"), 403},
		"of another key":      {w.token(foreign, "dev"), 403},
		"of another issuer":   {w.token(w.signing, "dev", func(c *jwt.RegisteredClaims) { c.Issuer = "https://login.example.com" }), 403},
		"without an end":      {w.token(w.signing, "dev", func(c *jwt.RegisteredClaims) { c.ExpiresAt = nil }), 403},
		"over for an hour":    {w.token(w.signing, "dev", func(c *jwt.RegisteredClaims) { c.ExpiresAt = jwt.NewNumericDate(w.clock.Now().Add(-time.Hour)) }), 403},
		"with nobody's proof": {unsigned(t), 403},
	} {
		want := `"version":"v5.4.3"`
		if c.code == 403 {
			want = "403 Forbidden"
		}
		t.Log(name)
		w.wants("dev.example.org", "/source/version", c.token, "", c.code, want)
		w.wants("dev.example.org", "/discovery/status", c.token, dev, 200, `{"nodes":2}`)
	}
	// A public cluster needs no token, and refuses a bad one.
	w.wants("open.example.org", "/source/version", "", "", 200, `"v5.5.0"`)
	w.wants("open.example.org", "/source/version", w.token(w.signing, "open"), "", 200, `"v5.5.0"`)
	w.wants("open.example.org", "/source/version", w.token(foreign, "open"), "", 403, "403 Forbidden")
}

func unsigned(t *testing.T) string {
	t.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": "https://login.example.org", "aud": "dev", "exp": 4e9}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestALoadBalancerDoesAsItIsTold(t *testing.T) {
	w := newWorld(t)
	w.deploy("dev", true, true, "latest")
	control := httptest.NewServer(w.fake.Control())
	defer control.Close()
	order := func(body string, code int) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, control.URL+"/orders", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if text, _ := io.ReadAll(response.Body); response.StatusCode != code {
			t.Errorf("%s: got %d %s", body, response.StatusCode, text)
		}
	}
	order(`{"cluster":"dev","version":"v4.20.0","registered":1}`, 200)
	w.wants("dev.example.org", "/discovery/status", "", dev, 200, `{"nodes":1}`)
	w.wants("dev.example.org", "/source/version", "", "", 200, `"version":"v4.20.0"`)
	order(`{"cluster":"dev","registered":0}`, 200)
	w.wants("dev.example.org", "/discovery/status", "", dev, 200, `{"nodes":0}`)
	order(`{"cluster":"dev","status":502}`, 200)
	w.wants("dev.example.org", "/discovery/status", "", dev, 502, "502 Bad Gateway")
	order(`{"cluster":"dev","hang_up":true}`, 200)
	if code, _, answer := w.get("dev.example.org", "/discovery/status", "", dev); code != 0 {
		t.Errorf("it did not hang up: %d %s", code, answer)
	}
	for _, bad := range []string{`{}`, `{"cluster":""}`, `{"cluster":"dev","registered":-1}`, `{"cluster":"dev","status":99}`, `{"cluster":"dev","nodes":1}`} {
		order(bad, 400)
	}
	order(`{"cluster":"dev"}`, 200)
	w.wants("dev.example.org", "/discovery/status", "", dev, 200, `{"nodes":2}`)
	order(`{"cluster":"dev","hang_up":true}`, 200)
	w.fake.Reset()
	w.wants("dev.example.org", "/source/version", "", "", 200, `"version":"v5.5.0"`)
}

func TestWithoutAWSNobodyIsThere(t *testing.T) {
	front := httptest.NewServer(loadbalancer.New(loadbalancer.Options{}))
	defer front.Close()
	w := &world{T: t, url: front.URL}
	w.wants("dev.example.org", "/discovery/status", "", dev, 503, "No server is available")
}
