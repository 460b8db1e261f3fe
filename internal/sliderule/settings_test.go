package sliderule_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

func (c *cloud) settings(changes ...func(*sliderule.Options)) (*sliderule.Settings, error) {
	return c.region(changes...).Settings(c.Context(), "dev")
}

func TestSettingsThatNobodyWrote(t *testing.T) {
	c := newCloud(t)
	if _, err := c.settings(); !errors.Is(err, sliderule.ErrGone) || !strings.Contains(err.Error(), "dev-cluster") {
		t.Errorf("got %v", err)
	}
	c.deployed(wanted())
	for body, want := range map[string]string{
		"Resources: {A: {Type: 'AWS::EC2::VPC'}}":             "",
		"Metadata: {ProvisionerSettings: 'not what it was'}":  "settings that cannot be read",
		"Metadata: {ProvisionerSettings: '{\"Nodes\": [1]}'}": "settings that cannot be read",
		"no template at all":                                  "the template cannot be read",
	} {
		c.stack("dev-cluster").body = body
		got, err := c.settings()
		if got != nil || (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
	c.fail("GetTemplate", fault{false, errDenied})
	if got, err := c.settings(); got != nil || err == nil || !strings.Contains(err.Error(), "call GetTemplate of CloudFormation") {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Whoever may not look at a cluster is not told what it was asked for.
func TestSettingsAreForWhoHasTheCluster(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.forgetCalls()
	_, err := c.settings(func(o *sliderule.Options) {
		o.Caller = &access.Caller{Account: "ana", Level: access.OrganizationMember, Clusters: []string{"ana"}}
	})
	var refusal *access.Refusal
	if !errors.As(err, &refusal) || c.count("GetTemplate") != 0 {
		t.Errorf("got %v", err)
	}
}
