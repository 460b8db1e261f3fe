package provider_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const (
	slideruleRegion = "us-west-2"
	slideruleDomain = "example.org"
	slideruleOrg    = "SlideRuleEarth" // the one that the fake GitHub has
	slideruleBucket = "sliderule"
	awsAccount      = "123456789012"
)

// slideruleWorld is one test's own AWS and GitHub. Time passes in it when the product waits, and when pass is called.
type slideruleWorld struct {
	*world
	clock *awsClock
}

// awsSandboxes are the sandboxes with AWS that the tests take turns with: an emulator takes a second to start and a
// hundred megabytes. A test that holds one must not have subtests that take another and run beside it.
var awsSandboxes = func() chan *sandbox.Sandbox {
	const atOnce = 2
	all := make(chan *sandbox.Sandbox, atOnce)
	for range atOnce {
		all <- nil // started when it is needed
	}
	return all
}()

// closeAWSSandboxes ends the emulators. No test may run any more.
func closeAWSSandboxes() {
	for range cap(awsSandboxes) {
		if s := <-awsSandboxes; s != nil {
			_ = s.Close()
		}
	}
}

// newSlideruleWorld has an empty AWS: no foundation, no hosted zone.
func newSlideruleWorld(t testing.TB) *slideruleWorld {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: this test emulates AWS")
	}
	s := <-awsSandboxes
	t.Cleanup(func() { awsSandboxes <- s })
	if s != nil {
		if err := s.Reset(context.Background()); err != nil {
			_, s = s.Close(), nil
		}
	}
	if s == nil {
		var err error
		if s, err = sandbox.Start(context.Background(), sandbox.Options{Speed: 1}); err != nil {
			t.Fatal(err)
		}
	}
	return &slideruleWorld{world: &world{Sandbox: s, t: t}, clock: &awsClock{server: s.AWS(), t: t}}
}

// newFoundedWorld has a foundation, and the hosted zone of its domain.
func newFoundedWorld(t testing.TB) *slideruleWorld {
	t.Helper()
	w := newSlideruleWorld(t)
	w.addZone()
	if err := w.PutSecret(context.Background(), slideruleBucket, "cf/"+slideruleDomain+".pem", "certificate and key"); err != nil {
		t.Fatal(err)
	}
	made, err := w.region().EnsureFoundation(context.Background(), sliderule.FoundationWanted{
		Name: sliderule.DefaultFoundation, Domain: slideruleDomain, CertificateSource: "s3://" + slideruleBucket + "/cf/" + slideruleDomain + ".pem",
		Registry: "registry.example.org", GitHubOrganization: slideruleOrg, LogRetentionDays: 90,
	})
	if err != nil || made.Problem != nil {
		t.Fatalf("the foundation: %+v, %v", made, err)
	}
	return w
}

const zoneTemplate = `{"Resources": {"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "` + slideruleDomain + `."}}}}`

// addZone makes the hosted zone that clusters get their addresses in.
func (w *slideruleWorld) addZone() {
	w.t.Helper()
	_, err := w.stacks().CreateStack(context.Background(), &cloudformation.CreateStackInput{StackName: aws.String("zone"), TemplateBody: aws.String(zoneTemplate)})
	if err != nil {
		w.t.Fatal(err)
	}
}

// awsConfig is for clients of the test's own, which the recorder does not see.
func (w *slideruleWorld) awsConfig() aws.Config {
	return aws.Config{
		Region: slideruleRegion, BaseEndpoint: aws.String(w.AWS().URL), Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
	}
}

// region is the engine, as another run of the default installation has it.
func (w *slideruleWorld) region() *sliderule.Region { return w.regionOf("default") }

// regionOf is that of another installation.
func (w *slideruleWorld) regionOf(installation string) *sliderule.Region {
	return sliderule.New(w.awsConfig(), sliderule.Options{Installation: installation, Clock: w.clock})
}

func (w *slideruleWorld) stacks() *cloudformation.Client {
	return cloudformation.NewFromConfig(w.awsConfig())
}

