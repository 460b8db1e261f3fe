package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerModel is the provider block.
type providerModel struct {
	Installation types.String     `tfsdk:"installation"`
	Databricks   *databricksModel `tfsdk:"databricks"`
	Google       *googleModel     `tfsdk:"google"`
	AWS          *awsModel        `tfsdk:"aws"`
	Slack        *slackModel      `tfsdk:"slack"`
	SlideRule    *slideruleModel  `tfsdk:"sliderule"`
}

type databricksModel struct {
	Host               types.String  `tfsdk:"host"`
	TokenSource        types.String  `tfsdk:"token_source"`
	Token              types.String  `tfsdk:"token"`
	ClientID           types.String  `tfsdk:"client_id"`
	ClientSecretSource types.String  `tfsdk:"client_secret_source"`
	Profile            types.String  `tfsdk:"profile"`
	AuthType           types.String  `tfsdk:"auth_type"`
	RateLimitPerSecond types.Float64 `tfsdk:"rate_limit_per_second"`
	MaxParallelStarts  types.Int64   `tfsdk:"max_parallel_starts"`
}

type googleModel struct {
	Project                   types.String `tfsdk:"project"`
	Location                  types.String `tfsdk:"location"`
	CredentialsSource         types.String `tfsdk:"credentials_source"`
	AccessToken               types.String `tfsdk:"access_token"`
	ImpersonateServiceAccount types.String `tfsdk:"impersonate_service_account"`
	QuotaProject              types.String `tfsdk:"quota_project"`
}

type awsModel struct {
	Region        types.String `tfsdk:"region"`
	Profile       types.String `tfsdk:"profile"`
	AssumeRoleARN types.String `tfsdk:"assume_role_arn"`
}

type slackModel struct {
	TokenSource     types.String `tfsdk:"token_source"`
	Token           types.String `tfsdk:"token"`
	FallbackChannel types.String `tfsdk:"fallback_channel"`
	APIURL          types.String `tfsdk:"api_url"`
}

const defaultInstallation = "default"

var installationForm = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

