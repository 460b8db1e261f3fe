package sliderule_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func foundation(changes ...func(*sliderule.FoundationWanted)) sliderule.FoundationWanted {
	w := sliderule.FoundationWanted{Name: "base", Domain: "example.org", CertificateSource: "s3://sliderule/cf/example.org.pem", Registry: "registry.example.org", LogRetentionDays: 30}
	for _, change := range changes {
		change(&w)
	}
	return w
}

func TestAFoundationIsMadeOnceAndUpdated(t *testing.T) {
	c := newCloud(t)
	made, err := c.region().EnsureFoundation(t.Context(), foundation())
	if err != nil || made.Outcome != sliderule.FoundationCreated || made.Problem != nil || made.ScheduleGroup != "sliderule" || made.StackStatus != "CREATE_COMPLETE" || !made.Managed {
		t.Fatalf("got %+v, %v", made, err)
	}
	again, err := c.region().EnsureFoundation(t.Context(), foundation())
	if err != nil || again.Outcome != sliderule.FoundationNoAction || again.StackID != made.StackID || again.SigningKey == "" {
		t.Errorf("got %+v, %v", again, err)
	}
	more := foundation(func(w *sliderule.FoundationWanted) {
		w.LogRetentionDays = 60
		w.Tags = map[string]string{"team": "data"}
	})
	changed, err := c.region().EnsureFoundation(t.Context(), more)
	if err != nil || changed.Outcome != sliderule.FoundationUpdated || changed.StackStatus != "UPDATE_COMPLETE" || changed.Tags["team"] != "data" || len(changed.Tags) != 1 {
		t.Errorf("got %+v, %v", changed, err)
	}
	read, err := c.region().ReadFoundation(t.Context(), "base")
	if err != nil || read.StackRole != foundationOutputs()["StackRole"] || read.ReleaseProfile != foundationOutputs()["ReleaseProfile"] || read.RunProfile == read.ReleaseProfile || read.Domain != "example.org" || read.Registry == "" || read.LogRetentionDays == 0 {
		t.Errorf("got %+v, %v", read, err)
	}
}

func TestAFoundationIsFoundAgainAfterALostAnswer(t *testing.T) {
	c := newCloud(t)
	c.fail("CreateStack", fault{true, errLost})
	made, err := c.region().EnsureFoundation(t.Context(), foundation())
	if err != nil || made.Outcome != sliderule.FoundationCreated || c.count("CreateStack") != 1 {
		t.Errorf("got %+v, %v", made, err)
	}
}

func TestAFoundationThatFailedIsMadeAgain(t *testing.T) {
	c := newCloud(t)
	c.after = func(call string) {
		if call == "CreateStack" {
			c.live("base").failing = "Key"
			c.after = nil
		}
	}
	_, err := c.region().EnsureFoundation(t.Context(), foundation())
	if !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "Key (") {
		t.Fatalf("got %v", err)
	}
	if made, err := c.region().EnsureFoundation(t.Context(), foundation()); err != nil || made.Outcome != sliderule.FoundationCreated || made.SchedulerRole == "" {
		t.Errorf("got %+v, %v", made, err)
	}
}

