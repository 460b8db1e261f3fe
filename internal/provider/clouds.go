package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/secret"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

// clouds is what every resource is given: each family is connected when the first of its resources needs it, once in
// the life of the process, and costs nothing before.
type clouds struct {
	version string
	clock   await.Clock
	config  providerModel
	secrets *secret.Reader
	teller  *slack.Teller

	mu         sync.Mutex
	fleet      *singleuser.Fleet
	googled    *googleFamily
	googleAt   *google.Endpoints // nil: where the environment says
	sliderules slideruleFamily
	awsAt      []func(*awsconfig.LoadOptions) error // none: where the environment says
	githubAt   string                               // "": where the environment says
	warnedOnce sync.Map
}

func newClouds(version string, clock await.Clock, config providerModel) *clouds {
	c := &clouds{version: version, clock: clock, config: config}
	c.secrets = secret.NewReader(c.aws)
	c.teller = c.newTeller()
	return c
}

// configured hands the provider's data to a resource of any kind; there is none during validation.
func configured(data any, diags *diag.Diagnostics) *clouds {
	if data == nil {
		return nil
	}
	c, ok := data.(*clouds)
	if !ok {
		diags.AddError("The provider handed over data of another kind", fmt.Sprintf("Got %T. This is a defect of the provider; please report it.", data))
	}
	return c
}

func (c *clouds) installation() string {
	if name := c.config.Installation.ValueString(); name != "" {
		return name
	}
	return defaultInstallation
}

// aws loads the standard chain of credentials.
func (c *clouds) aws(ctx context.Context) (aws.Config, error) {
	options := slices.Clone(c.awsAt)
	var role string
	if m := c.config.AWS; m != nil {
		if err := known("aws", map[string]types.String{"region": m.Region, "profile": m.Profile, "assume_role_arn": m.AssumeRoleARN}); err != nil {
			return aws.Config{}, err
		}
		if region := m.Region.ValueString(); region != "" {
			options = append(options, awsconfig.WithRegion(region))
		}
		if profile := m.Profile.ValueString(); profile != "" {
			options = append(options, awsconfig.WithSharedConfigProfile(profile))
		}
		role = m.AssumeRoleARN.ValueString()
	}
	options = append(options, awsconfig.WithAppID("terraform-provider-provisioner"))
	cfg, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil || role == "" {
		return cfg, err
	}
	cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), role))
	return cfg, nil
}

// secretOr reads a secret from the reference in an argument, or takes the value itself, or the environment's.
func (c *clouds) secretOr(ctx context.Context, argument string, source, value types.String, variable string) (string, error) {
	if text := value.ValueString(); text != "" {
		return text, nil
	}
	if text := source.ValueString(); text != "" {
		reference, err := secret.Parse(text)
		if err != nil {
			return "", fmt.Errorf("%s: %w", argument, err)
		}
		read, err := c.secrets.Read(ctx, reference)
		if err != nil {
			return "", fmt.Errorf("%s: %w", argument, err)
		}
		return read.Reveal(), nil
	}
	return os.Getenv(variable), nil
}

var errNoSlackToken = errors.New("there is no Slack token: set slack.token_source, or the variable SLACK_BOT_TOKEN")

// slackConfig is the slack block, or an empty one.
func (c *clouds) slackConfig() slackModel {
	if c.config.Slack != nil {
		return *c.config.Slack
	}
	return slackModel{}
}

func (c *clouds) newTeller() *slack.Teller {
	m := c.slackConfig()
	api := m.APIURL.ValueString()
	if api == "" {
		api = os.Getenv("SLACK_API_URL")
	}
	return slack.New(slack.Options{
		Clock: c.clock, APIURL: api, FallbackChannel: m.FallbackChannel.ValueString(),
		Token: func(ctx context.Context) (string, error) {
			return c.slackToken(ctx, m)
		},
	})
}

// slackToken reads the bot token, whoever has it.
func (c *clouds) slackToken(ctx context.Context, m slackModel) (string, error) {
	if err := known("slack", map[string]types.String{"token": m.Token, "token_source": m.TokenSource}); err != nil {
		return "", err
	}
	token, err := c.secretOr(ctx, "slack.token_source", m.TokenSource, m.Token, "SLACK_BOT_TOKEN")
	if err == nil && token == "" {
		err = errNoSlackToken
	}
	return token, err
}

// known refuses arguments of the provider that will be known only after an apply: what needs them has to wait for it.
func known(block string, arguments map[string]types.String) error {
	for name, value := range arguments {
		if value.IsUnknown() {
			return fmt.Errorf("the provider's argument %s.%s is not known before apply: apply what it comes from first, with -target", block, name)
		}
	}
	return nil
}

// first reports whether a warning about the whole provider is told for the first time in this run.
func (c *clouds) first(warning string) bool {
	_, told := c.warnedOnce.LoadOrStore(warning, true)
	return !told
}

// noted reports whether something was first told or noted before.
func (c *clouds) noted(warning string) bool {
	_, there := c.warnedOnce.Load(warning)
	return there
}
