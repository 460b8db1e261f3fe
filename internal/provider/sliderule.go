package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// slideruleFamily is everything of SlideRule, connected. It holds no client of AWS's, see docs/adr/0009.
type slideruleFamily struct {
	mu      sync.Mutex
	keyed   *sliderule.Region // as an administrator, which who has AWS credentials is
	acting  *sliderule.Region // as the bearer of jwt_user, or the same
	located aws.Config        // where, and with whose credentials
	runs    slideruleRunning  // what starts runs there
}

// sliderule is the clusters of the account and region that the credentials lead to, as the bearer of jwt_user may have
// them. Who that is, is found out once. A failure is not remembered: it may be mended within the run.
func (c *clouds) sliderule(ctx context.Context) (*sliderule.Region, error) {
	f := &c.sliderules
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.acting != nil {
		return f.acting, nil
	}
	region, err := c.connectSliderule(ctx)
	if err != nil {
		return nil, err
	}
	token := c.slideruleConfig().JWTUser
	if token.IsUnknown() {
		return region, nil // and asked again, when it may be known
	}
	f.acting = region
	if token.ValueString() != "" {
		caller, err := region.Identify(ctx, token.ValueString())
		if err != nil {
			f.acting = nil
			return nil, err
		}
		f.acting = region.For(caller)
		tflog.Info(ctx, "acting with a SlideRule login", map[string]any{"account": caller.Account, "level": caller.Level.String()})
	}
	return f.acting, nil
}

// slideruleDesk is where people log in: with the AWS credentials, whatever jwt_user is.
func (c *clouds) slideruleDesk(ctx context.Context) (*sliderule.Region, error) {
	c.sliderules.mu.Lock()
	defer c.sliderules.mu.Unlock()
	return c.connectSliderule(ctx)
}

// connectSliderule finds region and credentials. Its caller holds the lock.
func (c *clouds) connectSliderule(ctx context.Context) (*sliderule.Region, error) {
	f := &c.sliderules
	if f.keyed != nil {
		return f.keyed, nil
	}
	if c.config.Installation.IsUnknown() {
		return nil, errors.New("the provider's argument installation is not known before apply: who owns what must be plain")
	}
	m := c.slideruleConfig()
	if err := m.settled(ctx); err != nil {
		return nil, err
	}
	rules := m.rules(ctx)
	if err := rules.Check(); err != nil {
		return nil, fmt.Errorf("sliderule.limits in the provider block: %w", err)
	}
	cfg, err := c.slideruleAWS(ctx)
	if err != nil {
		return nil, err
	}
	f.located = cfg
	f.keyed = sliderule.New(cfg, sliderule.Options{
		Installation: c.installation(), Foundation: m.Foundation.ValueString(), Domain: m.Domain.ValueString(), Clock: c.clock,
		Rules: rules, Prices: m.prices(ctx), Progress: told,
	})
	return f.keyed, nil
}

// slideruleConfig is the sliderule block, or an empty one.
func (c *clouds) slideruleConfig() slideruleModel {
	if c.config.SlideRule != nil {
		return *c.config.SlideRule
	}
	return noSliderule()
}

// slideruleFoundation is the name of the foundation where a resource says none.
func (c *clouds) slideruleFoundation() types.String {
	if name := c.slideruleConfig().Foundation; !name.IsNull() {
		return name
	}
	return types.StringValue(sliderule.DefaultFoundation)
}

// slideruleRegion is the region of AWS that was connected.
func (c *clouds) slideruleRegion() string {
	c.sliderules.mu.Lock()
	defer c.sliderules.mu.Unlock()
	return c.sliderules.located.Region
}

// credentialsTimeout is how long to look for AWS credentials: a machine that has none is asked for its role first, at an
// address that may not answer.
const credentialsTimeout = 15 * time.Second

