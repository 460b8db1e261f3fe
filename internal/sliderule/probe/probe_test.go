package probe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/probe"
)

const (
	endpoint = "https://dev.example.com"
	token    = "the-token-of-ana" //nolint:gosec // it opens nothing
)

// balancer is a load balancer whose answers a test chooses. It notes what it is asked.
type balancer struct {
	*testing.T
	*httptest.Server
	discovery, version http.HandlerFunc

	mu    sync.Mutex
	asked []*http.Request
}

func newBalancer(t *testing.T, discovery, version http.HandlerFunc) *balancer {
	t.Helper()
	b := &balancer{T: t, discovery: discovery, version: version}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.asked = append(b.asked, r)
	b.mu.Unlock()
	switch r.URL.Path {
	case "/discovery/status":
		b.discovery(w, r)
	case "/source/version":
		b.version(w, r)
	default:
		http.NotFound(w, r)
	}
}

// requests are those so far, as method, host, path and token.
func (b *balancer) requests() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.asked {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s%s %s", r.Method, r.Host, r.URL.Path, r.Header.Get("Authorization"))))
	}
	return all
}

func says(code int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func tells(body string) http.HandlerFunc { return says(http.StatusOK, "application/json", body) }

func page(code int) http.HandlerFunc {
	return says(code, "text/html", "<html><body><h1>"+http.StatusText(code)+"</h1></body></html>")
}

func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// discovers reads its question as the orchestrator does.
func discovers(nodes int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var question struct {
			Service string `json:"service"`
		}
		if err := json.NewDecoder(r.Body).Decode(&question); err != nil || question.Service != "dev" || r.Header.Get("X-SlideRule-Client") == "" {
			page(http.StatusInternalServerError)(w, r)
			return
		}
		tells(fmt.Sprintf(`{"nodes":%d}`, nodes))(w, r)
	}
}

var v550 = tells(`{"server":{"version":"v5.5.0","build":"v5.5.0-0-gabc","launch":"2026-08-01T00:00:00Z"},"icesat2":{"version":"v5.5.0"}}`)

// private shows its version to the bearer of the token.
func private(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		page(http.StatusForbidden)(w, r)
		return
	}
	v550(w, r)
}

func (b *balancer) ask(o probe.Options) probe.Answer {
	b.Helper()
	o.BaseURL = b.URL
	answer, err := probe.Ask(b.Context(), o, "dev", endpoint)
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

func TestAPublicClusterTells(t *testing.T) {
	b := newBalancer(t, discovers(3), v550)
	want := probe.Answer{Up: true, Version: "v5.5.0", Nodes: 3, NodesKnown: true}
	if got := b.ask(probe.Options{Token: token}); got != want {
		t.Errorf("got %+v", got)
	}
	// It would refuse a token that has expired, and needs none.
	if got := fmt.Sprint(b.requests()); got != "[GET dev.example.com/discovery/status GET dev.example.com/source/version]" {
		t.Errorf("asked %s", got)
	}
}

func TestAPrivateClusterWantsAToken(t *testing.T) {
	b := newBalancer(t, discovers(2), private)
	with := b.ask(probe.Options{Token: " " + token + "\n"})
	if want := (probe.Answer{Up: true, Version: "v5.5.0", Nodes: 2, NodesKnown: true}); with != want {
		t.Errorf("got %+v", with)
	}
	for other, problem := range map[string]string{"": "set jwt_user", "another": "Log in again"} {
		got := b.ask(probe.Options{Token: other})
		if !got.Up || got.Version != "" || got.Nodes != 2 || !strings.Contains(got.Problem, problem) {
			t.Errorf("with the token %q: %+v", other, got)
		}
	}
}

func TestWhatIsNotTheAnswerOfAClusterIsToldPlainly(t *testing.T) {
	up, long := discovers(3), strings.Repeat(" ", 1<<20)
	for name, c := range map[string]struct {
		discovery, version http.HandlerFunc
		problem            string // "": none
		up, nodes          bool
	}{
		"down":                      {page(503), v550, "it answers 503 Service Unavailable", false, false},
		"forbidden":                 {page(403), v550, "it answers 403 Forbidden", false, false},
		"no JSON":                   {page(200), v550, "not the JSON", false, false},
		"another form":              {tells(`[3]`), v550, "not the JSON", false, false},
		"no number":                 {tells(`{}`), v550, "without saying how many nodes", false, false},
		"null":                      {tells(`{"nodes":null}`), v550, "without saying how many nodes", false, false},
		"a negative number":         {tells(`{"nodes":-1}`), v550, "without saying how many nodes", false, false},
		"half a node":               {tells(`{"nodes":1.5}`), v550, "without saying how many nodes", false, false},
		"a huge number":             {tells(`{"nodes":1e300}`), v550, "without saying how many nodes", false, false},
		"a number in quotes":        {tells(`{"nodes":"4"}`), v550, "", true, true},
		"a huge body":               {tells(long + `{"nodes":3}`), v550, "longer than", false, false},
		"hangs up":                  {hangsUp, v550, "closed the connection", false, false},
		"elsewhere":                 {redirects, v550, `it answers 302 Found to "https://elsewhere.example"`, false, false},
		"no node yet":               {discovers(0), page(503), "no node has registered", false, true},
		"version: down":             {up, page(503), "Asked for /source/version, dev.example.com: it answers 503", false, true},
		"version: no JSON":          {up, tells(`v5.5.0`), "not the JSON", false, true},
		"version: a huge body":      {up, tells(long + `{}`), "longer than", false, true},
		"version: elsewhere":        {up, redirects, "302 Found", false, true},
		"version: hangs up":         {up, hangsUp, "closed the connection", false, true},
		"version: not there":        {up, page(404), "version is not known: asked for /source/version, it answers 404", true, true},
		"version: too many":         {up, says(429, "text/plain", "slow down"), "429 Too Many Requests", true, true},
		"version: none":             {up, tells(`{"server":{}}`), "version is not known", true, true},
		"version: not one":          {up, tells(`{"server":{"version":"\u001b[31mred"}}`), "version is not known", true, true},
		"version: of another shape": {up, tells(`{"server":"v5.5.0"}`), "not the JSON", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBalancer(t, c.discovery, c.version)
			got := b.ask(probe.Options{Token: token})
			if got.Up != c.up || got.NodesKnown != c.nodes || (c.problem == "") != (got.Problem == "") || !strings.Contains(got.Problem, c.problem) {
				t.Errorf("got %+v", got)
			}
			if strings.Contains(got.Problem, token) || strings.Contains(got.Problem, "\x1b") {
				t.Errorf("this must not be shown: %q", got.Problem)
			}
		})
	}
}

