package provider_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// Every type that is registered is described, marks what is secret, and has an example and a page.
func TestSchemas(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, newWorld(t))
	walk(t, "provider", p.schemas.Provider.Block)
	kinds := []struct {
		folder, page string
		schemas      map[string]*tfprotov6.Schema
	}{
		{"resources", "resources", p.schemas.ResourceSchemas},
		{"data-sources", "data-sources", p.schemas.DataSourceSchemas},
		{"list-resources", "list-resources", p.schemas.ListResourceSchemas},
		{"ephemeral-resources", "ephemeral-resources", p.schemas.EphemeralResourceSchemas},
	}
	for _, kind := range kinds {
		for name, schema := range kind.schemas {
			walk(t, name, schema.Block)
			wantFiles(t, filepath.Join("../../examples", kind.folder, name, "*.*"), filepath.Join("../../docs", kind.page, strings.TrimPrefix(name, "provisioner_")+".md"))
		}
	}
	for name, function := range p.schemas.Functions {
		if function.Summary == "" || function.Description == "" {
			t.Errorf("the function %s is not described", name)
		}
		wantFiles(t, filepath.Join("../../examples/functions", name, "*.tf"), filepath.Join("../../docs/functions", name+".md"))
	}
}

func wantFiles(t *testing.T, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		if found, _ := filepath.Glob(pattern); len(found) == 0 {
			t.Errorf("there is no %s", pattern)
		}
	}
}

// secretName: a customer-managed key and a signing key are names of keys, which their clouds never hand out.
var secretName = regexp.MustCompile(`(^|_)(token|secret|password|key)$`)

func walk(t *testing.T, path string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	for _, a := range block.Attributes {
		walkAttribute(t, path+"."+a.Name, a)
	}
}

func walkAttribute(t *testing.T, path string, a *tfprotov6.SchemaAttribute) {
	t.Helper()
	if a.Description == "" && !strings.HasPrefix(a.Name, "timeouts") {
		t.Errorf("%s is not described", path)
	}
	if secretName.MatchString(a.Name) && a.Name != "customer_managed_key" && a.Name != "signing_key" && !a.Sensitive && !a.WriteOnly {
		t.Errorf("%s looks like a secret and is not sensitive", path)
	}
	if a.NestedType != nil {
		for _, nested := range a.NestedType.Attributes {
			walkAttribute(t, path+"."+nested.Name, nested)
		}
	}
}

func TestResourceName(t *testing.T) {
	t.Parallel()
	call := func(arguments string) string {
		return `output "name" { value = provider::provisioner::resource_name(` + arguments + `) }`
	}
	step := func(arguments, want string) resource.TestStep {
		return resource.TestStep{Config: call(arguments), ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("name", knownvalue.StringExact(want))}}
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		step(`"Ana.Diaz@example.com", "single-user", 100`, "single-user-ana-diaz-6idqd22h"),
		step(`"Ana.Diaz@example.com", "", 63`, "ana-diaz-6idqd22h"),
		step(`"Ana.Diaz@example.com", "nb", 14`, "nb-an-6idqd22h"),
		{Config: call(`"ana", "nb", 63`), ExpectError: regexp.MustCompile(`not an\s+e-mail`)},
		{Config: call(`"ana@example.com", "notebook", 10`), ExpectError: regexp.MustCompile(`leaves no room`)},
	}})
}

func TestClusterDataSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	provider := `provider "provisioner" {
		databricks = { host = "` + w.DatabricksURL + `", token = "` + w.Env()["DATABRICKS_TOKEN"] + `" }
	}
	`
	cluster := provider + `resource "provisioner_single_user_cluster" "test" {
		user_email    = "ana.diaz@example.com"
		warm_up       = false
		defaults_json = jsonencode(` + settings + `)
	}
	`
	read := func(arguments string) string {
		return cluster + `data "provisioner_single_user_cluster" "test" {
			` + arguments + `
			depends_on = [provisioner_single_user_cluster.test]
		}
		output "found" { value = data.provisioner_single_user_cluster.test }`
	}
	found := statecheck.ExpectKnownOutputValue("found", knownvalue.ObjectPartial(map[string]knownvalue.Check{
		"name": knownvalue.StringExact("single-user-ana-diaz-6idqd22h"), "managed": knownvalue.Bool(true), "user_email": knownvalue.StringExact("ana.diaz@example.com"),
		"libraries": knownvalue.ListSizeExact(1), "permissions": knownvalue.SetPartial([]knownvalue.Check{knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"user_name": knownvalue.StringExact("ana.diaz@example.com"), "permission_level": knownvalue.StringExact("CAN_RESTART"),
		})}),
	}))
	resource.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{ProtoV6ProviderFactories: factories, Config: read(`user_email = "bob@example.com"`), ExpectError: regexp.MustCompile(`(?s)no such cluster.*bob@example.com`)},
		{ProtoV6ProviderFactories: factories, Config: read(`name = "x"`), ExpectError: regexp.MustCompile(`(?s)Exactly one`)},
		{ProtoV6ProviderFactories: factories, Config: cluster},
		{ProtoV6ProviderFactories: factories, Config: read(`user_email = "ana.diaz@example.com"`), ConfigStateChecks: []statecheck.StateCheck{found}},
		{ProtoV6ProviderFactories: factories, Config: read(`cluster_id = provisioner_single_user_cluster.test.cluster_id`), ConfigStateChecks: []statecheck.StateCheck{found}},
	}})
}
