package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

func TestSettingsComeBack(t *testing.T) {
	for _, text := range []string{
		"", `{}`, `{"Sleep":{"Down":["0 20 * * MON-FRI"]}}`, "{\"a\":\n\"it's: #1 & ${AWS::Region} !Ref x é\"}", `"` + strings.Repeat("long words ", 300) + `"`,
	} {
		c := plain()
		c.Settings = text
		made := cluster(t, c)
		if got, err := cloudformation.SettingsOf(made.Body); err != nil || got != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
		// They change nothing else.
		body, _, _ := strings.Cut(made.Body, "Metadata:")
		if body != cluster(t, plain()).Body {
			t.Errorf("%q changed the template", text)
		}
	}
	c := plain()
	c.Settings = "{"
	if _, err := cloudformation.RenderCluster(c); err == nil || !strings.Contains(err.Error(), `settings "{"`) {
		t.Errorf("got %v", err)
	}
}

func TestSettingsOfOtherTemplates(t *testing.T) {
	for body, want := range map[string]string{
		"": "", `{"Resources": {}}`: "", `{"Metadata": {"ProvisionerSettings": "x"}}`: "x",
		"Metadata: {Other: 1}\nResources: {A: {Type: T, Properties: {B: !Sub '${C}'}}}": "", "Metadata: []": "",
	} {
		if got, err := cloudformation.SettingsOf(body); err != nil || got != want {
			t.Errorf("%s: got %q, %v", body, got, err)
		}
	}
	if got, err := cloudformation.SettingsOf("a: b: c"); err == nil {
		t.Errorf("got %q", got)
	}
}
