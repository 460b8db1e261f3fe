//go:build unix

package main_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

var variable = regexp.MustCompile(`\b[A-Z]+_[A-Z_]*\*?`)

func TestTheUsageSaysWhatTheEnvironmentIsFor(t *testing.T) {
	_, _, usage := run(t, "-help")
	for _, cloud := range []string{"Databricks", "Google Cloud", "AWS", "Slack", "GitHub"} {
		if !strings.Contains(usage, cloud) {
			t.Errorf("%s is not named: %s", cloud, usage)
		}
	}
	_, listed, _ := strings.Cut(usage, "The environment")
	listed, _, _ = strings.Cut(listed, "Flags:")
	explained := variable.FindAllString(listed, -1)
	s, err := sandbox.Start(t.Context(), sandbox.Options{WithoutAWS: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for name := range s.Env() {
		found := false
		for _, pattern := range explained {
			prefix, any := strings.CutSuffix(pattern, "*")
			found = found || name == pattern || any && strings.HasPrefix(name, prefix)
		}
		if !found {
			t.Errorf("nothing says what %s is for", name)
		}
	}
}