// stack describes a stack by its name; nil is one that is not there.
func (w *slideruleWorld) stack(name string) *cfn.Stack {
	w.t.Helper()
	found, err := w.stacks().DescribeStacks(context.Background(), &cloudformation.DescribeStacksInput{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range found.Stacks {
		if aws.ToString(s.StackName) == name && s.StackStatus != cfn.StackStatusDeleteComplete {
			return &s
		}
	}
	return nil
}

// acted counts the product's calls of an operation of AWS, such as CreateStack.
func (w *slideruleWorld) acted(action string) (n int) {
	for _, call := range w.Wire.Calls() {
		if call.Vendor == "aws" && call.Action == action {
			n++
		}
	}
	return n
}

// pass lets time go by: schedules that become due are fired, and must be such as AWS would fire.
func (w *slideruleWorld) pass(d time.Duration) []ticker.Firing {
	w.t.Helper()
	fired, err := w.Ticker.Advance(context.Background(), d)
	if err != nil {
		w.t.Fatal(err)
	}
	return fired
}

// awsClock is the emulated AWS's. Who sleeps by it lets AWS live through that time at once; while it is frozen, sleeping
// takes a moment of the machine's time and moves nothing, so that waits come to their time-outs.
type awsClock struct {
	server *moto.Server
	t      testing.TB
	frozen atomic.Bool
}

var _ await.Clock = (*awsClock)(nil)

// Now is AWS's time.
func (c *awsClock) Now() time.Time {
	now, err := c.server.Now(context.Background())
	if err != nil {
		c.t.Error(err)
	}
	return now
}

// Sleep lets d pass.
func (c *awsClock) Sleep(ctx context.Context, d time.Duration) error {
	if c.frozen.Load() {
		return await.RealClock{}.Sleep(ctx, 10*time.Millisecond)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.server.Advance(context.WithoutCancel(ctx), d)
}

// options lead a provider to this world.
func (w *slideruleWorld) options() []provider.Option {
	return []provider.Option{
		provider.WithClock(w.clock), provider.WithGitHub(w.GitHubURL),
		provider.WithAWS(
			awsconfig.WithSharedConfigFiles([]string{}), awsconfig.WithSharedCredentialsFiles([]string{}),
			awsconfig.WithRegion(slideruleRegion), awsconfig.WithBaseEndpoint(w.AWSURL),
			awsconfig.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("sandbox", "sandbox", "")),
		),
	}
}

// server is a provider that is led to this world, for tests that speak its protocol.
func (w *slideruleWorld) server() tfprotov6.ProviderServer {
	return provider.Server("0.0.0-test", w.options()...)()
}

// onAWS is a step in this world: a configuration below a provider block.
func (w *slideruleWorld) onAWS(body string, more ...func(*resource.TestStep)) resource.TestStep {
	return w.onAWSAs("default", "", body, more...)
}

// onAWSAs is a step of an installation, with attributes of the provider's sliderule block.
func (w *slideruleWorld) onAWSAs(installation, block, body string, more ...func(*resource.TestStep)) resource.TestStep {
	return w.bare(fmt.Sprintf("provider \"provisioner\" {\n installation = %q\n sliderule = {\n%s\n}\n}\n", installation, block)+body, more...)
}

// bare is a step whose configuration has its own provider blocks.
func (w *slideruleWorld) bare(config string, more ...func(*resource.TestStep)) resource.TestStep {
	step := resource.TestStep{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"provisioner": func() (tfprotov6.ProviderServer, error) { return w.server(), nil },
		},
		Config: config,
	}
	for _, change := range more {
		change(&step)
	}
	return step
}

func TestTheWorldOfSlideRule(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	if s := w.stack(sliderule.DefaultFoundation); s == nil || s.StackStatus != cfn.StackStatusCreateComplete {
		t.Errorf("the foundation is %+v", s)
	}
	if n := w.acted("CreateStack"); n != 0 {
		t.Errorf("the test's own calls are among the product's: %d", n)
	}
	before := w.clock.Now()
	w.pass(time.Hour)
	if passed := w.clock.Now().Sub(before); passed < time.Hour {
		t.Errorf("only %s went by", passed)
	}
}
