// Package github is a fake of the part of GitHub that says who somebody is: the account, the membership of an
// organisation and the teams behind a token, and the device login that gives one.
package github

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Options of a fake.
type Options struct {
	Clock        await.Clock // default: the machine's
	Organization string      // default SlideRuleEarth
	ClientID     string      // of the application that people log in to; default sandbox-client
	ClientSecret string      // default sandbox-secret
	RateLimits   bool        // 5,000 calls an hour with a token, 60 without
	People       []Person    // who is there from the beginning, and after a reset
}

// Fake serves both api.github.com, also below /api/v3/, and the login of github.com. It is safe for concurrent use.
type Fake struct {
	options Options
	api     http.Handler
	web     http.Handler

	mu sync.Mutex
	state
}

// state is what Reset forgets.
type state struct {
	people  []Person
	outage  int            // the status that everything answers; 0: none
	left    map[string]int // calls left to each token, when they are counted
	refused int            // the status of a call too many
	logins  map[string]*login
	serial  int
}

// New is a GitHub with the people of its options.
func New(o Options) *Fake {
	if o.Clock == nil {
		o.Clock = await.RealClock{}
	}
	o.Organization = cmp.Or(o.Organization, "SlideRuleEarth")
	o.ClientID, o.ClientSecret = cmp.Or(o.ClientID, "sandbox-client"), cmp.Or(o.ClientSecret, "sandbox-secret")
	f := &Fake{options: o}
	f.api, f.web = f.apiRoutes(), f.webRoutes()
	f.Reset()
	return f
}

// Reset brings back the people of the options and ends outages, limits and logins.
func (f *Fake) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = state{left: map[string]int{}, refused: http.StatusForbidden, logins: map[string]*login{}}
	for _, p := range f.options.People {
		f.put(p)
	}
}

// ServeHTTP answers as GitHub does: its API in JSON, its login to people and programs.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.outage != 0:
		// GitHub's own picture of trouble is a page, not JSON.
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(f.outage)
		_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>Unicorn! · GitHub</title></head><body></body></html>\n"))
	case r.UserAgent() == "":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("Request forbidden by administrative rules. Please make sure your request has a User-Agent header.\n"))
	case strings.HasPrefix(r.URL.Path, "/login/"):
		f.web.ServeHTTP(w, r)
	default:
		http.StripPrefix("/api/v3", f.api).ServeHTTP(w, withPrefix(r))
	}
}

// withPrefix gives every call of the API the prefix that enterprise servers, and clients led to another address, have.
func withPrefix(r *http.Request) *http.Request {
	if strings.HasPrefix(r.URL.Path, "/api/v3/") {
		return r
	}
	r = r.Clone(r.Context())
	r.URL.Path = "/api/v3" + r.URL.Path
	return r
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that left needs no answer
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}
