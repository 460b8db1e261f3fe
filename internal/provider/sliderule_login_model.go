package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// slideruleLoginModel is the login in Terraform's terms.
type slideruleLoginModel struct {
	GitHubToken       types.String `tfsdk:"github_token"`
	GitHubTokenSource types.String `tfsdk:"github_token_source"`
	JWTUser           types.String `tfsdk:"jwt_user"`
	Account           types.String `tfsdk:"account"`
	Level             types.String `tfsdk:"level"`
	AllowedClusters   types.List   `tfsdk:"allowed_clusters"`
	ExpiresAt         types.String `tfsdk:"expires_at"`
}

// took writes a login into the model.
func (m *slideruleLoginModel) took(l *login.Login) {
	m.JWTUser, m.Account, m.Level = types.StringValue(l.Token), types.StringValue(l.Account), types.StringValue(l.Level.String())
	m.AllowedClusters, m.ExpiresAt = textList(l.Clusters), types.StringValue(l.ExpiresAt.UTC().Format(time.RFC3339))
}
