package sliderule_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	templates "github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

const installation = "test"

// cloud is an AWS of the test's own behind the real SDK's typed calls. Its time is the test's; every state lasts as
// long as the test says, and what is asked of it is recorded and can be made to fail.
type cloud struct {
	*testing.T
	clock *awaittest.Clock

	updateTakes time.Duration
	rendered    string // a release of the provider: its templates differ

	mu        sync.Mutex
	stacks    []*fakeStack
	schedules map[string]*fakeSchedule
	groups    map[string]*fakeGroup
	bill      map[string]map[string]string // day → group key → amount
	calls     []string
	faults    map[string][]fault
	during    func(call string) // called, unlocked, in the middle of each call, before it takes effect
	after     func(call string) // called, unlocked, after each call
	late      bool              // an update's parameters are told only when it is done
	stale     int               // how many looks after an update tell the state before it
	patience  int               // for how many calls a stack may be without an end, when two runs meet
}

// fault is what happens to one call: whether it takes effect, and the error that is answered.
type fault struct {
	effect bool
	err    error
}

type fakeStack struct {
	cfn.Stack
	events  []cfn.StackEvent // oldest first
	body    string
	due     time.Time
	next    func(*fakeStack) // what happens then
	failing string           // the resource that the next operation fails on
	holds   int              // how many deletions fail
	old     []cfn.Stack      // what stale looks tell
	tokens  map[string]bool
	endless int // for how many calls it has had no end
}

const (
	createTakes = 5 * time.Minute
	deleteTakes = 3 * time.Minute
)

func newCloud(t *testing.T) *cloud {
	c := &cloud{
		T: t, clock: awaittest.New(), updateTakes: 2 * time.Minute, schedules: map[string]*fakeSchedule{}, groups: map[string]*fakeGroup{},
		faults: map[string][]fault{}, bill: map[string]map[string]string{},
	}
	c.add("sliderule-foundation", installation, foundationOutputs())
	return c
}

func foundationOutputs() map[string]string {
	role := "arn:aws:iam::123456789012:role/"
	return map[string]string{
		"SchedulerRole": role + "scheduler", "StackRole": role + "stacks", "NodeProfile": "arn:aws:iam::123456789012:instance-profile/nodes", "BalancerProfile": "arn:aws:iam::123456789012:instance-profile/balancers",
		"RunProfile": "arn:aws:iam::123456789012:instance-profile/runs", "ReleaseProfile": "arn:aws:iam::123456789012:instance-profile/releases", "ScheduleGroup": "sliderule", "LogBucket": "logs",
		"SigningKey": "arn:aws:kms:us-west-2:123456789012:key/0", "Domain": "example.org", "CertificateSource": "s3://sliderule/cf/example.org.pem",
		"Registry": "registry.example.org", "LogRetentionDays": "30",
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

// region is what a run of the provider has: nothing of earlier runs.
func (c *cloud) region(changes ...func(*sliderule.Options)) *sliderule.Region {
	o := sliderule.Options{Installation: installation, Clock: c.clock}
	for _, change := range changes {
		change(&o)
	}
	r := sliderule.New(c.config(), o)
	r.Render(func(w templates.Cluster) (templates.Template, error) {
		made := renderCluster(w)
		made.Body += c.rendered
		return made, nil
	}, renderFoundation)
	return r
}

// renderCluster stands in for the real templates, which the fake does not read.
func renderCluster(w templates.Cluster) templates.Template {
	sleep, budget := "", ""
	if w.Sleep != nil {
		sleep = fmt.Sprint(*w.Sleep)
	}
	if w.Budget != nil {
		budget = fmt.Sprint(*w.Budget)
	}
	return templates.Template{
		Body: fmt.Sprint("cluster of ", w.InstanceTypes, w.SpotShare, w.VolumeGB, w.AMI, w.Version, w.PublicKeyPEM != "", w.Zones, sleep, budget),
		Parameters: map[string]string{
			"Cluster": w.Name, "Domain": w.Domain, "Version": w.Version, "IsPublic": strconv.FormatBool(w.IsPublic),
			"NodeCapacity": strconv.Itoa(w.NodeCapacity), "MinNodes": strconv.Itoa(w.MinNodes), "MaxNodes": strconv.Itoa(w.MaxNodes), "Image": w.AMI, "Asleep": "false",
		},
	}
}

func renderFoundation(f templates.Foundation) (templates.Template, error) {
	return templates.Template{Body: fmt.Sprintf("foundation %+v", f), Parameters: map[string]string{"Domain": f.Domain}}, nil
}

func apiError(status int, err error) error {
	return &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}}
}

func refusal(code, message string) error {
	return apiError(400, &smithy.GenericAPIError{Code: code, Message: message})
}

func validation(format string, values ...any) error {
	return refusal("ValidationError", fmt.Sprintf(format, values...))
}

var (
	errLost        = fmt.Errorf("read tcp: connection reset by peer")
	errUnavailable = apiError(503, &smithy.GenericAPIError{Code: "ServiceUnavailable", Message: "try later"})
	errDenied      = apiError(403, &smithy.GenericAPIError{Code: "AccessDenied", Message: "you may not"})
	errSlowDown    = refusal("Throttling", "Rate exceeded")
)

