package github_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	api "github.com/google/go-github/v84/github"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/github"
)

type world struct {
	*testing.T
	fake  *github.Fake
	clock *awaittest.Clock
	url   string
}

func newWorld(t *testing.T, people ...github.Person) world {
	t.Helper()
	clock := awaittest.New()
	fake := github.New(github.Options{Clock: clock, RateLimits: true, People: people})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return world{t, fake, clock, server.URL}
}

// as is GitHub's own client with a token, led to the fake as the client leads itself to another address.
func (w world) as(token string) *api.Client {
	w.Helper()
	client, err := api.NewClient(nil).WithAuthToken(token).WithEnterpriseURLs(w.url, w.url)
	if err != nil {
		w.Fatal(err)
	}
	return client
}

var ana = github.Person{Login: "Ana", Token: "ghp_ana", Role: "member", Scopes: []string{"read:org"}, Teams: []string{"dev", "other/ops"}}

func TestAPersonIsKnownByTheirToken(t *testing.T) {
	w := newWorld(t, ana)
	user, resp, err := w.as("ghp_ana").Users.Get(t.Context(), "")
	if err != nil || user.GetLogin() != "Ana" || resp.Header.Get("X-OAuth-Scopes") != "read:org" || resp.Rate.Limit != 5000 || resp.Rate.Remaining != 4999 {
		t.Errorf("got %v, %+v, %v", user, resp, err)
	}
	var refused *api.ErrorResponse
	if _, _, err := w.as("ghp_other").Users.Get(t.Context(), ""); !errors.As(err, &refused) || refused.Response.StatusCode != 401 || refused.Message != "Bad credentials" {
		t.Errorf("got %v", err)
	}
	for header, want := range map[string]int{"token ghp_ana": 200, "Bearer ghp_ana": 200, "bearer ghp_ana": 200, "Basic ghp_ana": 401, "": 401} {
		if status, _ := w.call("GET", "/user", header, nil); status != want {
			t.Errorf("%q: got %d, want %d", header, status, want)
		}
	}
	w.fake.Remove("ana")
	if status, _ := w.call("GET", "/user", "token ghp_ana", nil); status != 401 {
		t.Errorf("a token outlived its person: %d", status)
	}
	w.fake.Reset()
	if status, _ := w.call("GET", "/user", "token ghp_ana", nil); status != 200 {
		t.Errorf("a reset did not bring them back: %d", status)
	}
}

