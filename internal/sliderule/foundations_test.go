package sliderule_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func TestFoundationsAreListed(t *testing.T) {
	c := newCloud(t)
	for _, name := range []string{"second", "first"} {
		if _, err := c.region().EnsureFoundation(t.Context(), foundation(func(w *sliderule.FoundationWanted) { w.Name = name })); err != nil {
			t.Fatal(err)
		}
	}
	c.add("dev-cluster", installation, nil)
	c.add("theirs", "another", nil)
	var names []string
	all, err := c.region().ListFoundations(t.Context())
	for _, f := range all {
		names = append(names, f.Name)
	}
	if err != nil || strings.Join(names, " ") != "first second" || all[0].SigningKey == "" {
		t.Errorf("got %v, %v", names, err)
	}
	c.fail("DescribeStacks", fault{false, errDenied})
	if all, err := c.region().ListFoundations(t.Context()); err == nil {
		t.Errorf("got %v for a refusal", all)
	}
}

func TestFoundationsAreJudged(t *testing.T) {
	if problems := sliderule.JudgeFoundation(foundation(func(w *sliderule.FoundationWanted) { w.Tags = map[string]string{"team": "data"} })); len(problems) != 0 {
		t.Errorf("got %+v", problems)
	}
	if problems := sliderule.JudgeFoundation(sliderule.FoundationWanted{}); len(problems) != 0 {
		t.Errorf("what is not said was judged: %+v", problems)
	}
	many := map[string]string{}
	for _, a := range "abcdefghij" {
		for _, b := range "abcde" {
			many[string(a)+string(b)] = ""
		}
	}
	for name, c := range map[string]struct {
		change func(*sliderule.FoundationWanted)
		want   []string // the attribute, and then texts of the message
	}{
		"a name":                   {func(w *sliderule.FoundationWanted) { w.Name = "my_base" }, []string{"name", `"my_base"`, "sliderule-foundation"}},
		"a name that is too long":  {func(w *sliderule.FoundationWanted) { w.Name = strings.Repeat("x", 65) }, []string{"name", "64"}},
		"the name of a cluster":    {func(w *sliderule.FoundationWanted) { w.Name = "dev-cluster" }, []string{"name", `"dev-cluster"`, "cluster's stack"}},
		"a domain":                 {func(w *sliderule.FoundationWanted) { w.Domain = "https://example.org" }, []string{"domain", `"https://example.org"`}},
		"a certificate on disk":    {func(w *sliderule.FoundationWanted) { w.CertificateSource = "/etc/ssl/x.pem" }, []string{"certificate_source", "/etc/ssl/x.pem", "s3://"}},
		"a certificate of nothing": {func(w *sliderule.FoundationWanted) { w.CertificateSource = "s3://bucket" }, []string{"certificate_source", "s3://bucket", "s3://sliderule/cf/"}},
		"a registry's address":     {func(w *sliderule.FoundationWanted) { w.Registry = "https://registry.example.org" }, []string{"registry", "https://registry.example.org", "scheme"}},
		"an organization":          {func(w *sliderule.FoundationWanted) { w.GitHubOrganization = "Slide Rule" }, []string{"github_organization", `"Slide Rule"`, "SlideRuleEarth"}},
		"no retention":             {func(w *sliderule.FoundationWanted) { w.LogRetentionDays = -1 }, []string{"log_retention_days", `"-1"`, "1 to 3650"}},
		"a long retention":         {func(w *sliderule.FoundationWanted) { w.LogRetentionDays = 4000 }, []string{"log_retention_days", `"4000"`, "1 to 3650"}},
		"a tag of AWS's":           {func(w *sliderule.FoundationWanted) { w.Tags = map[string]string{"aws:x": ""} }, []string{"tags", `"aws:x"`}},
		"a tag of ours":            {func(w *sliderule.FoundationWanted) { w.Tags = map[string]string{"Provisioner_x": ""} }, []string{"tags", `"Provisioner_x"`}},
		"the Name":                 {func(w *sliderule.FoundationWanted) { w.Tags = map[string]string{"Name": "x"} }, []string{"tags", `"Name"`}},
		"one tag twice":            {func(w *sliderule.FoundationWanted) { w.Tags = map[string]string{"Team": "a", "team": "b"} }, []string{"tags", `"Team" and "team"`, "case"}},
		"a long value":             {func(w *sliderule.FoundationWanted) { w.Tags = map[string]string{"x": strings.Repeat("x", 257)} }, []string{"tags", "256"}},
		"too many tags":            {func(w *sliderule.FoundationWanted) { w.Tags = maps.Clone(many) }, []string{"tags", `"51"`, "40"}},
	} {
		t.Run(name, func(t *testing.T) {
			problems := sliderule.JudgeFoundation(foundation(c.change))
			if len(problems) != 1 || problems[0].Attribute != c.want[0] {
				t.Fatalf("got %+v", problems)
			}
			for _, text := range c.want[1:] {
				if !strings.Contains(problems[0].Detail, text) {
					t.Errorf("%q does not say %q", problems[0].Detail, text)
				}
			}
		})
	}
}

func TestTheTemplateHasADigest(t *testing.T) {
	if digest := sliderule.FoundationTemplate(); len(digest) != 16 || digest != sliderule.FoundationTemplate() {
		t.Errorf("got %q", digest)
	}
}