// fail has the next calls of an operation fail, such as "CreateStack".
func (c *cloud) fail(operation string, faults ...fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[operation] = append(c.faults[operation], faults...)
}

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
	c.pass()
	c.calls = append(c.calls, name)
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
	c.guard(name)
	after := c.after
	c.mu.Unlock()
	if after != nil {
		after(name)
	}
	if during != nil && ctx.Err() != nil { // nobody was there to hear the answer
		return nil, ctx.Err()
	}
	return out, err
}

// guard is the rule of the house: what runs has a scheduled end, at any instant.
func (c *cloud) guard(call string) {
	for _, s := range c.stacks {
		name := *s.StackName
		if _, ours := naming.ParseStack(name); !ours || s.StackStatus == cfn.StackStatusDeleteComplete || tagOf(s.Stack, "provisioner_managed_by") != installation || tagOf(s.Stack, "seeded") != "" {
			continue
		}
		if c.schedules[naming.Schedule(name)] != nil || c.schedules[naming.RetrySchedule(name)] != nil {
			s.endless = 0
		} else if s.endless++; s.endless > c.patience {
			c.Errorf("after %s the stack %s is %s without a scheduled end", call, name, s.StackStatus)
		}
	}
}

func tagOf(s cfn.Stack, key string) string {
	for _, tag := range s.Tags {
		if *tag.Key == key {
			return *tag.Value
		}
	}
	return ""
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

// writes are the calls so far that change something.
func (c *cloud) writes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.calls), func(call string) bool {
		return strings.HasPrefix(call, "Describe") || strings.HasPrefix(call, "Get") || strings.HasPrefix(call, "List")
	})
}

func (c *cloud) forgetCalls() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = nil
}

// live is a stack by name or id, unless it is deleted.
func (c *cloud) live(name string) *fakeStack {
	for _, s := range c.stacks {
		if s.StackStatus != cfn.StackStatusDeleteComplete && (*s.StackName == name || *s.StackId == name) {
			return s
		}
	}
	return nil
}

// stack is a stack that there must be.
func (c *cloud) stack(name string) *fakeStack {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass()
	s := c.live(name)
	if s == nil {
		c.Fatalf("there is no stack %s", name)
	}
	return s
}

func (c *cloud) names() (names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass()
	for _, s := range c.stacks {
		if s.StackStatus != cfn.StackStatusDeleteComplete && *s.StackName != "sliderule-foundation" {
			names = append(names, *s.StackName)
		}
	}
	slices.Sort(names)
	return names
}

// add seeds a stack that is there already; what it says of itself are parameters where a value has the form of a
// cluster's, and outputs otherwise.
func (c *cloud) add(name, managedBy string, outputs map[string]string) *fakeStack {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.newStack(name)
	s.StackStatus = cfn.StackStatusCreateComplete
	if managedBy != "" {
		s.Tags = append(s.Tags, cfn.Tag{Key: aws.String("provisioner_managed_by"), Value: &managedBy})
	}
	s.Tags = append(s.Tags, cfn.Tag{Key: aws.String("seeded"), Value: aws.String("yes")})
	for key, value := range outputs {
		s.Outputs = append(s.Outputs, cfn.Output{OutputKey: aws.String(key), OutputValue: aws.String(value)})
	}
	return s
}

func (c *cloud) newStack(name string) *fakeStack {
	id := fmt.Sprintf("arn:aws:cloudformation:us-west-2:123456789012:stack/%s/%d", name, len(c.stacks))
	s := &fakeStack{Stack: cfn.Stack{StackId: &id, StackName: &name, CreationTime: aws.Time(c.clock.Now())}, tokens: map[string]bool{}}
	c.stacks = append(c.stacks, s)
	return s
}

// pass lives through the time until now.
func (c *cloud) pass() {
	for _, s := range c.stacks {
		for s.next != nil && !s.due.After(c.clock.Now()) {
			next := s.next
			s.next = nil
			next(s)
		}
	}
}

func (s *fakeStack) then(at time.Time, next func(*fakeStack)) { s.due, s.next = at, next }

func (s *fakeStack) say(at time.Time, status cfn.StackStatus, reason, token string) {
	s.StackStatus, s.StackStatusReason = status, &reason
	s.event(at, *s.StackName, *s.StackId, "AWS::CloudFormation::Stack", cfn.ResourceStatus(status), reason, token)
}

func (s *fakeStack) event(at time.Time, logical, physical, kind string, status cfn.ResourceStatus, reason, token string) {
	s.events = append(s.events, cfn.StackEvent{
		EventId: aws.String(strconv.Itoa(len(s.events))), StackId: s.StackId, StackName: s.StackName, Timestamp: aws.Time(at),
		LogicalResourceId: &logical, PhysicalResourceId: &physical, ResourceType: &kind, ResourceStatus: status, ResourceStatusReason: &reason, ClientRequestToken: &token,
	})
}