func redirects(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://elsewhere.example/x?secret=1", http.StatusFound)
}

func TestATokenGoesNowhereElse(t *testing.T) {
	elsewhere := newBalancer(t, discovers(1), v550)
	lured := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			page(http.StatusForbidden)(w, r)
			return
		}
		http.Redirect(w, r, elsewhere.URL+"/source/version", http.StatusTemporaryRedirect)
	}
	b := newBalancer(t, discovers(1), lured)
	if got := b.ask(probe.Options{Token: token}); got.Up {
		t.Errorf("got %+v", got)
	}
	if asked := elsewhere.requests(); len(asked) != 0 {
		t.Errorf("another host was asked: %v", asked)
	}

	// Not over a network without https either.
	b = newBalancer(t, discovers(1), private)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, b.Listener.Addr().String())
	}
	got, err := probe.Ask(t.Context(), probe.Options{
		HTTP: &http.Client{Transport: &http.Transport{DialContext: dial}}, BaseURL: "http://10.0.0.7", Token: token,
	}, "dev", endpoint)
	if err != nil || !got.Up || got.Version != "" || !strings.Contains(got.Problem, "without https") {
		t.Errorf("got %+v, %v", got, err)
	}
	if asked := fmt.Sprint(b.requests()); strings.Contains(asked, token) {
		t.Errorf("asked %s", asked)
	}
}

func TestWhoCannotBeReachedIsDown(t *testing.T) {
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
	never := make(chan struct{})
	slow := newBalancer(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-never:
		case <-r.Context().Done():
		}
	}, v550)
	defer close(never)
	trickle := newBalancer(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond)
		}
	}, v550)
	unknown := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "dev.example.com", IsNotFound: true}}
	}}}
	for problem, o := range map[string]probe.Options{
		"nothing listens there":          {BaseURL: "http://" + free.Addr().String()},
		"did not answer within 50ms":     {BaseURL: slow.URL, Limit: 50 * time.Millisecond},
		"did not answer within 60ms":     {BaseURL: trickle.URL, Limit: 60 * time.Millisecond},
		"not known to the name servers":  {HTTP: unknown},
		"it does not speak TLS":          {BaseURL: "https://" + slow.Listener.Addr().String()},
		"its certificate is not trusted": {BaseURL: encrypted(t).URL},
	} {
		got, err := probe.Ask(t.Context(), o, "dev", endpoint)
		if err != nil || got.Up || got.NodesKnown || !strings.Contains(got.Problem, problem) {
			t.Errorf("want %q, got %+v, %v", problem, got, err)
		}
	}
}

func encrypted(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(&balancer{T: t, discovery: discovers(1), version: private})
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told that its certificate is not trusted
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// Over https, what stands in for a cluster's address has to have the cluster's certificate.
func TestACertificateIsTheClusters(t *testing.T) {
	server := encrypted(t) // its certificate is for example.com and what is below it
	o := probe.Options{HTTP: server.Client(), BaseURL: server.URL, Token: token}
	got, err := probe.Ask(t.Context(), o, "dev", endpoint)
	if err != nil || got.Version != "v5.5.0" {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = probe.Ask(t.Context(), o, "dev", "https://dev.example.org")
	if err != nil || got.Up || !strings.Contains(got.Problem, "certificate is for another name") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWhatCannotBeAskedIsAnError(t *testing.T) {
	for _, c := range []struct{ endpoint, base, want string }{
		{"", "", "its endpoint is no address"},
		{"dev.example.com", "", "its endpoint is no address"},
		{"ftp://dev.example.com", "", "its endpoint is no address"},
		{"https://ana:secret@dev.example.com", "", "its endpoint has more than"},
		{endpoint, "127.0.0.1:80", "the address to ask in its place is no address"},
		{endpoint, "http://ana:secret@127.0.0.1", "the address to ask in its place has more than"},
	} {
		_, err := probe.Ask(t.Context(), probe.Options{BaseURL: c.base}, "dev", c.endpoint)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q, %q: got %v", c.endpoint, c.base, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	b := newBalancer(t, discovers(1), v550)
	if got, err := probe.Ask(ended, probe.Options{BaseURL: b.URL}, "dev", endpoint); !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, %v", got, err)
	}
}
