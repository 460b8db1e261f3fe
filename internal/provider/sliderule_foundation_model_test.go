package provider

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func basis() *sliderule.Foundation {
	return &sliderule.Foundation{
		FoundationWanted: sliderule.FoundationWanted{
			Name: "base", Domain: "example.org", CertificateSource: "s3://b/x.pem", Registry: "r.example.org", GitHubOrganization: "org", LogRetentionDays: 30, Tags: map[string]string{"team": "data"},
		},
		StackID: "arn:aws:cloudformation:us-west-2:123456789012:stack/base/1", StackStatus: "CREATE_COMPLETE", SchedulerRole: "scheduler", StackRole: "stack", BalancerProfile: "balancers", NodeProfile: "nodes", RunProfile: "runs", ReleaseProfile: "releases",
		ScheduleGroup: "group", LogBucket: "logs", SigningKey: "key", ManagedBy: "default", Managed: true,
	}
}

func TestAFoundationIsTranslatedBothWays(t *testing.T) {
	m := foundedFound(basis())
	if got := m.wanted(); !reflect.DeepEqual(got, basis().FoundationWanted) {
		t.Errorf("got %+v", got)
	}
	for i, want := range []string{"arn:aws:cloudformation:us-west-2:123456789012:stack/base/1", "scheduler", "stack", "balancers", "nodes", "runs", "releases", "group", "logs", "key"} {
		if got := m.outputs()[i].ValueString(); got != want {
			t.Errorf("output %d is %q, want %q", i, got, want)
		}
	}
	if region, account := m.place(); region != "us-west-2" || account != "123456789012" || m.ID != m.Name || m.ManagedBy.ValueString() != "default" || !m.Template.IsNull() {
		t.Errorf("got %+v in %s of %s", m, region, account)
	}
	if region, account := (&slideruleFoundationModel{}).place(); region+account != "" {
		t.Errorf("nothing is in %s of %s", region, account)
	}
}

func TestAFoundationOnItsWayKeepsItsSettings(t *testing.T) {
	for _, on := range []func(*sliderule.Foundation){
		func(f *sliderule.Foundation) { f.StackStatus = "UPDATE_IN_PROGRESS" },
		func(f *sliderule.Foundation) { f.StackStatus, f.SigningKey = "ROLLBACK_COMPLETE", "" },
	} {
		m, f := foundedFound(basis()), basis()
		f.Domain, f.GitHubOrganization, f.LogRetentionDays, f.Tags = "", "", 0, nil
		on(f)
		m.saw(f)
		if m.Domain.ValueString() != "example.org" || m.GitHubOrganization.ValueString() != "org" || m.LogRetentionDays.ValueInt64() != 30 || len(m.Tags.Elements()) != 1 {
			t.Errorf("got %+v", m)
		}
		if m.whole() {
			t.Errorf("%s is whole", f.StackStatus)
		}
	}
}

func TestWhatOfAFoundationDiffers(t *testing.T) {
	whole := foundedFound(basis())
	whole.Template = types.StringValue(sliderule.FoundationTemplate())
	for name, c := range map[string]struct {
		plan, state func(*slideruleFoundationModel)
		want        bool
	}{
		"nothing":                    {want: false},
		"the domain":                 {plan: func(m *slideruleFoundationModel) { m.Domain = types.StringValue("example.net") }, want: true},
		"an unknown domain":          {plan: func(m *slideruleFoundationModel) { m.Domain = types.StringUnknown() }, want: true},
		"the certificate":            {plan: func(m *slideruleFoundationModel) { m.CertificateSource = types.StringValue("s3://b/y.pem") }, want: true},
		"the registry":               {plan: func(m *slideruleFoundationModel) { m.Registry = types.StringValue("other") }, want: true},
		"no organization":            {plan: func(m *slideruleFoundationModel) { m.GitHubOrganization = types.StringNull() }, want: true},
		"the retention":              {plan: func(m *slideruleFoundationModel) { m.LogRetentionDays = types.Int64Value(5) }, want: true},
		"a tag":                      {plan: func(m *slideruleFoundationModel) { m.Tags = mapOf(map[string]string{"team": "x"}) }, want: true},
		"tags known later":           {plan: func(m *slideruleFoundationModel) { m.Tags = types.MapUnknown(types.StringType) }, want: true},
		"a stack under way":          {state: func(m *slideruleFoundationModel) { m.StackStatus = types.StringValue("CREATE_IN_PROGRESS") }, want: true},
		"a stack that was undone":    {state: func(m *slideruleFoundationModel) { m.StackStatus = types.StringValue("ROLLBACK_COMPLETE") }, want: true},
		"a stack that could not be":  {state: func(m *slideruleFoundationModel) { m.StackStatus = types.StringValue("UPDATE_ROLLBACK_FAILED") }, want: true},
		"an update that was undone":  {state: func(m *slideruleFoundationModel) { m.StackStatus = types.StringValue("UPDATE_ROLLBACK_COMPLETE") }, want: false},
		"another release's template": {state: func(m *slideruleFoundationModel) { m.Template = types.StringValue("old") }, want: true},
		"an import":                  {state: func(m *slideruleFoundationModel) { m.Template = types.StringNull() }, want: false},
	} {
		plan, state := whole, whole
		if c.plan != nil {
			c.plan(&plan)
		}
		if c.state != nil {
			c.state(&state)
		}
		if got := plan.differs(state); got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
	none, empty := whole, whole
	none.Tags, empty.Tags = types.MapNull(types.StringType), mapOf(nil)
	if none.differs(empty) || empty.differs(none) {
		t.Error("no tags and an empty map of them differ")
	}
}
