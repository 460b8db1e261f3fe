package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/auth/credentials/impersonate"
	"cloud.google.com/go/auth/httptransport"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
)

// googleFamily is everything of Google Cloud, connected.
type googleFamily struct {
	cloud       *google.Cloud
	notebooks   *notebook.Fleet
	templates   *template.Store
	sessions    *session.Desk
	foundations *foundation.Builder
}

// google is the Google family. A failure is not remembered: it may be mended within the run.
func (c *clouds) google(ctx context.Context) (*googleFamily, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.googled != nil {
		return c.googled, nil
	}
	if c.config.Installation.IsUnknown() {
		return nil, errors.New("the provider's argument installation is not known before apply: who owns what must be plain")
	}
	client, err := c.googleClient(ctx, c.googleConfig())
	if err != nil {
		return nil, err
	}
	cloud := google.New(google.Options{
		Installation: c.installation(), Clock: c.clock, HTTP: client, UserAgent: "terraform-provider-provisioner/" + c.version,
		Endpoints: c.googleEndpoints(),
	})
	c.googled = &googleFamily{
		cloud: cloud, notebooks: notebook.New(cloud), templates: template.New(cloud), sessions: session.New(cloud), foundations: foundation.New(cloud),
	}
	return c.googled, nil
}

// googleEndpoints are where the APIs are, by the variables that Google's own provider knows.
func (c *clouds) googleEndpoints() google.Endpoints {
	if c.googleAt != nil {
		return *c.googleAt
	}
	return google.Endpoints{
		Workbench:       os.Getenv("GOOGLE_WORKBENCH_CUSTOM_ENDPOINT"),
		Notebooks:       os.Getenv("GOOGLE_NOTEBOOKS_CUSTOM_ENDPOINT"),
		Dataproc:        os.Getenv("GOOGLE_DATAPROC_CUSTOM_ENDPOINT"),
		Storage:         os.Getenv("GOOGLE_STORAGE_CUSTOM_ENDPOINT"),
		ResourceManager: os.Getenv("GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT"),
		IAM:             os.Getenv("GOOGLE_IAM_CUSTOM_ENDPOINT"),
	}
}

// reachGoogle connects Google Cloud; a failure is told as an error.
func (c *clouds) reachGoogle(ctx context.Context, diags *diag.Diagnostics) *googleFamily {
	if diags.HasError() {
		return nil
	}
	family, err := c.google(ctx)
	if err != nil {
		diags.AddError("Google Cloud cannot be reached", sentence(err))
	}
	return family
}

// probeGoogle connects Google Cloud for a plan, which can do without: what is missing may be mended by the time of the
// apply, so it is a warning, told once for all. nil during validation, and when it cannot be reached.
func (c *clouds) probeGoogle(ctx context.Context, diags *diag.Diagnostics) *googleFamily {
	if c == nil {
		return nil
	}
	family, err := c.google(ctx)
	if err != nil && c.first("google") {
		diags.AddWarning("Google Cloud cannot be reached yet", sentence(err)+" The apply will fail unless this is mended by then.")
	}
	return family
}

// googleConfig is the google block, or an empty one.
func (c *clouds) googleConfig() googleModel {
	if c.config.Google != nil {
		return *c.config.Google
	}
	return googleModel{}
}

// googleProject is the project of resources that name none; "" when nothing says it.
func (c *clouds) googleProject() types.String {
	if m := c.googleConfig(); !m.Project.IsNull() {
		return m.Project
	}
	return stringOrNull(firstOf("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"))
}

// googleLocation is the zone or region of resources that name none: what was configured, or the environment's.
func (c *clouds) googleLocation() types.String {
	if m := c.googleConfig(); !m.Location.IsNull() {
		return m.Location
	}
	return stringOrNull(firstOf("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE", "GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"))
}

// firstOf is the value of the first environment variable that has one.
func firstOf(variables ...string) string {
	values := make([]string, len(variables))
	for i, name := range variables {
		values[i] = os.Getenv(name)
	}
	return cmp.Or(values...)
}