// slideruleAWS is AWS's configuration, with the credentials found and the calls told to TF_LOG. Proxies of the
// environment are kept.
func (c *clouds) slideruleAWS(ctx context.Context) (aws.Config, error) {
	cfg, err := c.aws(ctx)
	if err != nil {
		return aws.Config{}, fmt.Errorf("the AWS configuration cannot be used: correct aws in the provider block, or the AWS_* variables (%w)", err)
	}
	if cfg.Region == "" {
		return aws.Config{}, errors.New("there is no AWS region: set aws.region in the provider block, or the variable AWS_REGION")
	}
	err = within(ctx, credentialsTimeout, func() error {
		ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
		defer cancel()
		_, err := cfg.Credentials.Retrieve(ctx)
		return err
	})
	if err != nil {
		return aws.Config{}, fmt.Errorf("there are no AWS credentials that can be used: set aws.profile or aws.assume_role_arn in the provider block, "+
			"or the variables AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or renew them (%w)", err)
	}
	cfg.HTTPClient = &http.Client{Transport: logged{next: transport()}, CheckRedirect: onlyAsWritten}
	cfg.APIOptions = append(cfg.APIOptions, awsmiddleware.AddUserAgentKeyValue("terraform-provider-provisioner", c.version))
	return cfg, nil
}

// onlyAsWritten follows redirections that keep method and body, as the SDK's own client does: any other would lose what
// was signed.
func onlyAsWritten(r *http.Request, _ []*http.Request) error {
	if r.Response != nil && (r.Response.StatusCode == http.StatusTemporaryRedirect || r.Response.StatusCode == http.StatusPermanentRedirect) {
		return nil
	}
	return http.ErrUseLastResponse
}

// told tells TF_LOG what becomes of a stack that is waited for.
func told(ctx context.Context, e sliderule.Event) {
	tflog.Info(ctx, "stack event", map[string]any{"stack": e.Stack, "event": e.String(), "at": e.At.UTC().Format(time.RFC3339)})
}

// reachSliderule connects AWS; a failure is told as an error.
func (c *clouds) reachSliderule(ctx context.Context, diags *diag.Diagnostics) *sliderule.Region {
	if diags.HasError() {
		return nil
	}
	region, err := c.sliderule(ctx)
	if err != nil {
		summary := "AWS cannot be reached"
		if refusedLogin(err) {
			summary = badLogin
		}
		diags.AddError(summary, sentence(err))
	}
	c.tellUnknownLogin(diags)
	return region
}

// probeSliderule connects AWS for a plan, which can do without: a failure is a warning, told once for all; a login that
// is none is an error. nil during validation, and when it cannot be reached.
func (c *clouds) probeSliderule(ctx context.Context, diags *diag.Diagnostics) *sliderule.Region {
	if c == nil {
		return nil
	}
	region, err := c.sliderule(ctx)
	switch {
	case err == nil:
		c.tellUnknownLogin(diags)
	case refusedLogin(err):
		diags.AddError(badLogin, sentence(err))
	case c.first("sliderule"):
		diags.AddWarning("AWS cannot be reached yet", sentence(err)+" The apply will fail unless this is mended by then.")
	}
	return region
}

const badLogin = "The SlideRule login cannot be used"

// refusedLogin: jwt_user is not, or no longer, a login here.
func refusedLogin(err error) bool {
	return errors.Is(err, login.ErrInvalid) || errors.Is(err, login.ErrExpired)
}

// tellUnknownLogin warns once that a plan does not know yet whose limits hold.
func (c *clouds) tellUnknownLogin(diags *diag.Diagnostics) {
	if c.slideruleConfig().JWTUser.IsUnknown() && c.first("jwt_user") {
		diags.AddWarning("The SlideRule login is not known yet",
			"The provider's argument sliderule.jwt_user is known only at apply, so that this plan checks the limits of an administrator. Those of the login are checked at apply.")
	}
}

// checkLogin refuses a login that is none at the provider's own attribute, before anything is planned with it. Whatever
// else keeps it from being checked is told by the first resource that needs AWS.
func (c *clouds) checkLogin(ctx context.Context, diags *diag.Diagnostics) {
	if c.slideruleConfig().JWTUser.ValueString() == "" {
		return
	}
	if _, err := c.sliderule(ctx); refusedLogin(err) {
		diags.AddAttributeError(path.Root("sliderule").AtName("jwt_user"), badLogin, "The provider's argument sliderule.jwt_user is refused. "+sentence(err))
	}
}
