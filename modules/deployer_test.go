package modules_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// The published deployer was made with Google's own provider. For somebody who moves away from it, this stands in: it
// knows the types of the deployer's resources, and writes down what it is told to destroy.

const (
	googlesAddress = "registry.terraform.io/hashicorp/google"
	googlesFile    = "terraform-provider-google_v7.45.0"
	destroyedKey   = "MODULES_TEST_DESTROYED" // the file in which it is written down
)

// TestMain lets this program be that provider, when a CLI starts it as such.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != googlesFile {
		os.Exit(m.Run())
	}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return googles{} }, providerserver.ServeOpts{Address: googlesAddress}); err != nil {
		log.Fatal(err)
	}
}

// withGoogles lets a project use that provider too.
func (p *project) withGoogles(t *testing.T) {
	t.Helper()
	mirror := t.TempDir()
	folder := filepath.Join(mirror, googlesAddress, "7.45.0", runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	this, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(this, filepath.Join(folder, googlesFile)); err != nil {
		t.Fatal(err)
	}
	const start = "provider_installation {"
	config := read(t, os.Getenv("TF_CLI_CONFIG_FILE"))
	if !strings.Contains(config, start) {
		t.Fatalf("the CLI's configuration says nothing of providers: %s", config)
	}
	p.write(t, "terraformrc", strings.Replace(config, start, start+fmt.Sprintf("\n  filesystem_mirror {\n    path    = %q\n    include = [%q]\n  }\n", mirror, googlesAddress), 1))
	p.env = append(p.env, "TF_CLI_CONFIG_FILE="+filepath.Join(p.path, "terraformrc"), destroyedKey+"="+filepath.Join(p.path, "destroyed"))
}

// destroyed is what that provider was told to destroy.
func (p *project) destroyed() string {
	text, err := os.ReadFile(filepath.Join(p.path, "destroyed"))
	if err != nil { // nobody wrote it
		return ""
	}
	return string(text)
}

// deployed are the types of the deployer's resources.
var deployed = []string{
	"google_notebooks_instance", "google_notebooks_runtime", "google_project_iam_binding", "google_service_account", "google_storage_bucket", "google_storage_bucket_object",
}

type googles struct{}

func (googles) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "google"
}
func (googles) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (googles) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (googles) DataSources(context.Context) []func() datasource.DataSource                        { return nil }

func (googles) Resources(context.Context) (all []func() resource.Resource) {
	for _, name := range deployed {
		all = append(all, func() resource.Resource { return &googlesResource{name} })
	}
	return all
}

// googlesResource is as its state says.
type googlesResource struct{ name string }

func (r *googlesResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.name
}

func (r *googlesResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"id": schema.StringAttribute{Optional: true}}}
}

func (r *googlesResource) Create(_ context.Context, _ resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.AddError("Nothing is made here", r.name)
}

func (r *googlesResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *googlesResource) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Nothing is changed here", r.name)
}

func (r *googlesResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var id string
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	file, err := os.OpenFile(os.Getenv(destroyedKey), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(file, r.name, id)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		resp.Diagnostics.AddError("This could not be written down", err.Error())
	}
}

// stateOf is a state as the deployer left it: of each module, its resources and their keys; one without keys is "".
func stateOf(provider string, modules map[string]map[string][]string) string {
	resources := []any{}
	for module, all := range modules {
		for name, keys := range all {
			kind, label, _ := strings.Cut(name, ".")
			instances := []any{}
			for _, key := range keys {
				one := map[string]any{"schema_version": 0, "attributes": map[string]any{"id": key}}
				if key != "" {
					one["index_key"] = key
				}
				instances = append(instances, one)
			}
			resources = append(resources, map[string]any{
				"module": module, "mode": "managed", "type": kind, "name": label, "instances": instances,
				"provider": strings.ReplaceAll(provider, "MODULE", module) + fmt.Sprintf("provider[%q]", googlesAddress),
			})
		}
	}
	text, _ := json.MarshalIndent(map[string]any{ // it is made of texts
		"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "deployer", "outputs": map[string]any{}, "resources": resources,
	}, "", "  ")
	return string(text)
}
