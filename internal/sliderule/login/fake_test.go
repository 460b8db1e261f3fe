package login_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

const (
	pat          = "ghp_0123456789abcdefSECRET"
	organization = "SlideRuleEarth"
	domain       = "sr.test:8443"
	issuerURL    = "https://login.sr.test:8443"
)

// hub is a GitHub with one user.
type hub struct {
	*httptest.Server
	login   string
	state   string   // of the membership; "" is 404
	teams   []string // "organization/slug"
	orgHas  []string // slugs of teams that the user is not in
	refuse  map[string]http.HandlerFunc
	mu      sync.Mutex
	asked   []string
	headers []string
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{login: "Ana", state: "active", refuse: map[string]http.HandlerFunc{}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.asked = append(h.asked, r.Method+" "+r.URL.RequestURI())
	h.headers = append(h.headers, r.Header.Get("Authorization"))
	refuse := h.refuse[r.URL.Path]
	h.mu.Unlock()
	if refuse != nil {
		refuse(w, r)
		return
	}
	const org = "/api/orgs/" + organization
	switch {
	case r.Header.Get("Authorization") != "token "+pat:
		say(w, 401, map[string]string{"message": "Bad credentials"})
	case r.URL.Path == "/api/user":
		say(w, 200, map[string]string{"login": h.login})
	case r.URL.Path == org+"/memberships/"+h.login && h.state != "":
		say(w, 200, map[string]string{"state": h.state, "role": "admin"})
	case r.URL.Path == "/api/user/teams":
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
		list := []any{}
		for _, team := range h.teams[min((page-1)*size, len(h.teams)):min(page*size, len(h.teams))] {
			owner, slug, _ := strings.Cut(team, "/")
			list = append(list, map[string]any{"slug": slug, "organization": map[string]string{"login": owner}})
		}
		say(w, 200, list)
	case strings.HasPrefix(r.URL.Path, org+"/teams/"):
		for _, slug := range h.orgHas {
			if r.URL.Path == org+"/teams/"+slug {
				say(w, 200, map[string]string{"slug": slug})
				return
			}
		}
		say(w, 404, map[string]string{"message": "Not Found"})
	default:
		say(w, 404, map[string]string{"message": "Not Found"})
	}
}

func say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// answers makes one path answer a status, a message and headers ("Name: value").
func (h *hub) answers(path string, status int, message string, headers ...string) {
	h.refuse["/api"+path] = func(w http.ResponseWriter, _ *http.Request) {
		for _, header := range headers {
			name, value, _ := strings.Cut(header, ": ")
			w.Header().Set(name, value)
		}
		say(w, status, map[string]string{"message": message})
	}
}

func (h *hub) count(path string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, asked := range h.asked {
		if strings.HasPrefix(asked, "GET /api"+path) {
			n++
		}
	}
	return n
}

// key signs with a key in memory.
type key struct {
	id      string
	private *rsa.PrivateKey
}

func (k key) KeyID() string { return k.id }

func (k key) Sign(_ context.Context, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	return rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, digest[:])
}

func (k key) PublicKey(context.Context) (*rsa.PublicKey, error) { return &k.private.PublicKey, nil }

var newKeys = sync.OnceValue(func() [2]key {
	var keys [2]key
	for i := range keys {
		private, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key{id: fmt.Sprintf("key-%d", i), private: private}
	}
	return keys
})

// desk is an issuer with everything around it.
type desk struct {
	*hub
	clock      *awaittest.Clock
	signer     login.Signer
	rules      access.Table
	affiliates string
	public     func() (string, error)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{hub: newHub(t), clock: awaittest.New(), signer: newKeys()[0], rules: access.Default()}
}

func (d *desk) logIn(t *testing.T) (*login.Login, error) {
	t.Helper()
	return d.logInWith(t, pat)
}

func (d *desk) logInWith(t *testing.T, token string) (*login.Login, error) {
	t.Helper()
	github, err := login.NewGitHub(d.Client(), d.URL+"/api", d.clock)
	if err != nil {
		t.Fatal(err)
	}
	config := login.Config{
		Domain: domain, Organization: organization, Rules: d.rules,
		Affiliates: func(context.Context) ([]byte, error) { return []byte(d.affiliates), nil },
	}
	if d.public != nil {
		config.PublicCluster = func(context.Context) (string, error) { return d.public() }
	}
	issuer, err := login.NewIssuer(config, github, d.signer, d.clock)
	if err != nil {
		t.Fatal(err)
	}
	got, err := issuer.WithToken(t.Context(), token)
	if err != nil && strings.Contains(err.Error(), "SECRET") {
		t.Errorf("the token is in the error: %v", err)
	}
	return got, err
}

func (d *desk) loggedIn(t *testing.T) *login.Login {
	t.Helper()
	got, err := d.logIn(t)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (d *desk) keys(t *testing.T) login.Keys {
	t.Helper()
	keys, err := login.KeysOf(t.Context(), d.signer)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
