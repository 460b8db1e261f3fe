// Package provider is the Terraform face: schemas, models, and CRUD as short sequences of named steps.
// What a thing is and how it is made is decided in the domain packages.
package provider

import (
	"context"
	"sync/atomic"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

var (
	_ provider.Provider                       = (*provisioner)(nil)
	_ provider.ProviderWithFunctions          = (*provisioner)(nil)
	_ provider.ProviderWithListResources      = (*provisioner)(nil)
	_ provider.ProviderWithEphemeralResources = (*provisioner)(nil)
	_ provider.ProviderWithActions            = (*provisioner)(nil)
)

// Option changes what a provider is made of, for tests.
type Option func(*provisioner)

// WithClock injects the source of time.
func WithClock(clock await.Clock) Option { return func(p *provisioner) { p.clock = clock } }

// WithGoogle says where Google's APIs are, in place of the environment, which tests that run side by side share.
func WithGoogle(endpoints google.Endpoints) Option {
	return func(p *provisioner) { p.google = &endpoints }
}

// WithAWS adds to where AWS is and whose credentials it is given, for the same reason.
func WithAWS(options ...func(*awsconfig.LoadOptions) error) Option {
	return func(p *provisioner) { p.aws = options }
}

// WithGitHub says where GitHub's API is, for the same reason.
func WithGitHub(url string) Option { return func(p *provisioner) { p.github = url } }

// New makes the provider of one version.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &provisioner{version: version, clock: await.RealClock{}}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

type provisioner struct {
	version string
	clock   await.Clock
	google  *google.Endpoints                    // nil: the environment's
	aws     []func(*awsconfig.LoadOptions) error // none: the environment's
	github  string                               // "": the environment's
	clouds  atomic.Pointer[clouds]               // nil until it is configured
}

func (p *provisioner) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "provisioner"
	resp.Version = p.version
}

// Configure makes nothing yet: a family costs nothing unless used. A login is used by being given.
func (p *provisioner) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	clouds := newClouds(p.version, p.clock, config)
	clouds.googleAt, clouds.awsAt, clouds.githubAt = p.google, p.aws, p.github
	clouds.checkLogin(ctx, &resp.Diagnostics)
	p.clouds.Store(clouds)
	resp.DataSourceData = clouds
	resp.ResourceData = clouds
	resp.EphemeralResourceData = clouds
	resp.ActionData = clouds
	resp.ListResourceData = clouds
}

func (p *provisioner) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newSingleUserClusterResource,
		newPersonalNotebookResource,
		newDataprocTemplateResource,
		newSparkSessionTemplateResource,
		newGoogleFoundationResource,
		newSlideruleFoundationResource,
		newSlideruleClusterResource,
		newSlideruleTestResource,
		newSlideruleReleaseResource,
	}
}

func (p *provisioner) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newSingleUserClusterDataSource,
		newPersonalNotebookDataSource,
		newSlideruleClusterDataSource,
	}
}

func (p *provisioner) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		newSingleUserClusterListResource,
		newPersonalNotebookListResource,
		newDataprocTemplateListResource,
		newSparkSessionTemplateListResource,
		newGoogleFoundationListResource,
		newSlideruleFoundationListResource,
		newSlideruleClusterListResource,
		newSlideruleTestListResource,
		newSlideruleReleaseListResource,
	}
}

func (p *provisioner) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		newResourceNameFunction,
		newDataprocTemplateFunction,
	}
}

func (p *provisioner) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newSlideruleLoginResource}
}

func (p *provisioner) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		newSlideruleTestAction,
		newSlideruleReleaseAction,
	}
}
