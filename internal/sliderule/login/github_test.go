package login_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Whatever GitHub does not answer clearly is an error: never a lower level, never a higher one.
func TestAnswersThatAreNone(t *testing.T) {
	membership := "/orgs/" + organization + "/memberships/Ana"
	paths := map[string]string{"/user": "whose token", membership: "is a member", "/user/teams": "the teams of Ana", "/orgs/" + organization + "/teams/ana": "has a team ana"}
	answers := []struct {
		name    string
		status  int
		message string
		headers []string
		want    error
		text    string
		calls   int
	}{
		{"401", 401, "Bad credentials", nil, login.ErrToken, `Bad credentials`, 1},
		{"401, second factor", 401, "", []string{"X-GitHub-OTP: required; app"}, login.ErrToken, "second factor", 1},
		{"defect 22: 403", 403, "Resource not accessible by personal access token", nil, login.ErrForbidden, "read:org", 1},
		{"403, rate limit", 403, "API rate limit exceeded", []string{"X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 1767326645"}, login.ErrRateLimited, "until 2026-01-02T04:04:05Z", 1},
		{"429, rate limit", 429, "slow down", []string{"X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 1767326645"}, login.ErrRateLimited, "Try again after 2026-01-02T04:04:05Z", 1},
		{"403, second limit", 403, "secondary rate limit", []string{"Retry-After: 60"}, login.ErrRateLimited, "until 2026-01-02T03:05:05Z", 1},
		{"429, no time", 429, "", nil, login.ErrRateLimited, "Try again later", 1},
		{"500", 500, "", nil, login.ErrUnavailable, "answered 500", 3},
		{"502", 502, "", nil, login.ErrUnavailable, "answered 502", 3},
		{"503", 503, "", nil, login.ErrUnavailable, "answered 503", 3},
		{"202", 202, "", nil, login.ErrUnavailable, "answered 202", 1},
		{"301", 301, "", []string{"Location: /api/elsewhere"}, login.ErrUnavailable, "redirection", 1},
		{"410", 410, "", nil, login.ErrUnavailable, "answered 410", 1},
		{"422", 422, "", nil, login.ErrUnavailable, "answered 422", 1},
	}
	for path, doing := range paths {
		for _, answer := range answers {
			t.Run(path+" "+answer.name, func(t *testing.T) {
				d := newDesk(t)
				d.answers(path, answer.status, answer.message, answer.headers...)
				got, err := d.logIn(t)
				var failed *step.Error
				if got != nil || !errors.Is(err, answer.want) || !errors.As(err, &failed) || !strings.Contains(failed.Step, doing) || failed.Remedy == "" {
					t.Fatalf("got %+v, %v", got, err)
				}
				if !strings.Contains(err.Error(), answer.text) {
					t.Errorf("%q is not told: %v", answer.text, err)
				}
				if calls := d.count(path); calls < answer.calls || (path != "/user" && calls > answer.calls) {
					t.Errorf("%d calls, want %d", calls, answer.calls)
				}
			})
		}
	}
}

// A 404 means something for a membership and for a team; elsewhere it is no answer.
func TestNotFound(t *testing.T) {
	for _, path := range []string{"/user", "/user/teams"} {
		d := newDesk(t)
		d.answers(path, 404, "Not Found")
		if _, err := d.logIn(t); !errors.Is(err, login.ErrUnavailable) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestBodiesThatAreNone(t *testing.T) {
	for path, bodies := range map[string][]string{
		"/user":       {``, `{}`, `null`, `[]`, `{"login": "../x"}`, `{"login": 5}`, `<html>`},
		"/user/teams": {``, `null`, `{}`, `<html>`},
		"/orgs/" + organization + "/memberships/Ana": {``, `{}`, `null`, `{"state": "Active"}`, `{"state": "suspended"}`, `[]`, `<html>`},
	} {
		for _, body := range bodies {
			d := newDesk(t)
			d.refuse["/api"+path] = func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) }
			if got, err := d.logIn(t); !errors.Is(err, login.ErrUnavailable) {
				t.Errorf("%s %s: %+v, %v", path, body, got, err)
			}
		}
	}
}

