//go:build unix

package sliderule_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// shared is one server for all the tests of this package: moto needs a second to start, and a reset is enough.
var shared = sync.OnceValues(func() (*moto.Server, error) {
	return moto.Start(context.Background(), moto.NewFinder(""), moto.Options{})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if server, err := shared(); err == nil {
		server.Close()
	}
	os.Exit(code)
}

// account is an emulated AWS: the real wire, the real templates, schedules that fire, and time that passes when
// somebody waits.
type account struct {
	*testing.T
	server *moto.Server
	ticker *ticker.Ticker
	config aws.Config
	stacks *cloudformation.Client
	groups *autoscaling.Client
}

// Now is the time of the emulated AWS.
func (a account) Now() time.Time {
	a.Helper()
	now, err := a.server.Now(context.Background())
	if err != nil {
		a.Fatal(err)
	}
	return now
}

// Sleep lets the emulated AWS live through d. What sleeps here waits for minutes, and no schedule is due so soon.
func (a account) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.server.Advance(context.Background(), d)
}

func (a account) pass(d time.Duration) []ticker.Firing {
	a.Helper()
	fired, err := a.ticker.Advance(context.Background(), d)
	if err != nil {
		a.Fatal(err)
	}
	return fired
}

const zone = `{"Resources": {"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.org."}}}}`

// newAccount has a hosted zone and a foundation.
func newAccount(t *testing.T) account {
	t.Helper()
	if testing.Short() {
		t.Skip("this needs moto")
	}
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := aws.Config{
		Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
	}
	a := account{
		t, server, ticker.New(ticker.Options{Endpoint: server.URL, Regions: []string{"us-west-2"}, Clock: server}), config,
		cloudformation.NewFromConfig(config), autoscaling.NewFromConfig(config),
	}
	if _, err := a.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("zone"), TemplateBody: aws.String(zone)}); err != nil {
		t.Fatal(err)
	}
	made, err := a.region().EnsureFoundation(t.Context(), a.foundation())
	if err != nil || made.Problem != nil || made.Outcome != sliderule.FoundationCreated {
		t.Fatalf("got %+v, %v", made, err)
	}
	return a
}

func (a account) region() *sliderule.Region {
	return sliderule.New(a.config, sliderule.Options{Installation: installation, Clock: a})
}

func (a account) foundation() sliderule.FoundationWanted {
	return foundation(func(w *sliderule.FoundationWanted) { w.Name = sliderule.DefaultFoundation })
}

func (a account) deployed(w sliderule.Wanted) *sliderule.Cluster {
	a.Helper()
	made, err := a.region().Deploy(a.Context(), w, true)
	if err != nil {
		a.Fatal(err)
	}
	if made.Problem != nil {
		a.Fatal(made.Problem)
	}
	return made
}

// status is that of the one cluster of these tests.
func (a account) status() *sliderule.Cluster {
	a.Helper()
	got, err := a.region().Status(a.Context(), "dev")
	if err != nil {
		a.Fatal(err)
	}
	return got
}

func (a account) schedules() (names []string) {
	a.Helper()
	answer, err := scheduler.NewFromConfig(a.config).ListSchedules(a.Context(), &scheduler.ListSchedulesInput{})
	if err != nil {
		a.Fatal(err)
	}
	for _, s := range answer.Schedules {
		names = append(names, *s.Name)
	}
	return names
}

