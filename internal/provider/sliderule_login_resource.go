package provider

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

var (
	_ ephemeral.EphemeralResource              = (*slideruleLoginResource)(nil)
	_ ephemeral.EphemeralResourceWithConfigure = (*slideruleLoginResource)(nil)
)

func newSlideruleLoginResource() ephemeral.EphemeralResource { return &slideruleLoginResource{} }

// slideruleLoginResource logs people in. It is opened at plan and again at apply, each time anew: a token is never kept.
type slideruleLoginResource struct{ clouds *clouds }

const githubTokenVariable = "SLIDERULE_GITHUB_TOKEN"

func (r *slideruleLoginResource) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sliderule_login"
}

func (r *slideruleLoginResource) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *slideruleLoginResource) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var m slideruleLoginModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.GitHubToken.IsUnknown() || m.GitHubTokenSource.IsUnknown() {
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &ephemeral.Deferred{Reason: ephemeral.DeferredReasonEphemeralResourceConfigUnknown}
			return
		}
		resp.Diagnostics.AddAttributeError(path.Root("github_token"), "The GitHub token is not known yet", "It comes from something that is not applied yet: apply that first, with -target.")
		return
	}
	token := r.token(ctx, m, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	made := r.logIn(ctx, token, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	for _, note := range made.Notes {
		resp.Diagnostics.AddWarning("A SlideRule login is limited", note)
	}
	tflog.Info(ctx, "logged in", map[string]any{"account": made.Account, "level": made.Level.String()})
	m.took(made)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &m)...)
}

// token is GitHub's, from the configuration or the environment.
func (r *slideruleLoginResource) token(ctx context.Context, m slideruleLoginModel, diags *diag.Diagnostics) string {
	token, err := r.clouds.secretOr(ctx, "github_token_source", m.GitHubTokenSource, m.GitHubToken, githubTokenVariable)
	switch {
	case err != nil:
		diags.AddAttributeError(path.Root("github_token_source"), "The GitHub token cannot be read", sentence(err))
	case token == "":
		diags.AddAttributeError(path.Root("github_token"), "There is no GitHub token",
			"Nobody can be logged in without one: set github_token, or github_token_source, or the variable "+githubTokenVariable+". It needs the permission read:org.")
	}
	return token
}

// loginTimeout bounds all calls of a login together; GitHub's have their own, shorter ones.
const loginTimeout = 2 * time.Minute

func (r *slideruleLoginResource) logIn(ctx context.Context, token string, diags *diag.Diagnostics) *login.Login {
	ctx, cancel := context.WithTimeout(ctx, loginTimeout)
	defer cancel()
	desk, err := r.clouds.slideruleDesk(ctx)
	if err != nil {
		diags.AddError("AWS cannot be reached", sentence(err))
		return nil
	}
	made, err := desk.Login(ctx, sliderule.LoginRequest{
		Token: token, GitHubURL: r.clouds.githubURL(), HTTP: &http.Client{Transport: logged{next: transport()}},
	})
	switch {
	case errors.Is(err, login.ErrToken):
		diags.AddAttributeError(path.Root("github_token"), "GitHub does not accept the token", sentence(err))
	case err != nil:
		diags.AddError("The login did not succeed", sentence(err))
	}
	return made
}

// githubURL is GitHub's API; "" is GitHub's own.
func (c *clouds) githubURL() string {
	return cmp.Or(c.githubAt, firstOf("PROVISIONER_GITHUB_API_URL", "GITHUB_API_URL"))
}
