package run_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const (
	installation = "test"
	ecrRegistry  = "123456789012.dkr.ecr.us-west-2.amazonaws.com"
	bucket       = "logs"
)

// cloud is an AWS of the test's own behind the real SDK's typed calls. Its time is the test's; what its machines come to
// is what the test says, and what is asked of it is recorded and can be made to fail.
type cloud struct {
	*testing.T
	clock      *awaittest.Clock
	foundation sliderule.Foundation

	mu         sync.Mutex
	machines   []*fakeMachine
	tokens     map[string]*fakeMachine // by client token
	subnets    []fakeSubnet
	groups     map[string]*fakeGroup
	schedules  map[string]*fakeSchedule
	parameters map[string]string
	readers    map[string]string // parameter → ARN of the instance that may read it
	objects    map[string][]byte
	images     map[string]string // repository:tag → digest
	lives      []life            // what becomes of the next machines; then, of each: passes
	events     []string

	requests []*ec2.RunInstancesInput
	inputs   []any // of every call
	calls    []string
	faults   map[string][]fault
	capacity func(kind, zone string, spot bool) string // the code of a refusal, or ""
	during   func(call string)                         // called, unlocked, before each call
	hidden   int                                       // how many looks at machines tell none
}

// fault is what happens to one call: whether it takes effect, and the error that is answered.
type fault struct {
	effect bool
	err    error
}

func newCloud(t *testing.T) *cloud {
	role := "arn:aws:iam::123456789012:role/"
	return &cloud{
		T: t, clock: awaittest.New(), tokens: map[string]*fakeMachine{}, groups: map[string]*fakeGroup{}, schedules: map[string]*fakeSchedule{},
		parameters: map[string]string{}, readers: map[string]string{}, objects: map[string][]byte{}, images: map[string]string{}, faults: map[string][]fault{},
		subnets: []fakeSubnet{{"subnet-0b", "us-west-2b", "vpc-0", true}, {"subnet-0a", "us-west-2a", "vpc-0", true}, {"subnet-9c", "us-west-2c", "vpc-9", false}},
		foundation: sliderule.Foundation{
			FoundationWanted: sliderule.FoundationWanted{
				Name: "sliderule-foundation", Domain: "example.org", CertificateSource: "s3://sliderule/cf/example.org.pem", Registry: ecrRegistry,
			},
			SchedulerRole: role + "scheduler", RunProfile: "arn:aws:iam::123456789012:instance-profile/runs",
			ReleaseProfile: "arn:aws:iam::123456789012:instance-profile/releases", ScheduleGroup: "sliderule", LogBucket: bucket,
			ManagedBy: installation, Managed: true, StackStatus: "CREATE_COMPLETE",
		},
	}
}

// config is the SDK's, with this cloud in place of the wire.
func (c *cloud) config() aws.Config {
	return aws.Config{Region: "us-west-2", APIOptions: []func(*middleware.Stack) error{func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("fake", func(ctx context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			out, err := c.call(ctx, in.Parameters)
			return middleware.InitializeOutput{Result: out}, middleware.Metadata{}, err
		}), middleware.After)
	}}}
}

// runner is what a run of the provider has: nothing of earlier ones.
func (c *cloud) runner(changes ...func(*run.Options)) *run.Runner {
	number := 0
	o := run.Options{
		Installation: installation, Clock: c.clock,
		Foundation: func(context.Context) (*sliderule.Foundation, error) { f := c.foundation; return &f, nil },
		Progress: func(_ context.Context, e run.Event) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.events = append(c.events, e.String())
		},
		Unique: func() string { number++; return fmt.Sprintf("u%d", number) },
	}
	for _, change := range changes {
		change(&o)
	}
	return run.New(c.config(), o)
}

func tests(changes ...func(*run.Wanted)) run.Wanted {
	w := run.Wanted{Kind: script.Test, Cluster: "dev", Version: "main", InstanceTypes: []string{"m8g.2xlarge", "t4g.2xlarge"}}
	for _, change := range changes {
		change(&w)
	}
	return w
}

func release(changes ...func(*run.Wanted)) run.Wanted {
	w := run.Wanted{Kind: script.Release, Cluster: "dev", Version: "v5.6.0", Images: []string{"sliderule", "ilb"}}
	for _, change := range changes {
		change(&w)
	}
	return w
}

// started is a run that was begun without trouble.
func (c *cloud) started(w run.Wanted) *run.Run {
	c.Helper()
	r, err := c.runner().Start(c.Context(), w)
	if err != nil {
		c.Fatal(err)
	}
	return r
}

func (c *cloud) read(id string) *run.Run {
	c.Helper()
	r, err := c.runner().Read(c.Context(), id)
	if err != nil {
		c.Fatal(err)
	}
	return r
}

func apiError(status int, err error) error {
	return &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}}
}

func refusal(code, message string) error {
	return apiError(400, &smithy.GenericAPIError{Code: code, Message: message})
}

var (
	errLost        = errors.New("read tcp: connection reset by peer")
	errUnavailable = apiError(503, &smithy.GenericAPIError{Code: "Unavailable", Message: "try later"})
	errDenied      = apiError(403, &smithy.GenericAPIError{Code: "AccessDenied", Message: "you may not"})
)

// fail has the next calls of an operation fail, such as "RunInstances".
func (c *cloud) fail(operation string, faults ...fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[operation] = append(c.faults[operation], faults...)
}

func always(f fault) []fault { return slices.Repeat([]fault{f}, 100) }

func (c *cloud) call(ctx context.Context, in any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(reflect.TypeOf(in).Elem().Name(), "Input")
	c.mu.Lock()
	during := c.during
	c.mu.Unlock()
	if during != nil {
		during(name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass()
	c.guard(name)
	c.calls, c.inputs = append(c.calls, name), append(c.inputs, in)
	var with fault
	if queue := c.faults[name]; len(queue) > 0 {
		with, c.faults[name] = queue[0], queue[1:]
	}
	var out any
	var err error
	if with.err == nil || with.effect {
		out, err = c.serve(in)
	}
	if with.err != nil {
		out, err = nil, with.err
	}
	return out, err
}

// guard is the rule of the house: between a machine and its scheduled end nothing is done but what leads to it.
func (c *cloud) guard(call string) {
	if slices.Contains([]string{"RunInstances", "CreateSchedule", "DescribeInstances", "TerminateInstances"}, call) {
		return
	}
	for _, m := range c.machines {
		if m.works() && c.schedules[m.tag("provisioner_run")] == nil {
			c.Errorf("before %s the machine %s works without a scheduled end", call, *m.InstanceId)
		}
	}
}

// count says how often an operation was called.
func (c *cloud) count(operation string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, call := range c.calls {
		if call == operation {
			n++
		}
	}
	return n
}

// working are the machines that do something.
func (c *cloud) working() (found []*fakeMachine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass()
	for _, m := range c.machines {
		if m.works() {
			found = append(found, m)
		}
	}
	return found
}

func (c *cloud) told(words string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.events, func(e string) bool { return strings.Contains(e, words) })
}

// sooner moves the clock.
func (c *cloud) sleep(d time.Duration) {
	c.clock.Advance(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass()
}