// googleClient adds the credentials that the provider was told of, or that the environment has in Google's own order.
func (c *clouds) googleClient(ctx context.Context, m googleModel) (*http.Client, error) {
	err := known("google", map[string]types.String{
		"access_token": m.AccessToken, "credentials_source": m.CredentialsSource, "impersonate_service_account": m.ImpersonateServiceAccount, "quota_project": m.QuotaProject,
	})
	if err != nil {
		return nil, err
	}
	var found *auth.Credentials
	err = within(ctx, connectTimeout, func() (err error) { found, err = c.googleCredentials(ctx, m); return err })
	if err != nil {
		return nil, fmt.Errorf("there are no credentials for Google Cloud: set google.credentials_source or google.access_token in the provider block, "+
			"the variable GOOGLE_CREDENTIALS or GOOGLE_OAUTH_ACCESS_TOKEN, or the application default credentials (%w)", err)
	}
	if target := cmp.Or(m.ImpersonateServiceAccount.ValueString(), os.Getenv("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT")); target != "" {
		found, err = impersonate.NewCredentials(&impersonate.CredentialsOptions{TargetPrincipal: target, Scopes: []string{google.Scope}, Credentials: found})
		if err != nil {
			return nil, fmt.Errorf("the service account %s cannot be impersonated: %w", target, err)
		}
	}
	headers := http.Header{}
	if quota := cmp.Or(m.QuotaProject.ValueString(), os.Getenv("GOOGLE_BILLING_PROJECT")); quota != "" {
		headers.Set("X-Goog-User-Project", quota)
	}
	client, err := httptransport.NewClient(&httptransport.Options{
		Credentials: found, Headers: headers, BaseRoundTripper: logged{next: transport()}, DisableTelemetry: true,
	})
	if err != nil {
		return nil, fmt.Errorf("the client of Google Cloud: %w", err)
	}
	return client, nil
}

func (c *clouds) googleCredentials(ctx context.Context, m googleModel) (*auth.Credentials, error) {
	token, err := c.secretOr(ctx, "", types.StringNull(), m.AccessToken, "")
	if err != nil {
		return nil, err
	}
	text, err := c.secretOr(ctx, "google.credentials_source", m.CredentialsSource, types.StringNull(), "")
	if err != nil {
		return nil, err
	}
	if token == "" && text == "" { // what we were told wins over what lies about in the environment
		token = os.Getenv("GOOGLE_OAUTH_ACCESS_TOKEN")
		text = firstOf("GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON")
	}
	options := &credentials.DetectOptions{Scopes: []string{google.Scope}}
	switch {
	case token != "":
		return auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: staticToken(token)}), nil
	case text != "":
		return credentialsFrom(text, options)
	}
	return credentials.DetectDefault(options)
}

// credentialsFrom reads credentials that are given as JSON, or as the path of a file with it: both are in use.
func credentialsFrom(text string, options *credentials.DetectOptions) (*auth.Credentials, error) {
	content := []byte(text)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		var err error
		if content, err = os.ReadFile(text); err != nil {
			return nil, fmt.Errorf("the credentials are neither JSON nor the path of a file that can be read: %w", errors.Unwrap(err)) // no more of a text that could be a secret
		}
	}
	var form struct {
		Type credentials.CredType `json:"type"`
	}
	if err := json.Unmarshal(content, &form); err != nil || form.Type == "" {
		return nil, errors.New(`the credentials are not the JSON of a key: it has a member "type", such as "service_account" or "external_account"`)
	}
	return credentials.NewCredentialsFromJSON(form.Type, content, options)
}

// staticToken is an access token that somebody else made.
type staticToken string

// Token hands it over.
func (t staticToken) Token(context.Context) (*auth.Token, error) {
	return &auth.Token{Value: string(t), Type: "Bearer"}, nil
}
