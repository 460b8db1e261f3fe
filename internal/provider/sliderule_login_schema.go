package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (r *slideruleLoginResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A person's login to SlideRule: their GitHub token is exchanged for a token that names their level and their clusters, signed by the foundation's key and good for 12 hours.\n\n" +
			"GitHub says who somebody is. Members of the foundation's organization may deploy the cluster that is named like their account, and those of their teams and affiliations; others may use public clusters only. " +
			"A GitHub token never makes an administrator. When GitHub cannot be asked, there is no login.\n\n" +
			"The result is ephemeral: it is in no plan and no state. It feeds the `sliderule.jwt_user` of an aliased provider, for a provider cannot configure itself. " +
			"The address of GitHub's API is taken from `PROVISIONER_GITHUB_API_URL` or `GITHUB_API_URL`, for GitHub Enterprise.",
		Attributes: map[string]schema.Attribute{
			"github_token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				Validators:          []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("github_token_source"))},
				MarkdownDescription: "A personal access token of GitHub's with the permission `read:org`. Or `SLIDERULE_GITHUB_TOKEN`.",
			},
			"github_token_source": schema.StringAttribute{
				Optional: true, Validators: []validator.String{secretValidator{}},
				MarkdownDescription: "Where that token lives, read at each login and never stored: `s3://bucket/key`, `secretsmanager://name#json_key` or the ARN of a Secrets Manager secret, " +
					"`ssm:///path` or the ARN of an SSM parameter, `env:NAME`, `file:PATH`.",
			},
			"jwt_user":         schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The token: whoever has it, is its account."},
			"account":          schema.StringAttribute{Computed: true, MarkdownDescription: "The GitHub login that it is for."},
			"level":            schema.StringAttribute{Computed: true, MarkdownDescription: "`github member` or `organization member`."},
			"allowed_clusters": schema.ListAttribute{ElementType: types.StringType, Computed: true, MarkdownDescription: "The private clusters that the account may deploy, by name."},
			"expires_at":       schema.StringAttribute{Computed: true, MarkdownDescription: "When the token ends, in UTC, as in `2026-01-31T20:00:00Z`."},
		},
	}
}
