package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
)

// What configuration alone can tell is refused at plan, naming the attribute, the value and the remedy, without asking
// AWS for anything.
func TestBadInputForSlideruleIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	block := func(inside string) string {
		return "provider \"provisioner\" {\n sliderule = {\n" + inside + "\n}\n}\n" + based("")
	}
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"a name":                     {based(`name = "my_base"`), []string{"cannot be the name of a foundation", "my_base", "sliderule-foundation"}},
		"an empty name":              {based(`name = ""`), []string{"name", "at least 1"}},
		"the name of a cluster":      {based(`name = "dev-cluster"`), []string{"cannot be the name of a foundation", "dev-cluster", "form of a cluster's stack"}},
		"a domain with its scheme":   {based(`domain = "https://example.org"`), []string{"cannot be a domain", "https://example.org"}},
		"a certificate on disk":      {based(`certificate_source = "/etc/ssl/x.pem"`), []string{"does not say where a certificate is", "/etc/ssl/x.pem", "s3://sliderule/cf/example.org.pem"}},
		"a registry with its scheme": {based(`registry = "https://registry.example.org"`), []string{"cannot be a registry", "https://registry.example.org", "Leave out the scheme"}},
		"an organization":            {based(`github_organization = "Slide Rule"`), []string{"cannot be an organization of GitHub", "Slide Rule", "SlideRuleEarth"}},
		"no retention":               {based(`log_retention_days = 0`), []string{"Logs cannot be kept so long", "log retention 0", "1 to 3650"}},
		"a negative retention":       {based(`log_retention_days = -1`), []string{"Logs cannot be kept so long", "-1", "1 to 3650"}},
		"a long retention":           {based(`log_retention_days = 4000`), []string{"Logs cannot be kept so long", "4000", "1 to 3650"}},
		"a tag of AWS's":             {based(`tags = { "aws:x" = "y" }`), []string{"tags cannot be used", "aws:x", "AWS's own"}},
		"a tag of ours":              {based(`tags = { provisioner_managed_by = "me" }`), []string{"tags cannot be used", "provisioner_managed_by", "provisioner's own"}},
		"a tag that each thing has":  {based(`tags = { Name = "me" }`), []string{"tags cannot be used", `"Name"`}},
		"one tag twice":              {based(`tags = { Team = "a", team = "b" }`), []string{"tags cannot be used", `"Team" and "team"`, "case"}},
		"a value of a tag":           {based(`tags = { team = "a<b" }`), []string{"tags cannot be used", "tag team", "a<b"}},
		"a time-out":                 {based(`timeouts = { create = "soon" }`), []string{"soon"}},

		"a domain of the provider":     {block(`domain = "EXAMPLE"`), []string{"cannot be a domain", "sliderule.domain", "EXAMPLE"}},
		"a foundation of the provider": {block(`foundation = "my_base"`), []string{"cannot be the name of a foundation", "sliderule.foundation", "my_base"}},
		"no nodes for anybody":         {block(`limits = { administrator = { node_capacity = 0 } }`), []string{"sliderule.limits.administrator.node_capacity", "between 1 and 1000", "0"}},
		"a limit below the least":      {block(`limits = { organization_member = { time_to_live = 14 } }`), []string{"sliderule.limits.organization_member.time_to_live", "between 15 and 525600", "14"}},
		"prices without a day":         {block(`prices = { nat_gateway = 1 }`), []string{"date", "required"}},
		"prices of no day":             {block(`prices = { date = "yesterday" }`), []string{"This is not a date", "sliderule.prices.date", "yesterday", "2026-01-31"}},
		"a negative price":             {block(`prices = { date = "2026-01-31", nat_gateway = -1 }`), []string{"sliderule.prices.nat_gateway", "between 0", "-1"}},
		"a machine for nothing":        {block(`prices = { date = "2026-01-31", instances = { "t4g.large" = 0 } }`), []string{"instances", "t4g.large", "between 0.0001"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{Steps: []resource.TestStep{{
				Config: c.config, PlanOnly: true, ProtoV6ProviderFactories: factories, ExpectError: inThisOrder(c.want...),
			}}})
		})
	}
}

// What is known only at apply is judged there, before anything is made.
func TestSlideruleFoundationKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	config := func(domain string) string {
		return "resource \"terraform_data\" \"domain\" {\n input = \"" + domain + "\"\n}\n" + based("domain = terraform_data.domain.output")
	}
	w.run(
		w.onAWS(config("not a domain"), fails("This cannot be a domain", "not a domain")),
		w.onAWS(config(slideruleDomain), holds(basedAddress, "domain", slideruleDomain, "outcome", "created")),
		w.onAWS(config(slideruleDomain), nothing),
	)
	if n := w.acted("CreateStack"); n != 1 {
		t.Errorf("%d stacks were made", n)
	}
}

// Who has no region or no credentials is told so at once, with the remedy. Nobody else is asked for them.
func TestAWSThatIsNotConfigured(t *testing.T) {
	for _, variable := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(variable, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	server := map[string]func() (tfprotov6.ProviderServer, error){
		"provisioner": func() (tfprotov6.ProviderServer, error) { return provider.Server("0.0.0-test")(), nil },
	}
	step := func(aws string, texts ...string) resource.TestStep {
		return resource.TestStep{ProtoV6ProviderFactories: server, Config: "provider \"provisioner\" {\n aws = { " + aws + " }\n}\n" + based(""), ExpectError: inThisOrder(texts...)}
	}
	resource.Test(t, resource.TestCase{Steps: []resource.TestStep{
		step("", "AWS cannot be reached", "no AWS region", "aws.region", "AWS_REGION"),
		step(`region = "us-west-2"`, "AWS cannot be reached", "no AWS credentials", "aws.profile", "AWS_ACCESS_KEY_ID"),
		step(`profile = "nobody"`, "AWS cannot be reached", "AWS configuration cannot be used", "nobody"),
		{
			ProtoV6ProviderFactories: server,
			Config: "provider \"provisioner\" {\n sliderule = { foundation = \"second\", limits = { administrator = { node_capacity = 4 } } }\n}\n" +
				`output "name" { value = provider::provisioner::resource_name("Ana.Diaz@example.com", "nb", 63) }`,
		},
	}})
}