// The second of GitHub's limits is told by the address of its documentation.
func TestTheSecondRateLimit(t *testing.T) {
	for header, want := range map[string]string{"60": "until 2026-01-02T03:05:05Z", "": "Try again later"} {
		d := newDesk(t)
		d.refuse["/api/user"] = func(w http.ResponseWriter, _ *http.Request) {
			if header != "" {
				w.Header().Set("Retry-After", header)
			}
			say(w, 403, map[string]string{"message": "wait", "documentation_url": "https://docs.example.com/rest/about-the-rest-api#about-secondary-rate-limits"})
		}
		if _, err := d.logIn(t); !errors.Is(err, login.ErrRateLimited) || !strings.Contains(err.Error(), want) {
			t.Errorf("with Retry-After %q: %v", header, err)
		}
	}
}

func TestAStumbleIsBorneWith(t *testing.T) {
	d := newDesk(t)
	stumbles := 2
	d.refuse["/api/user"] = func(w http.ResponseWriter, _ *http.Request) {
		if stumbles--; stumbles >= 0 {
			say(w, 502, nil)
			return
		}
		say(w, 200, map[string]string{"login": "Ana"})
	}
	if got := d.loggedIn(t); got.Account != "Ana" || len(d.clock.Slept()) != 2 {
		t.Errorf("got %+v after %v", got, d.clock.Slept())
	}
}

func TestGitHubIsDown(t *testing.T) {
	d := newDesk(t)
	d.Close()
	if _, err := d.logIn(t); !errors.Is(err, login.ErrUnavailable) || len(d.clock.Slept()) != 2 {
		t.Errorf("got %v after %v", err, d.clock.Slept())
	}
}

func TestAListThatNeverEnds(t *testing.T) {
	d := newDesk(t)
	for range 100 {
		d.teams = append(d.teams, organization+"/dev")
	}
	d.refuse["/api/user/teams"] = func(w http.ResponseWriter, _ *http.Request) {
		list := []any{}
		for range 100 {
			list = append(list, map[string]any{"slug": "dev"})
		}
		say(w, 200, list)
	}
	if _, err := d.logIn(t); !errors.Is(err, login.ErrUnavailable) || d.count("/user/teams") > 50 {
		t.Errorf("got %v after %d pages", err, d.count("/user/teams"))
	}
}

// A token goes to one host, whoever says otherwise.
func TestATokenIsNotSentElsewhere(t *testing.T) {
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("asked with %q", r.Header.Get("Authorization"))
		say(w, 200, map[string]string{"login": "Eve"})
	}))
	defer thief.Close()
	d := newDesk(t)
	d.answers("/user", 307, "", "Location: "+thief.URL+"/user")
	if got, err := d.logIn(t); err == nil {
		t.Errorf("got %+v", got)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	d := newDesk(t)
	for _, token := range []string{"", " ", "a b SECRET", "SECRET\r\nX-Evil: 1", "SECRETé"} {
		if _, err := d.logInWith(t, token); !errors.Is(err, login.ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	}
	if len(d.asked) != 0 {
		t.Errorf("asked %v", d.asked)
	}
	if _, err := d.logInWith(t, pat+"\n"); err != nil {
		t.Errorf("a token from a file, with its newline: %v", err)
	}
	if _, err := d.logInWith(t, "wrongSECRET"); !errors.Is(err, login.ErrToken) {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, address := range []string{"api.example.com", "ftp://example.com", "https://", "://", "https://user:SECRET@example.com"} {
		if _, err := login.NewGitHub(http.DefaultClient, address, awaittest.New()); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := login.NewGitHub(nil, "", awaittest.New()); err != nil {
		t.Errorf("GitHub itself: %v", err)
	}
}