func TestAWaitForAFoundationThatIsCutShortIsNoError(t *testing.T) {
	c := newCloud(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.after = func(call string) {
		if call == "CreateStack" {
			cancel()
		}
	}
	made, err := c.region().EnsureFoundation(ctx, foundation())
	if err != nil || !errors.Is(made.Problem, sliderule.ErrInterrupted) || made.StackID == "" {
		t.Fatalf("got %+v, %v", made, err)
	}
	c.after = nil
	again, err := c.region().EnsureFoundation(t.Context(), foundation())
	if err != nil || again.StackID != made.StackID || again.Problem != nil || again.StackRole == "" {
		t.Errorf("got %+v, %v", again, err)
	}
}

func TestSomebodyElsesFoundationIsNeverTouched(t *testing.T) {
	for _, owner := range []string{"", "another"} {
		c := newCloud(t)
		c.add("base", owner, foundationOutputs())
		if _, err := c.region().EnsureFoundation(t.Context(), foundation()); !errors.Is(err, sliderule.ErrExists) {
			t.Errorf("got %v", err)
		}
		if err := c.region().RemoveFoundation(t.Context(), "base"); !errors.Is(err, sliderule.ErrExists) || len(c.writes()) != 0 {
			t.Errorf("got %v after %v", err, c.writes())
		}
	}
	c := newCloud(t)
	if _, err := c.region().EnsureFoundation(t.Context(), foundation(func(w *sliderule.FoundationWanted) { w.Name = "dev-cluster" })); err == nil {
		t.Error("a foundation took the name of a cluster")
	}
}

func TestAFoundationStaysWhileClustersLive(t *testing.T) {
	c := newCloud(t)
	r := c.region()
	if _, err := r.Deploy(t.Context(), wanted(), true); err != nil {
		t.Fatal(err)
	}
	c.person("dev", "ana")
	theirs := c.add("theirs-cluster", "another", nil)
	role := foundationOutputs()["StackRole"]
	theirs.RoleARN = &role
	c.add("unrelated-cluster", "another", nil)
	err := r.RemoveFoundation(t.Context(), "sliderule-foundation")
	if !errors.Is(err, sliderule.ErrInUse) || !strings.Contains(err.Error(), "dev-cluster, dev-cluster-ana-asg, theirs-cluster. Destroy") {
		t.Errorf("got %v", err)
	}
	if err := r.Destroy(t.Context(), "dev", false); err != nil { // what is being destroyed needs its role
		t.Fatal(err)
	}
	if err := r.RemoveFoundation(t.Context(), "sliderule-foundation"); !errors.Is(err, sliderule.ErrInUse) || !strings.Contains(err.Error(), ": theirs-cluster. Destroy") {
		t.Errorf("got %v", err)
	}
	theirs.StackStatus = cfn.StackStatusDeleteComplete
	// What is on its way is waited for, and named when it does not get there.
	c.stack("dev-cluster").holds = 1
	if err := r.RemoveFoundation(t.Context(), "sliderule-foundation"); !errors.Is(err, sliderule.ErrInUse) || !strings.Contains(err.Error(), "Network (AWS::EC2::VPC) DELETE_FAILED") {
		t.Errorf("got %v", err)
	}
	if err := r.Destroy(t.Context(), "dev", false); err != nil {
		t.Fatal(err)
	}
	if err := r.RemoveFoundation(t.Context(), "sliderule-foundation"); err != nil || !slices.Equal(c.names(), []string{"unrelated-cluster"}) {
		t.Errorf("got %v, left are %v", err, c.names())
	}
	for _, err := range []error{r.RemoveFoundation(t.Context(), "sliderule-foundation"), func() error { _, err := r.ReadFoundation(t.Context(), "base"); return err }()} {
		if !errors.Is(err, sliderule.ErrGone) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := r.Deploy(t.Context(), wanted(), true); !errors.Is(err, sliderule.ErrNoFoundation) {
		t.Errorf("got %v", err)
	}
}

// A foundation that was looked up while it was being changed is looked up again.
func TestAFoundationThatChangesMeanwhileIsNotRemembered(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	r := c.region()
	looks := 0
	c.during = func(call string) {
		if call != "DescribeStacks" {
			return
		}
		if looks++; looks == 2 { // the first is at the cluster
			if _, err := r.EnsureFoundation(t.Context(), foundation()); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := r.Status(t.Context(), "dev"); err != nil {
		t.Fatal(err)
	}
	c.during = nil
	for _, want := range []int{2, 1} { // foundation and cluster, and then the cluster alone
		c.forgetCalls()
		if _, err := r.Extend(t.Context(), "dev", time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := c.count("DescribeStacks"); got != want {
			t.Errorf("got %d looks, want %d", got, want)
		}
	}
}

// Whoever waits for somebody else's look at it can leave.
func TestALookThatIsSharedCanBeLeft(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	r := c.region()
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	c.during = func(call string) {
		c.during = nil
		cancel()
		<-left
	}
	_, err := r.Extend(ctx, "dev", time.Hour)
	close(left)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Extend(t.Context(), "dev", time.Hour); err != nil {
		t.Error(err)
	}
}
