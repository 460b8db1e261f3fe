package schema_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/data-access/terraform-provider-provisioner/internal/tools/docschema/schema"
)

var update = flag.Bool("update", false, "rewrite testdata/schemas.json")

const golden = "testdata/schemas.json"

func TestDescribe(t *testing.T) {
	t.Parallel()
	server, err := providerserver.NewProtocol6WithError(&toyProvider{})()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := schema.Describe(t.Context(), server, "toy")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(schemas, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("differs from %s (go test ./internal/tools/docschema/schema -update rewrites it):\n%s", golden, diff)
	}

	// What reads it must find every kind again.
	var read tfjson.ProviderSchemas
	if err := json.Unmarshal(got, &read); err != nil {
		t.Fatalf("terraform-json cannot read it: %v", err)
	}
	toy := read.Schemas["toy"]
	for kind, found := range map[string]bool{
		"provider":           toy.ConfigSchema != nil,
		"resource":           toy.ResourceSchemas["toy_thing"] != nil,
		"data source":        toy.DataSourceSchemas["toy_thing"] != nil,
		"ephemeral resource": toy.EphemeralResourceSchemas["toy_thing"] != nil,
		"action":             toy.ActionSchemas["toy_thing"] != nil,
		"function":           toy.Functions["join"] != nil,
		"identity":           toy.ResourceIdentitySchemas["toy_thing"] != nil,
		"list resource":      toy.ListResourceSchemas["toy_thing"] != nil,
	} {
		if !found {
			t.Errorf("the %s is missing", kind)
		}
	}
}

func TestDescribeTellsTheProvidersErrors(t *testing.T) {
	t.Parallel()
	_, err := schema.Describe(t.Context(), brokenServer{}, "toy")
	if err == nil || err.Error() != "Schema is broken: attribute x has no type" {
		t.Errorf("got error %v", err)
	}
}

type brokenServer struct{ tfprotov6.ProviderServer }

func (brokenServer) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{Diagnostics: []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Schema is old"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Schema is broken", Detail: "attribute x has no type"},
	}}, nil
}

func (brokenServer) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}
