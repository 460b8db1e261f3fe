package template_test

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// FuzzAnEmailIsJustAText: whatever person.Parse takes stands in the property as it is, and nowhere else.
func FuzzAnEmailIsJustAText(f *testing.F) {
	for _, email := range []string{
		"ana.diaz@example.com", "o'brien+lab@sub.example.com", "{{}}@example.com", "{a:b}@example.com", "&a@example.com", "*a@example.com",
		"!a@example.com", "#a@example.com", "%a@example.com", "?@example.com", "-@example.com", "|@example.com", "`x`@example.com",
		"~@example.com", "=@example.com", "$a/b^c@example.com", "null@example.com", "1@example.com", "0x10@1.2", "1.5e3@e.f",
		"yes@no.on", "a\u0085b@example.com", "a\u2028b@example.com", "\ufeffa@example.com", "é@example.com", "漢字@example.com", "\U0001f600@example.com",
		"a\u200bb@example.com", `a"b@example.com`, "x: y@example.com", "a\nb@example.com", "a@[127.0.0.1]", "a@b.c\x00", "REPLACEME_USER_NAME@example.com",
		"a\ufffeb@example.com", "a\u00a0b@example.com", strings.Repeat("l", 300) + "@example.com", "<<@example.com", "---@example.com",
	} {
		f.Add(email)
	}
	parsed, err := template.Parse(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, email string) {
		who, err := person.Parse(email)
		if err != nil {
			return
		}
		text, err := parsed.For(who, "default")
		if err != nil {
			t.Fatalf("%q: %v", email, err)
		}
		var cluster struct {
			Name   string            `yaml:"clusterName"`
			Labels map[string]string `yaml:"labels"`
			Config struct {
				Software struct {
					Image      string            `yaml:"imageVersion"`
					Properties map[string]string `yaml:"properties"`
				} `yaml:"softwareConfig"`
			} `yaml:"config"`
		}
		if err := yaml.Unmarshal([]byte(text), &cluster); err != nil {
			t.Fatalf("%q broke out: %v\n%s", email, err, text)
		}
		software := cluster.Config.Software
		if len(software.Properties) != 1 || software.Properties[template.PersonalAuth] != who.Email() || software.Image != "2.3" || len(cluster.Labels) != 3 {
			t.Fatalf("%q: got %q in\n%s", email, software.Properties, text)
		}
		again, err := template.Parse(text)
		if err != nil {
			t.Fatalf("%q: what was made cannot be parsed: %v\n%s", email, err, text)
		}
		if second, err := again.For(who, "default"); err != nil || second != text {
			t.Fatalf("%q: %v; got\n%s\nwant\n%s", email, err, second, text)
		}
	})
}

// FuzzParse: no text breaks the reader, and what it takes can be rendered and read again.
func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("labels: {a: &x b, c: *x}\nconfig: {lifecycleConfig: {idleDeleteTtl: 600s}}")
	f.Add("config: {softwareConfig: {properties: {\"a:b\": \"\\u2028 \\x85 \\n  \\ttrailing \"}}, lifecycleConfig: {idleDeleteTtl: 600s}}")
	f.Add("config: {softwareConfig: {properties: {a: |\n  x\n\n y: on, \"0o7\": \"<<\"}}, lifecycleConfig: {idleDeleteTtl: 600s}}")
	f.Add("a: &a [*a]\n")
	f.Add("config: {gceClusterConfig: {metadata: {? 'k: v' : '- x', '': ' '}}, lifecycleConfig: {idleDeleteTtl: 600s}}")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := template.Parse(text)
		if err != nil {
			_ = problems(t, text)
			return
		}
		made, err := parsed.For(someone(t, "ana@example.com"), "default")
		if err != nil {
			t.Fatalf("%v\n%q", err, text)
		}
		again, err := template.Parse(made)
		if err != nil {
			t.Fatalf("what was made cannot be parsed: %v\n%s", err, made)
		}
		if second, err := again.For(someone(t, "ana@example.com"), "default"); err != nil || second != made {
			t.Fatalf("%v; got\n%s\nwant\n%s", err, second, made)
		}
	})
}
