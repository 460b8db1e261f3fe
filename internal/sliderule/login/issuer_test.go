package login_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

const public = "sliderule-20260801090000"

func TestAMemberLogsIn(t *testing.T) {
	d := newDesk(t)
	d.teams = []string{organization + "/dev", "other/secret", "slideruleEARTH/alpha", organization + "/provisioner"}
	d.public = func() (string, error) { return public, nil }
	got := d.loggedIn(t)
	if got.Account != "Ana" || got.Level != access.OrganizationMember || fmt.Sprint(got.Clusters) != "[alpha ana dev]" || len(got.Notes) != 0 {
		t.Errorf("got %+v", got)
	}
	if want := d.clock.Now().Add(12 * time.Hour); !got.ExpiresAt.Equal(want.Truncate(time.Second)) {
		t.Errorf("it expires at %s, want %s", got.ExpiresAt, want)
	}
	claims, err := login.Verify(got.Token, d.keys(t), issuerURL, login.ProvisionerAudience, d.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(claims)
	want := `{"org_roles":["member"],"sub":"Ana","aud":["monitor","provisioner","runner","alpha","ana","dev","` + public + `"],"org":"SlideRuleEarth",` +
		`"iat":1767323045,"exp":1767366245,"iss":"https://login.sr.test:8443","account":"Ana","level":"organization member","clusters":["alpha","ana","dev"],"max_nodes":50,"max_ttl":720}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	caller, err := claims.Caller()
	if err != nil || caller.Level != access.OrganizationMember || fmt.Sprint(caller.Clusters, caller.Public) != fmt.Sprintf("[alpha ana dev] [%s]", public) {
		t.Errorf("the caller is %+v, %v", caller, err)
	}
	// Though the membership says "admin": a token login is at most an organization member.
	if slices.Contains(claims.OrgRoles, "owner") || slices.Contains(claims.Audience, "*") {
		t.Errorf("the claims are %s", text)
	}
	for _, header := range d.headers {
		if header != "token "+pat {
			t.Errorf("the token was sent as %q", header)
		}
	}
}

func TestLevels(t *testing.T) {
	cases := []struct {
		name                    string
		change                  func(*desk)
		level                   access.Level
		roles, clusters         string
		aud                     string
		maxNodes, maxTTL, notes int
	}{
		{"not a member", func(d *desk) { d.state = "" }, access.GitHubMember, "[]", "[]", "[]", 0, 0, 1},
		{"merely invited", func(d *desk) { d.state = "pending" }, access.GitHubMember, "[]", "[]", "[]", 0, 0, 1},
		{"not a member, with teams", func(d *desk) { d.state, d.teams = "", []string{organization + "/dev"} }, access.GitHubMember, "[]", "[]", "[]", 0, 0, 1},
		{"the own cluster is switched off", func(d *desk) { d.rules.OwnCluster = false }, access.OrganizationMember, "[member]", "[]", "[monitor provisioner runner]", 50, 720, 0},
		{"a reserved login", func(d *desk) { d.login = "monitor" }, access.OrganizationMember, "[member]", "[]", "[monitor provisioner runner]", 50, 720, 0},
		{"a login like somebody's team", func(d *desk) { d.orgHas = []string{"ana"} }, access.OrganizationMember, "[member]", "[]", "[monitor provisioner runner]", 50, 720, 1},
		{
			"a login like an affiliates' cluster", func(d *desk) { d.affiliates = `{"bob": {"active": true, "clusters": ["ana"]}}` },
			access.OrganizationMember, "[member]", "[]", "[monitor provisioner runner]", 50, 720, 1,
		},
		{"a login like one's own team", func(d *desk) { d.teams = []string{organization + "/ana"} }, access.OrganizationMember, "[member]", "[ana]", "[monitor provisioner runner ana]", 50, 720, 0},
		{
			"defect 21: the public cluster is not reachable", func(d *desk) { d.public = func() (string, error) { return "", errors.New("no route") } },
			access.OrganizationMember, "[member]", "[ana]", "[monitor provisioner runner ana]", 50, 720, 1,
		},
		{
			"a public cluster of a private name", func(d *desk) { d.public = func() (string, error) { return "bobs", nil } },
			access.OrganizationMember, "[member]", "[ana]", "[monitor provisioner runner ana]", 50, 720, 1,
		},
		{"no public cluster", func(d *desk) { d.public = func() (string, error) { return "", nil } }, access.OrganizationMember, "[member]", "[ana]", "[monitor provisioner runner ana]", 50, 720, 0},
		{
			"an affiliate", func(d *desk) {
				d.state = ""
				d.affiliates = `{"ana": {"active": true, "allowed_scopes": ["sliderule:access", "provisioner:access", "sliderule:admin"], "clusters": ["lab", "*", "ps"], "max_nodes": 5, "max_ttl": 60}}`
			}, access.OrganizationMember, "[affiliate]", "[lab]", "[provisioner lab]", 5, 60, 0,
		},
		{
			"an affiliate that only looks", func(d *desk) {
				d.state = ""
				d.affiliates = `{"Ana": {"active": true, "allowed_scopes": ["sliderule:access"], "clusters": ["lab"], "max_nodes": 5, "max_ttl": 60}}`
			}, access.OrganizationMember, "[affiliate]", "[]", "[lab]", 5, 60, 0,
		},
		{
			"a member and affiliate", func(d *desk) {
				d.affiliates = `{"Ana": {"active": true, "allowed_scopes": ["sliderule:access", "provisioner:access", "runner:access"], "clusters": ["lab"], "max_nodes": 5}}`
			}, access.OrganizationMember, "[member affiliate]", "[ana lab]", "[provisioner runner ana lab]", 5, 720, 0,
		},
		{"an affiliation that is over", func(d *desk) { d.state, d.affiliates = "", `{"Ana": {"active": false, "clusters": ["lab"]}}` }, access.GitHubMember, "[]", "[]", "[]", 0, 0, 1},
		{"an affiliation that does not say", func(d *desk) { d.state, d.affiliates = "", `{"Ana": {"clusters": ["lab"]}}` }, access.GitHubMember, "[]", "[]", "[]", 0, 0, 1},
		{"an affiliation of null", func(d *desk) { d.state, d.affiliates = "", `{"Ana": null}` }, access.GitHubMember, "[]", "[]", "[]", 0, 0, 1},
		{
			"defect 23: no max_ttl, so none", func(d *desk) {
				d.state, d.affiliates = "", `{"Ana": {"active": true, "allowed_scopes": ["provisioner:access"], "clusters": ["lab"], "max_nodes": 5}}`
			}, access.OrganizationMember, "[affiliate]", "[lab]", "[provisioner]", 5, 0, 0,
		},
		{
			"defect 23: no clusters", func(d *desk) {
				d.state, d.affiliates = "", `{"Ana": {"active": true, "allowed_scopes": ["provisioner:access"], "max_nodes": 5, "max_ttl": 60}}`
			}, access.OrganizationMember, "[affiliate]", "[]", "[provisioner]", 5, 60, 0,
		},
		{
			"defect 23: no allowed_scopes", func(d *desk) {
				d.state, d.affiliates = "", `{"Ana": {"active": true, "clusters": ["lab"], "max_nodes": 5, "max_ttl": 60}}`
			},
			access.OrganizationMember, "[affiliate]", "[]", "[]", 5, 60, 1,
		},
		{"somebody else's entry is faulty", func(d *desk) { d.affiliates = `{"bob": "yes", "eve": {"active": 1}}` }, access.OrganizationMember, "[member]", "[ana]", "[monitor provisioner runner ana]", 50, 720, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			c.change(d)
			got := d.loggedIn(t)
			claims := got.Claims
			roles, aud := fmt.Sprint(claims.OrgRoles), fmt.Sprint([]string(claims.Audience))
			if got.Level != c.level || claims.Level != c.level.String() || roles != c.roles || aud != c.aud || fmt.Sprint(got.Clusters) != c.clusters {
				t.Errorf("got %s, roles %s, clusters %v, audience %s", got.Level, roles, got.Clusters, aud)
			}
			if *claims.MaxNodes != c.maxNodes || *claims.MaxTTL != c.maxTTL || len(got.Notes) != c.notes {
				t.Errorf("got %d nodes, %d minutes, notes %q", *claims.MaxNodes, *claims.MaxTTL, got.Notes)
			}
		})
	}
}

// What a token allows is what its claims allow, after a round trip.
func TestAnAffiliatesTokenIsAsNarrowAsTheirEntry(t *testing.T) {
	d := newDesk(t)
	d.state = ""
	d.affiliates = `{"Ana": {"active": true, "allowed_scopes": ["provisioner:access"], "clusters": ["lab"], "max_nodes": 5}}`
	claims, err := login.Verify(d.loggedIn(t).Token, d.keys(t), issuerURL, login.ProvisionerAudience, d.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	caller, err := claims.Caller()
	if err != nil {
		t.Fatal(err)
	}
	five, sixty := 5, 60
	err = d.rules.Decide(caller, access.Request{Function: access.Deploy, Cluster: "lab", NodeCapacity: &five, TimeToLive: &sixty})
	if err == nil || !strings.Contains(err.Error(), "time_to_live is not granted to organization member by affiliation only Ana") {
		t.Errorf("got %v", err)
	}
}

func TestManyTeams(t *testing.T) {
	for _, n := range []int{0, 99, 100, 101, 250} {
		d := newDesk(t)
		for i := range n {
			d.teams = append(d.teams, fmt.Sprintf("%s/t%d", organization, i))
		}
		got := d.loggedIn(t)
		if len(got.Clusters) != n+1 || d.count("/user/teams") != n/100+1 {
			t.Errorf("%d teams: %d clusters after %d pages", n, len(got.Clusters), d.count("/user/teams"))
		}
	}
}

// What would not be accepted is not handed out.
func TestTooManyTeams(t *testing.T) {
	d := newDesk(t)
	for i := range 300 {
		d.teams = append(d.teams, fmt.Sprintf("%s/a-team-with-a-rather-long-name-%d", organization, i))
	}
	if _, err := d.logIn(t); err == nil || !strings.Contains(err.Error(), "with 301 clusters it is longer than 16384 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestFaultyAffiliates(t *testing.T) {
	for name, content := range map[string]string{
		"not JSON":                     `{`,
		"a list":                       `[]`,
		"one's own entry":              `{"Ana": {"active": "yes"}}`,
		"two entries, by case":         `{"Ana": {"active": true}, "ana": {"active": false}}`,
		"one's own entry is no object": `{"ana": "yes"}`,
	} {
		d := newDesk(t)
		d.affiliates = content
		if got, err := d.logIn(t); err == nil || !strings.Contains(err.Error(), "reading the affiliates: ") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestIssuersThatCannotBeMeant(t *testing.T) {
	good := login.Config{Domain: domain, Organization: organization, Rules: access.Default()}
	for name, change := range map[string]func(*login.Config){
		"no domain":        func(c *login.Config) { c.Domain = "" },
		"a URL":            func(c *login.Config) { c.Domain = "https://sr.test" },
		"no organization":  func(c *login.Config) { c.Organization = "" },
		"a path":           func(c *login.Config) { c.Organization = "a/../b" },
		"too short a life": func(c *login.Config) { c.Lifetime = time.Second },
		"too long a life":  func(c *login.Config) { c.Lifetime = 25 * time.Hour },
		"faulty rules": func(c *login.Config) {
			c.Rules.Levels[access.OrganizationMember] = access.Rights{Functions: []access.Function{access.Deploy}}
		},
	} {
		config := good
		config.Rules = access.Default()
		change(&config)
		if _, err := login.NewIssuer(config, nil, newKeys()[0], awaittest.New()); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func FuzzAffiliates(f *testing.F) {
	for _, seed := range []string{``, `{}`, `{"ana":null}`, `{"ana":{"active":true,"clusters":[null,"x"],"max_nodes":-1}}`, `{"ana":{"active":true,"max_nodes":1e99}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, content []byte) {
		_, _ = login.ParseAffiliates(content)
	})
}