func TestAClusterLivesAndEndsByItself(t *testing.T) {
	a := newAccount(t)
	begun := a.Now()
	rarely := sleeping("0 0 29 2 *", "0 1 29 2 *") // which is not now
	made := a.deployed(wanted(living(2*time.Hour), rarely))
	if made.State != sliderule.Running || made.CurrentNodes != 3 || made.Endpoint != "https://dev.example.org" || made.Address == "" || !strings.HasPrefix(made.AMI, "ami-") {
		t.Errorf("got %+v", made)
	}
	instances := a.instances()

	// Defect 1: resized in place, its end renewed.
	resized := a.deployed(wanted(nodes(5), living(3*time.Hour), rarely))
	if resized.Action != sliderule.Resized || resized.StackID != made.StackID || resized.CurrentNodes != 5 || resized.AMI != made.AMI || resized.Address != made.Address {
		t.Errorf("got %+v", resized)
	}
	after := a.instances()
	for id := range instances {
		if !after[id] {
			t.Errorf("node %s did not survive the resize", id)
		}
	}
	end := resized.ExpiresAt
	if end.Sub(begun) < 3*time.Hour {
		t.Errorf("it ends at %s", end)
	}

	// It is asleep: a resize does not wake it.
	zero := &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("dev-asg"), DesiredCapacity: aws.Int32(0)}
	if _, err := a.groups.SetDesiredCapacity(t.Context(), zero); err != nil {
		t.Fatal(err)
	}
	if asleep := a.deployed(wanted(nodes(4), rarely)); asleep.CurrentNodes != 0 || asleep.NodeCapacity != 4 || asleep.State != sliderule.Running {
		t.Errorf("got %+v", asleep)
	}
	extended, err := a.region().Extend(t.Context(), "dev", 2*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.status(); !got.ExpiresAt.Equal(extended.ExpiresAt) || got.CurrentNodes != 0 {
		t.Errorf("got %+v", got)
	}

	a.pass(extended.ExpiresAt.Sub(a.Now()) - time.Minute)
	if got := a.status(); got.State != sliderule.Running {
		t.Errorf("a minute before its end it is %s", got.State)
	}
	fired := a.pass(2 * time.Minute)
	if len(fired) != 2 || !fired[0].OK() || !fired[1].OK() {
		t.Errorf("fired %+v", fired)
	}
	if got := a.status(); got.State != sliderule.Destroying {
		t.Errorf("a minute after its end it is %s", got.State)
	}
	// An hour after its end the second schedule would ask in vain, which the ticker takes for a fault.
	a.pass(50 * time.Minute)
	if got := a.status(); got.State != sliderule.NotRunning || got.StackID != "" {
		t.Errorf("soon after its end: %+v", got)
	}

	// The next life is not ended by the second schedule of the last one.
	again := a.deployed(wanted(living(10 * time.Hour)))
	a.pass(5 * time.Hour)
	if got := a.status(); got.State != sliderule.Running || !got.ExpiresAt.Equal(again.ExpiresAt) {
		t.Errorf("got %+v", got)
	}
	if err := a.region().RemoveFoundation(t.Context(), sliderule.DefaultFoundation); !errors.Is(err, sliderule.ErrInUse) {
		t.Errorf("got %v", err)
	}
	if err := a.region().Destroy(t.Context(), "dev", true); err != nil {
		t.Fatal(err)
	}
	if left := a.schedules(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
	if err := a.region().RemoveFoundation(t.Context(), sliderule.DefaultFoundation); err != nil {
		t.Error(err)
	}
}

func (a account) instances() map[string]bool {
	a.Helper()
	answer, err := a.groups.DescribeAutoScalingGroups(a.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil {
		a.Fatal(err)
	}
	ids := map[string]bool{}
	for _, i := range answer.AutoScalingGroups[0].Instances {
		ids[*i.InstanceId] = true
	}
	return ids
}

// The hourly schedule ends what the first one could not. Defect 13.
func TestDefect13ASecondScheduleEndsWhatTheFirstCouldNot(t *testing.T) {
	a := newAccount(t)
	a.deployed(wanted(living(time.Hour)))
	if err := a.server.Fail(t.Context(), moto.Failure{Stack: "dev-cluster", Resource: "Network", Operation: "delete", Reason: "has dependencies and cannot be deleted"}); err != nil {
		t.Fatal(err)
	}
	a.pass(time.Hour + 30*time.Minute)
	got := a.status()
	if got.StackStatus != "DELETE_FAILED" || !strings.Contains(got.Reason, "Network (AWS::EC2::VPC) DELETE_FAILED: has dependencies") || got.ExpiresAt.IsZero() {
		t.Errorf("got %+v", got)
	}
	a.pass(time.Hour)
	if got = a.status(); got.StackID != "" {
		t.Errorf("got %+v", got)
	}
}

func TestARollBackIsToldAndMadeGoodOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	if err := a.server.Fail(t.Context(), moto.Failure{Stack: "dev-cluster", Resource: "AWS::EC2::NatGateway", Reason: "The maximum number of addresses has been reached."}); err != nil {
		t.Fatal(err)
	}
	_, err := a.region().Deploy(t.Context(), wanted(), true)
	if !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "Nat (AWS::EC2::NatGateway) CREATE_FAILED: The maximum number of addresses") {
		t.Fatalf("got %v", err)
	}
	if made := a.deployed(wanted()); made.Action != sliderule.Created || made.State != sliderule.Running {
		t.Errorf("got %+v", made)
	}
	if err := a.server.Fail(t.Context(), moto.Failure{Stack: "dev-cluster", Resource: "Nodes", Operation: "update", Reason: "Not today."}); err != nil {
		t.Fatal(err)
	}
	if _, err = a.region().Deploy(t.Context(), wanted(nodes(6)), true); !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "UPDATE_FAILED: Not today") {
		t.Errorf("got %v", err)
	}
	if made := a.deployed(wanted(nodes(6))); made.CurrentNodes != 6 {
		t.Errorf("got %+v", made)
	}
}

func TestAFoundationIsUpdatedOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	again, err := a.region().EnsureFoundation(t.Context(), a.foundation())
	if err != nil || again.Outcome != sliderule.FoundationNoAction {
		t.Errorf("got %+v, %v", again, err)
	}
	w := a.foundation()
	w.LogRetentionDays = 60
	changed, err := a.region().EnsureFoundation(t.Context(), w)
	if err != nil || changed.Outcome != sliderule.FoundationUpdated || changed.LogRetentionDays != 60 || changed.SigningKey != again.SigningKey {
		t.Errorf("got %+v, %v", changed, err)
	}
}

// Another shape on the real templates: sleep and a budget come, everything else stays.
func TestAnotherShapeOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	made := a.deployed(wanted())
	shaped := a.deployed(wanted(costing(5000), func(w *sliderule.Wanted) {
		w.Sleep = &sliderule.Sleep{Down: []string{"0 20 * * *"}, Up: []string{"0 6 * * 1-5"}, TimeZone: "America/New_York"}
		w.Budget.Emails = []string{"ana@example.org"}
	}))
	if shaped.Action != sliderule.Resized || shaped.StackID != made.StackID || shaped.AMI != made.AMI || shaped.Address != made.Address || shaped.CurrentNodes != 3 || !shaped.CostsKnown {
		t.Errorf("got %+v", shaped)
	}
	parts, err := a.stacks.DescribeStackResources(t.Context(), &cloudformation.DescribeStackResourcesInput{StackName: aws.String("dev-cluster")})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]cfn.ResourceStatus{}
	for _, p := range parts.StackResources {
		kinds[*p.ResourceType] = p.ResourceStatus
	}
	if kinds["AWS::Budgets::Budget"] == "" || kinds["AWS::AutoScaling::ScheduledAction"] == "" {
		t.Errorf("got %v", kinds)
	}
	if again := a.deployed(wanted()); again.Action != sliderule.Resized {
		t.Errorf("taken away again: %+v", again)
	}
}
