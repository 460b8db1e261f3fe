package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/logger"
	"github.com/databricks/databricks-sdk-go/useragent"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/mod/semver"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

const (
	defaultParallelStarts = 10
	connectTimeout        = 30 * time.Second // to find the workspace and the credentials for it
)

// databricks is the fleet of the configured workspace. A failure is not remembered: it may be mended within the run.
func (c *clouds) databricks(ctx context.Context) (*singleuser.Fleet, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fleet != nil {
		return c.fleet, nil
	}
	m := databricksModel{}
	if c.config.Databricks != nil {
		m = *c.config.Databricks
	}
	cfg, err := c.databricksConfig(ctx, m)
	if err != nil {
		return nil, err
	}
	limits := singleuser.Published
	if rate := m.RateLimitPerSecond.ValueFloat64(); rate > 0 {
		limits = singleuser.Limits{Calls: rate}
	}
	api, err := singleuser.Connect(cfg, limits)
	if err != nil {
		return nil, inWords(cfg, err)
	}
	starts := defaultParallelStarts
	if n := m.MaxParallelStarts.ValueInt64(); n > 0 {
		starts = int(n)
	}
	c.fleet = singleuser.New(api, singleuser.Options{Installation: c.installation(), Clock: c.clock, Starts: starts})
	return c.fleet, nil
}

// databricksConfig hands what the provider was told to the SDK, whose own chain finds the rest.
func (c *clouds) databricksConfig(ctx context.Context, m databricksModel) (*config.Config, error) {
	if c.config.Installation.IsUnknown() {
		return nil, errors.New("the provider's argument installation is not known before apply: who owns what must be plain")
	}
	err := known("databricks", map[string]types.String{
		"host": m.Host, "token": m.Token, "token_source": m.TokenSource, "client_id": m.ClientID,
		"client_secret_source": m.ClientSecretSource, "profile": m.Profile, "auth_type": m.AuthType,
	})
	if err != nil {
		return nil, err
	}
	token, err := c.secretOr(ctx, "databricks.token_source", m.TokenSource, m.Token, "")
	if err != nil {
		return nil, err
	}
	clientSecret, err := c.secretOr(ctx, "databricks.client_secret_source", m.ClientSecretSource, types.StringNull(), "")
	if err != nil {
		return nil, err
	}
	introduce(c.version)
	cfg := &config.Config{
		Host: m.Host.ValueString(), Token: token, ClientID: m.ClientID.ValueString(), ClientSecret: clientSecret,
		Profile: m.Profile.ValueString(), AuthType: m.AuthType.ValueString(),
		RetryTimeoutSeconds: int(connectTimeout.Seconds()), HTTPTransport: logged{next: transport()},
	}
	if cfg.AuthType == "" { // what we were told wins over what lies about in the environment
		switch {
		case token != "":
			cfg.AuthType = "pat"
		case clientSecret != "":
			cfg.AuthType = "oauth-m2m"
		}
	}
	if err := within(ctx, connectTimeout, cfg.EnsureResolved); err != nil {
		return nil, inWords(cfg, err)
	}
	if cfg.Host == "" {
		return nil, errors.New("there is no Databricks host: set databricks.host in the provider block, or the variable DATABRICKS_HOST")
	}
	probe, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.Host, nil)
	if err != nil {
		return nil, fmt.Errorf("the Databricks host %q is not an address: %w", cfg.Host, err)
	}
	if err := within(ctx, connectTimeout, func() error { return cfg.Authenticate(probe) }); err != nil {
		return nil, inWords(cfg, err)
	}
	return cfg, nil
}

var errSilent = errors.New("it does not answer; check the address, and that it can be reached from here")

// within bounds what the SDK does without a context of ours: looking for a token at a host that does not answer, it
// tries for ever.
func within(ctx context.Context, timeout time.Duration, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w (%w)", errSilent, ctx.Err())
	}
}

var introduced sync.Once

// introduce tells the SDK, which keeps such things for the whole process, who we are and where to log.
func introduce(version string) {
	introduced.Do(func() {
		if semver.IsValid("v" + version) { // it panics at anything else
			useragent.WithProduct("terraform-provider-provisioner", version)
		}
		logger.DefaultLogger = sdkLogger{}
	})
}

// transport keeps as many connections open as calls are under way: the default keeps two and opens the others anew.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}

func inWords(cfg *config.Config, err error) error {
	if errors.Is(err, config.ErrCannotConfigureDefault) {
		return fmt.Errorf("there are no credentials for the Databricks workspace %s: set databricks.token_source or databricks.client_id and databricks.client_secret_source in the provider block, "+
			"or the variables DATABRICKS_TOKEN or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET (%w)", hostOr(cfg), err)
	}
	return fmt.Errorf("the Databricks workspace %s cannot be used: %w", hostOr(cfg), err)
}

func hostOr(cfg *config.Config) string {
	if cfg.Host != "" {
		return cfg.Host
	}
	return os.Getenv("DATABRICKS_HOST")
}