func (p *provisioner) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Governed, self-expiring compute for every person of a data organisation.",
		Attributes: map[string]schema.Attribute{
			"installation": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Who owns what is made: one name for each Terraform state, so that two states never share a thing. Defaults to `" + defaultInstallation + "`.",
				Validators: []validator.String{stringvalidator.RegexMatches(installationForm,
					"must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter")},
			},
			"databricks": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The Databricks workspace. What is left out comes from the `DATABRICKS_*` variables, a profile, or the workload identity that the Databricks SDK finds.",
				Attributes: map[string]schema.Attribute{
					"host":         schema.StringAttribute{Optional: true, MarkdownDescription: "Address of the workspace, such as `https://dbc-123.cloud.databricks.com`. Or `DATABRICKS_HOST`."},
					"token_source": secretReference("Where a personal access token lives", "token"),
					"token": schema.StringAttribute{
						Optional: true, Sensitive: true,
						MarkdownDescription: "A personal access token itself: give an ephemeral value, so that no plan file holds it. Or `DATABRICKS_TOKEN`.",
					},
					"client_id":            schema.StringAttribute{Optional: true, MarkdownDescription: "Application id of a service principal, for OAuth. Or `DATABRICKS_CLIENT_ID`."},
					"client_secret_source": secretReference("Where the OAuth secret of that service principal lives"),
					"profile":              schema.StringAttribute{Optional: true, MarkdownDescription: "Profile of the Databricks configuration file. Or `DATABRICKS_CONFIG_PROFILE`."},
					"auth_type":            schema.StringAttribute{Optional: true, MarkdownDescription: "Forces one method of authentication, such as `pat`, `oauth-m2m`, `env-oidc`, `file-oidc` or `azure-cli`. Or `DATABRICKS_AUTH_TYPE`."},
					"rate_limit_per_second": schema.Float64Attribute{
						Optional: true, Validators: []validator.Float64{float64validator.AtLeast(0.1)},
						MarkdownDescription: "At most so many calls a second to the workspace, in place of the vendor's published limits (100 permission reads and 30 permission changes a second; calls about clusters have no published limit).",
					},
					"max_parallel_starts": schema.Int64Attribute{
						Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
						MarkdownDescription: "How many clusters may be warming up at once, whatever Terraform's own parallelism is. Defaults to 10.",
					},
				},
			},
			"google": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Google Cloud. What is left out comes from the `GOOGLE_*` variables, the application default credentials, or the workload identity that Google's libraries find.",
				Attributes: map[string]schema.Attribute{
					"project":            schema.StringAttribute{Optional: true, MarkdownDescription: "Project of resources that name none. Or `GOOGLE_PROJECT`."},
					"location":           schema.StringAttribute{Optional: true, MarkdownDescription: "Zone, such as `us-central1-a`, or region of resources that name none; what lives in a region takes the zone's. Or `GOOGLE_ZONE` or `GOOGLE_REGION`."},
					"credentials_source": secretReference("Where a service account's key or a workload identity configuration (JSON) lives", "access_token"),
					"access_token": schema.StringAttribute{
						Optional: true, Sensitive: true,
						MarkdownDescription: "An OAuth access token itself: give an ephemeral value, so that no plan file holds it. Or `GOOGLE_OAUTH_ACCESS_TOKEN`.",
					},
					"impersonate_service_account": schema.StringAttribute{Optional: true, MarkdownDescription: "E-mail of a service account to act as, with the credentials found. Or `GOOGLE_IMPERSONATE_SERVICE_ACCOUNT`."},
					"quota_project":               schema.StringAttribute{Optional: true, MarkdownDescription: "Project that the calls are billed and counted to. Or `GOOGLE_BILLING_PROJECT`."},
				},
			},
			"aws": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "AWS, for secrets that live there. What is left out comes from the standard `AWS_*` variables and files; nothing is looked for unless something needs it.",
				Attributes: map[string]schema.Attribute{
					"region":          schema.StringAttribute{Optional: true, MarkdownDescription: "Region. Or `AWS_REGION`."},
					"profile":         schema.StringAttribute{Optional: true, MarkdownDescription: "Profile of the shared configuration. Or `AWS_PROFILE`."},
					"assume_role_arn": schema.StringAttribute{Optional: true, MarkdownDescription: "Role to assume with the credentials found."},
				},
			},
			"slack": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Slack, for messages to people.",
				Attributes: map[string]schema.Attribute{
					"token_source": secretReference("Where the bot token lives", "token"),
					"token": schema.StringAttribute{
						Optional: true, Sensitive: true,
						MarkdownDescription: "The bot token itself: give an ephemeral value. Or `SLACK_BOT_TOKEN`.",
					},
					"fallback_channel": schema.StringAttribute{Optional: true, MarkdownDescription: "Id of a channel that gets the messages of people whom Slack does not reach."},
					"api_url":          schema.StringAttribute{Optional: true, MarkdownDescription: "Address of the Web API, for tests. Or `SLACK_API_URL`."},
				},
			},
			"sliderule": slideruleBlock(),
		},
	}
}

// secretReference is an argument that says where a secret is, never what it is.
func secretReference(what string, instead ...string) schema.StringAttribute {
	validators := []validator.String{secretValidator{}}
	for _, other := range instead {
		validators = append(validators, stringvalidator.ConflictsWith(path.MatchRelative().AtParent().AtName(other)))
	}
	return schema.StringAttribute{
		Optional:   true,
		Validators: validators,
		MarkdownDescription: what + ", read when it is needed and never stored: `s3://bucket/key`, `secretsmanager://name#json_key` or the ARN of a Secrets Manager secret, " +
			"`ssm:///path` or the ARN of an SSM parameter, `env:NAME`, `file:PATH`.",
	}
}
