package naming_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Defect 10: names that the shipped system accepted, to fail later or to clash in the DNS.
func TestClusterNames(t *testing.T) {
	for _, good := range []string{"d", "dev", "dev-two", "x9", "sliderule-dev", strings.Repeat("a", 40), "sliderule-20260801090000"} {
		if err := naming.CheckCluster(good); err != nil {
			t.Errorf("%q is refused: %v", good, err)
		}
	}
	for bad, near := range map[string]string{
		"my_team": `"my-team"`, "9lab": `"lab"`, "Dev": `"dev"`, "dev-": `"dev"`, "dev\n": `"dev"`, "-dev": `"dev"`, "dev.two": `"dev-two"`,
		"": "dev-two", "*": "dev-two", "x$(id)": `"x-id"`, "é": "dev-two", strings.Repeat("a", 41): strings.Repeat("a", 40), "Login": "dev-two",
		strings.Repeat("A-", 9999): "dev-two",
	} {
		err := naming.CheckCluster(bad)
		var told *naming.Error
		if !errors.As(err, &told) || told.What != "cluster" || told.Value != bad || told.Rule == "" || !strings.Contains(told.Remedy, near) {
			t.Errorf("%.50q: %v, want a remedy with %s", bad, err, near)
			continue
		}
		if strings.Contains(err.Error(), "\n") || len(err.Error()) > 500 {
			t.Errorf("%.50q: the message is not fit to be shown: %.600q", bad, err)
		}
	}
}

func TestReservedNames(t *testing.T) {
	for _, name := range strings.Fields("login provisioner client recorder runner mcp sliderule monitor ps") {
		if err := naming.CheckCluster(name); err == nil || !strings.Contains(err.Error(), "reserved") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Defect 3: the real names of public clusters are nobody's to deploy or destroy.
func TestPublicNames(t *testing.T) {
	if err := naming.CheckPrivate("sliderule-20260801090000"); err == nil || !naming.IsPublic("sliderule-20260801090000") {
		t.Error("a public cluster's name passes for a private one")
	}
	for _, private := range []string{"sliderule-dev", "xsliderule-1", "sliderule-1x", "dev"} {
		if err := naming.CheckPrivate(private); err != nil {
			t.Errorf("%s: %v", private, err)
		}
	}
	if naming.CheckPrivate("Dev") == nil || naming.CheckPrivate("ps") == nil {
		t.Error("a private name needs to be a name")
	}
}

// Defect 12: what the instance would have run as a shell.
func TestBranchesAndVersions(t *testing.T) {
	long := strings.Repeat("v", 128)
	cases := []struct {
		what  string
		check func(string) error
		good  []string
		bad   []string
	}{
		{
			"branch", naming.CheckBranch,
			[]string{"main", "feature/x", "fix-1", "v5.5.0", "a_b.c", "0f3c", strings.Repeat("b", 200)},
			[]string{"", "main; id #", "$(id)", "-x", "a b", "main\n", "a\x00", "a..b", "a//b", "a/", "a.", "a/.b", "a.lock", "a.lock/b", "~a", strings.Repeat("b", 201)},
		},
		{
			"version", naming.CheckVersion,
			[]string{"latest", "v5.5.0", "_x", "5", long},
			[]string{"", "x$(id)", ".5", "-5", "v5/5", "v5:5", "latest\n", "a b", long + "v"},
		},
		{
			"login", naming.CheckLogin,
			[]string{"ana", "Ana-Diaz", "ana_corp", "ana-", "9lab"},
			[]string{"", "ana/..", "a b", "ana\n", "a@b", strings.Repeat("a", 65)},
		},
		{
			"domain", naming.CheckDomain,
			[]string{"slideruleearth.io", "sr.test:8443", "a.b-c.d", "localhost:80", "x.localhost"},
			[]string{
				"", "Slideruleearth.io", "https://a.io", "a.io/", "a..io", ".io", "a.io.", "-a.io", "a-.io", "a.io\n", "a.io:", "a.io:0", "a.io:65536", "a.io:80:80",
				"127.0.0.1", "127.0.0.1:80", "a_b.io", "a.io; id", strings.Repeat("a", 64) + ".io", strings.Repeat("abcdefg.", 30) + "io",
			},
		},
	}
	for _, c := range cases {
		for _, good := range c.good {
			if err := c.check(good); err != nil {
				t.Errorf("%s %q is refused: %v", c.what, good, err)
			}
		}
		for _, bad := range c.bad {
			var told *naming.Error
			if err := c.check(bad); !errors.As(err, &told) || told.What != c.what || told.Value != bad || told.Rule == "" || told.Remedy == "" {
				t.Errorf("%s %q: %v", c.what, bad, err)
			}
		}
	}
}