func (w world) call(method, path, authorization string, form url.Values) (int, string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestMembership(t *testing.T) {
	for name, c := range map[string]struct {
		person              github.Person
		organization        string
		status              int
		state, role, reason string
	}{
		"a member":            {person: ana, status: 200, state: "active", role: "member"},
		"without case":        {person: ana, organization: "sliderulEEarth", status: 200, state: "active", role: "member"},
		"an owner":            {person: github.Person{Login: "Ana", Token: "ghp_ana", Role: "admin", Scopes: []string{"admin:org"}}, status: 200, state: "active", role: "admin"},
		"invited":             {person: github.Person{Login: "Ana", Token: "ghp_ana", Role: "member", Pending: true, Scopes: []string{"read:org"}}, status: 200, state: "pending", role: "member"},
		"nobody":              {person: github.Person{Login: "Ana", Token: "ghp_ana", Scopes: []string{"read:org"}}, status: 404, reason: "Not Found"},
		"of another":          {person: ana, organization: "Other", status: 404, reason: "Not Found"},
		"a token too weak":    {person: github.Person{Login: "Ana", Token: "ghp_ana", Role: "member"}, status: 403, reason: "read:org"},
		"a token not allowed": {person: github.Person{Login: "Ana", Token: "ghp_ana", Role: "member", Scopes: []string{"read:org"}, Forbidden: true}, status: 403, reason: "forbids access"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.person)
			if c.organization == "" {
				c.organization = "SlideRuleEarth"
			}
			got, resp, err := w.as("ghp_ana").Organizations.GetOrgMembership(t.Context(), "ana", c.organization)
			if resp == nil || resp.StatusCode != c.status || got.GetState() != c.state || got.GetRole() != c.role {
				t.Fatalf("got %v, %v", got, err)
			}
			var refused *api.ErrorResponse
			if c.reason != "" && (!errors.As(err, &refused) || !strings.Contains(refused.Message, c.reason)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTeamsComeInPages(t *testing.T) {
	many := ana
	for i := range 150 {
		many.Teams = append(many.Teams, fmt.Sprint("team-", i))
	}
	w := newWorld(t, many)
	var slugs, organizations []string
	options := &api.ListOptions{PerPage: 100}
	pages := 0
	for {
		teams, resp, err := w.as("ghp_ana").Teams.ListUserTeams(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, team := range teams {
			slugs, organizations = append(slugs, team.GetSlug()), append(organizations, team.GetOrganization().GetLogin())
		}
		if options.Page = resp.NextPage; options.Page == 0 {
			break
		}
	}
	if pages != 2 || len(slugs) != 152 || slugs[0] != "dev" || organizations[0] != "SlideRuleEarth" || slugs[1] != "ops" || organizations[1] != "other" || slugs[151] != "team-149" {
		t.Errorf("%d pages of %d: %v of %v", pages, len(slugs), slugs, organizations)
	}
	if teams, _, err := w.as("ghp_ana").Teams.ListUserTeams(t.Context(), nil); err != nil || len(teams) != 30 {
		t.Errorf("a page is %d long, %v", len(teams), err)
	}
}

func TestLimitsAndOutages(t *testing.T) {
	for _, status := range []int{403, 429} {
		w := newWorld(t, ana)
		w.fake.Limit(1, status)
		client := w.as("ghp_ana")
		client.DisableRateLimitCheck = true
		if _, _, err := client.Users.Get(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		var limited *api.RateLimitError
		if _, resp, err := client.Users.Get(t.Context(), ""); !errors.As(err, &limited) || resp.StatusCode != status || !limited.Rate.Reset.Equal(api.Timestamp{Time: time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)}) {
			t.Errorf("got %v", err)
		}
	}
	w := newWorld(t, ana)
	w.fake.SetOutage(503)
	if status, text := w.call("GET", "/user", "token ghp_ana", nil); status != 503 || !strings.Contains(text, "Unicorn") {
		t.Errorf("got %d %s", status, text)
	}
	w.fake.SetOutage(0)
	if status, _ := w.call("GET", "/user", "token ghp_ana", nil); status != 200 {
		t.Errorf("the outage has no end: %d", status)
	}
	if status, _ := w.call("GET", "/nothing", "token ghp_ana", nil); status != 404 {
		t.Errorf("got %d", status)
	}
}

const grant = "urn:ietf:params:oauth:grant-type:device_code"

func (w world) post(path string, pairs ...string) map[string]any {
	w.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	_, text := w.call("POST", path, "", form)
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		w.Fatalf("%v: %s", err, text)
	}
	return got
}

func TestDeviceLogin(t *testing.T) {
	w := newWorld(t, github.Person{Login: "ana", Role: "member"})
	begun := w.post("/login/device/code", "client_id", "sandbox-client", "scope", "read:org")
	if begun["interval"] != 5.0 || begun["expires_in"] != 900.0 || begun["verification_uri"] != "https://github.com/login/device" {
		t.Fatalf("got %v", begun)
	}
	poll := func() map[string]any {
		t.Helper()
		return w.post("/login/oauth/access_token", "client_id", "sandbox-client", "device_code", begun["device_code"].(string), "grant_type", grant)
	}
	if got := poll(); got["error"] != "authorization_pending" {
		t.Errorf("got %v", got)
	}
	if got := poll(); got["error"] != "slow_down" || got["interval"] != 10.0 {
		t.Errorf("got %v", got)
	}
	if err := w.fake.Approve("another", "ana"); err == nil {
		t.Error("an unknown code was approved")
	}
	if err := w.fake.Approve(begun["user_code"].(string), "ana"); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(10 * time.Second)
	got := poll()
	if got["token_type"] != "bearer" || got["scope"] != "read:org" {
		t.Fatalf("got %v", got)
	}
	if m, _, err := w.as(got["access_token"].(string)).Organizations.GetOrgMembership(t.Context(), "ana", "SlideRuleEarth"); err != nil || m.GetRole() != "member" {
		t.Errorf("got %v, %v", m, err)
	}
	if got := poll(); got["error"] != "incorrect_device_code" {
		t.Errorf("a code is good once: %v", got)
	}
}

func TestLoginsThatFail(t *testing.T) {
	w := newWorld(t, ana)
	begin := func() (device, user string) {
		t.Helper()
		begun := w.post("/login/device/code", "client_id", "sandbox-client")
		return begun["device_code"].(string), begun["user_code"].(string)
	}
	late, _ := begin()
	w.clock.Advance(16 * time.Minute)
	fresh, _ := begin()
	code := w.fake.Code("ana", "read:org")
	for name, c := range map[string]struct {
		want  string
		pairs []string
	}{
		"late":            {"expired_token", []string{"device_code", late, "grant_type", grant, "client_id", "sandbox-client"}},
		"another grant":   {"unsupported_grant_type", []string{"device_code", fresh, "grant_type", "password", "client_id", "sandbox-client"}},
		"another client":  {"incorrect_client_credentials", []string{"device_code", fresh, "grant_type", grant, "client_id", "x"}},
		"no secret":       {"incorrect_client_credentials", []string{"code", code, "client_id", "sandbox-client"}},
		"an unknown code": {"bad_verification_code", []string{"code", "x", "client_id", "sandbox-client", "client_secret", "sandbox-secret"}},
	} {
		if got := w.post("/login/oauth/access_token", c.pairs...); got["error"] != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
	denied, user := begin()
	if err := w.fake.Deny(user); err != nil {
		t.Fatal(err)
	}
	if got := w.post("/login/oauth/access_token", "device_code", denied, "grant_type", grant, "client_id", "sandbox-client"); got["error"] != "access_denied" {
		t.Errorf("got %v", got)
	}
	if got := w.post("/login/oauth/access_token", "code", code, "client_id", "sandbox-client", "client_secret", "sandbox-secret"); got["access_token"] == nil {
		t.Errorf("got %v", got)
	}
}

func TestControl(t *testing.T) {
	w := newWorld(t)
	for _, step := range []struct {
		path, body string
		status     int
	}{
		{"/people", `{"login":"ben","token":"ghp_ben","role":"admin","teams":["dev"],"scopes":["read:org"]}`, 200},
		{"/people", `{"login":"ben","tokens":"x"}`, 400},
		{"/approve", `{"user_code":"x","login":"ben"}`, 404},
		{"/deny", `{"user_code":"x"}`, 404},
		{"/limit", `{"left":100,"status":429}`, 200},
		{"/outage", `{"status":502}`, 200},
		{"/outage", `{"status":0}`, 200},
		{"/remove", `{"login":"nobody"}`, 200},
	} {
		answer := httptest.NewRecorder()
		w.fake.Control().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "POST", step.path, strings.NewReader(step.body)))
		if answer.Code != step.status {
			t.Errorf("%s %s: got %d %s", step.path, step.body, answer.Code, answer.Body)
		}
	}
	if m, _, err := w.as("ghp_ben").Organizations.GetOrgMembership(t.Context(), "ben", "SlideRuleEarth"); err != nil || m.GetRole() != "admin" {
		t.Errorf("got %v, %v", m, err)
	}
}
