// Package sandbox runs every vendor that the provider talks to, on loopback ports of this machine.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/github"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/loadbalancer"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// Options of a sandbox.
type Options struct {
	Speed      float64       // how many times faster than the clouds things settle; default 1
	Latency    time.Duration // added to every answer
	RateLimits bool          // enforce the vendors' rate limits
	WithoutAWS bool          // leaves moto out: most tests need no AWS
	PlainAWS   bool          // moto as it is, without what makes it behave as AWS: what passes both ways leans on neither
	CacheDir   string        // where moto is installed when this machine has none; default $PROVISIONER_CACHE or the user's cache
}

// Sandbox is a set of running vendors.
type Sandbox struct {
	Databricks *databricks.Fake
	Slack      *slack.Fake
	Google     *google.Fake // all of Google's APIs but Cloud Storage
	Storage    *storage.Fake
	GitHub     *github.Fake
	SlideRule  *loadbalancer.Fake // the load balancers of the clusters in the emulated AWS
	Ticker     *ticker.Ticker     // fires the schedules of the emulated AWS and moves its clock; nil: without AWS
	Runner     *runner.Runner     // executes the machines of runs; nil: without AWS, or where there is no bash on Linux
	Wire       *wire.Recorder     // in front of all of them

	DatabricksURL string
	SlackURL      string // ends in /api/
	GoogleURL     string // each API is below its name, such as /notebooks/
	StorageURL    string
	GitHubURL     string // both the API and the login
	SlideRuleURL  string // of all load balancers: the Host header names the cluster
	AWSURL        string // WithoutAWS: answers 501, so that no call strays to the real one
	ControlURL    string

	options Options
	moto    *moto.Server // nil: without AWS
	images  atomic.Int64 // pushed since the beginning
	noRuns  error        // why there is no runner
	vendors []vendor
	servers []*http.Server
}

// vendor is what the sandbox needs to know about each.
type vendor struct {
	name    string
	serves  http.Handler
	url     *string // told where it is served
	base    string  // the path below the URL
	control http.Handler
	reset   func(context.Context) error
}

// Start starts every vendor; when it returns, all of them answer. ctx bounds the start alone.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	if o.Speed == 0 {
		o.Speed = 1
	}
	s, err := assemble(o)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// assemble makes the vendors that are our own. Nothing runs yet.
func assemble(o Options) (*Sandbox, error) {
	clock := await.RealClock{}
	googleFake, err := newGoogle(o, clock)
	if err != nil {
		return nil, err
	}
	storageFake, err := newStorage(o, clock)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{
		Databricks: databricks.New(databricks.Options{Clock: clock, Speed: o.Speed, RateLimits: o.RateLimits, Token: databricksToken}),
		Slack:      slack.New(slack.Options{Clock: clock, RateLimits: o.RateLimits, Token: slackToken}),
		Google:     googleFake,
		Storage:    storageFake,
		GitHub:     github.New(github.Options{Clock: clock, RateLimits: o.RateLimits, People: []github.Person{githubMember}}),
		Wire:       wire.New(clock),
		options:    o,
	}
	s.vendors = []vendor{
		{name: "databricks", serves: s.Databricks, url: &s.DatabricksURL, control: s.Databricks.Control(), reset: always(s.Databricks.Reset)},
		{name: "slack", serves: s.Slack, url: &s.SlackURL, base: "/api/", control: s.Slack.Control(), reset: always(s.Slack.Reset)},
		{name: "google", serves: s.Google, url: &s.GoogleURL, control: s.Google.Control(), reset: always(s.Google.Reset)},
		{name: "storage", serves: s.Storage, url: &s.StorageURL, control: s.Storage.Control(), reset: always(s.Storage.Reset)},
		{name: "github", serves: s.GitHub, url: &s.GitHubURL, control: s.GitHub.Control(), reset: always(s.GitHub.Reset)},
	}
	return s, nil
}

func always(reset func()) func(context.Context) error {
	return func(context.Context) error { reset(); return nil }
}

func (s *Sandbox) start(ctx context.Context) error {
	aws, err := s.startAWS(ctx)
	if err != nil {
		return err
	}
	s.vendors = append(s.vendors, s.startRuns(aws), s.loadBalancers())
	for _, v := range s.vendors {
		url, err := s.serve(ctx, s.Wire.Wrap(v.name, v.serves))
		if err != nil {
			return fmt.Errorf("serve %s: %w", v.name, err)
		}
		*v.url = url + v.base
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	s.ControlURL, err = s.serve(ctx, s.control()) // last: who can ask it finds everything up
	return err
}

// begin makes the state that a sandbox has before anybody used it.
func (s *Sandbox) begin(ctx context.Context) error {
	s.Wire.SetLatency(s.options.Latency)
	return s.seedAWS(ctx)
}

// Reset forgets everything that happened: all state, calls and faults.
func (s *Sandbox) Reset(ctx context.Context) error {
	s.Wire.Reset()
	for _, v := range s.vendors {
		if err := v.reset(ctx); err != nil {
			return fmt.Errorf("reset %s: %w", v.name, err)
		}
	}
	return s.begin(ctx)
}

// Close stops everything and leaves nothing running. It may be called again.
func (s *Sandbox) Close() error {
	var problems []error
	for _, server := range s.servers {
		problems = append(problems, server.Close())
	}
	s.closeRuns()
	if s.moto != nil {
		s.moto.Close()
	}
	return errors.Join(problems...)
}

func (s *Sandbox) serve(ctx context.Context, handler http.Handler) (url string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String(), nil
}
