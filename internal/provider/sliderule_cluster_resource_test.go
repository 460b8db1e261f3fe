package provider_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

const devAddress = "provisioner_sliderule_cluster.test"

// devCluster is a small cluster with more attributes. A later one of a name counts.
func devCluster(attributes ...string) string {
	config := "resource \"provisioner_sliderule_cluster\" \"test\" {\ncluster = \"dev\"\n"
	name := func(attribute string) string { return strings.Fields(attribute)[0] }
	for i, attribute := range attributes {
		if !slices.ContainsFunc(attributes[i+1:], func(later string) bool { return name(later) == name(attribute) }) {
			config += attribute + "\n"
		}
	}
	return config + "}\n"
}

// sized is a cluster of one hour.
func sized(more ...string) string {
	return devCluster(append([]string{"node_capacity = 2", "time_to_live = 60"}, more...)...)
}

// opened asserts that the plan leaves these attributes to the apply.
func opened(attributes ...string) []plancheck.PlanCheck {
	var checks []plancheck.PlanCheck
	for _, attribute := range attributes {
		checks = append(checks, plancheck.ExpectUnknownValue(devAddress, tfjsonpath.New(attribute)))
	}
	return checks
}

// promised asserts that the plan knows an attribute.
func promised(attribute string, check knownvalue.Check) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(devAddress, tfjsonpath.New(attribute), check)
}

func (w *slideruleWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// sleepNow lets the nodes of a cluster go, as its scheduled action does.
func (w *slideruleWorld) sleepNow(group string) {
	w.t.Helper()
	_, err := autoscaling.NewFromConfig(w.awsConfig()).SetDesiredCapacity(context.Background(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: &group, DesiredCapacity: aws.Int32(0)})
	w.must(err)
}

// Defects 1 and 13: a cluster is resized in place, renewed, extended, and nothing of it is left at the end.
func TestSlideruleClusterLifecycle(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	oneStack, ends := statecheck.CompareValue(compare.ValuesSame()), statecheck.CompareValue(compare.ValuesDiffer())
	compared := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, oneStack.AddStateValue(devAddress, tfjsonpath.New("stack_id")), ends.AddStateValue(devAddress, tfjsonpath.New("expires_at")))
	}
	kept := promised("stack_id", knownvalue.NotNull())
	nodes := func(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }
	w.run(
		w.onAWS(sized(), planned(devAddress, plancheck.ResourceActionCreate, append(opened("status", "expires_at", "stack_id"), promised("id", knownvalue.StringExact("dev")), promised("version", knownvalue.StringExact("latest")))...),
			holds(devAddress, "status", "running", "outcome", "created", "endpoint", "https://dev.example.org", "ilb_address", knownvalue.NotNull(), "group_name", "dev-asg", "current_nodes", nodes(2),
				"stack_status", "CREATE_COMPLETE", "ami", knownvalue.NotNull(), "hourly_cost_usd", knownvalue.NotNull(), "accrued_cost_usd", knownvalue.Null(), "reason", knownvalue.Null(), "is_public", knownvalue.Bool(false)), compared),
		w.onAWS(sized(), nothing),
		w.onAWS(sized("node_capacity = 4"), planned(devAddress, plancheck.ResourceActionUpdate, append(opened("status", "expires_at", "outcome", "current_nodes"), kept, promised("ilb_address", knownvalue.NotNull()))...),
			holds(devAddress, "outcome", "resized", "current_nodes", nodes(4), "status", "running"), compared),
		w.onAWS(sized("node_capacity = 4", "renew = \"1\""), planned(devAddress, plancheck.ResourceActionUpdate, append(opened("expires_at"), kept)...), first(func() { w.pass(time.Minute) }), holds(devAddress, "outcome", "renewed"), compared),
		w.onAWS(sized("node_capacity = 4", "renew = \"1\"", "time_to_live = 90"), planned(devAddress, plancheck.ResourceActionUpdate, opened("expires_at")...), holds(devAddress, "outcome", "renewed"), compared),
		// What only we do with it asks AWS for nothing, and leaves its end where it is.
		w.onAWS(sized("node_capacity = 4", "renew = \"1\"", "time_to_live = 90", "wait = false", "when_expired = \"redeploy\""),
			planned(devAddress, plancheck.ResourceActionUpdate, promised("expires_at", knownvalue.NotNull()), promised("outcome", knownvalue.StringExact("renewed")))),
		w.onAWS(sized("node_capacity = 4", "renew = \"1\"", "time_to_live = 90"), planned(devAddress, plancheck.ResourceActionUpdate)),
		w.onAWS(sized("node_capacity = 4", "renew = \"1\"", "time_to_live = 90"), nothing),
	)
	if w.stack("dev-cluster") != nil {
		t.Error("the stack is left")
	}
	left, err := scheduler.NewFromConfig(w.awsConfig()).ListSchedules(context.Background(), &scheduler.ListSchedulesInput{})
	if err != nil || len(left.Schedules) != 0 {
		t.Errorf("schedules are left: %v, %v", left, err)
	}
	if n := w.acted("CreateStack"); n != 1 {
		t.Errorf("%d stacks were made", n)
	}
}

// A cluster that sleeps runs, which is no drift; nothing wakes it but its time, or the end of all sleep.
func TestSlideruleClusterSleeps(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	yearly := `sleep = { down = ["0 3 1 1 *"], up = ["0 4 1 1 *"] }`
	nodes := func(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }
	w.run(
		w.onAWS(sized(yearly), holds(devAddress, "current_nodes", nodes(2))),
		w.onAWS(sized(yearly), first(func() { w.sleepNow("dev-asg") }), nothing, holds(devAddress, "current_nodes", nodes(0), "status", "running")),
		w.onAWS(sized(yearly, "node_capacity = 3"), planned(devAddress, plancheck.ResourceActionUpdate), holds(devAddress, "outcome", "resized", "current_nodes", nodes(0), "node_capacity", nodes(3))),
		w.onAWS(sized(yearly, "node_capacity = 3", "renew = \"1\""), planned(devAddress, plancheck.ResourceActionUpdate), holds(devAddress, "outcome", "renewed", "current_nodes", nodes(0))),
		w.onAWS(sized(yearly, "node_capacity = 3", "renew = \"1\""), nothing),
	)
}

// Every part of a configuration reaches the stack, and an import finds what can be read of it.
func TestSlideruleClusterWithAllItsParts(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	zones := `availability_zones = ["us-west-2b", "us-west-2c"]`
	whole := sized("min_nodes = 1", "max_nodes = 6", "version = \"v5.5.0\"", zones,
		`nodes = { instance_types = ["r8g.2xlarge", "r7g.2xlarge"], spot_share = 50, spot_max_price = 0.3, volume_gb = 60 }`,
		`budget = { limit_usd = 5000, emails = ["ana@example.org"] }`, `sleep = { down = ["0 20 * * *"], up = ["0 6 * * MON-FRI"], time_zone = "America/New_York" }`)
	without := sized("min_nodes = 1", "max_nodes = 6", "version = \"v5.5.0\"", zones)
	w.run(
		w.onAWS(whole, holds(devAddress, "accrued_cost_usd", knownvalue.NotNull(), "version", "v5.5.0", "status", "running")),
		w.onAWS(whole, nothing),
		w.onAWS(whole, importsBy(devAddress, "dev", "time_to_live", "expires_at", "accrued_cost_usd")),
		w.onAWS(without, planned(devAddress, plancheck.ResourceActionUpdate, append(opened("ilb_address"), promised("stack_id", knownvalue.NotNull()))...), holds(devAddress, "outcome", "resized", "accrued_cost_usd", knownvalue.Null())),
		// The default, spelt out, is not another cluster.
		w.onAWS(sized("min_nodes = 1", "max_nodes = 6", "version = \"v5.5.0\"", zones, `nodes = { volume_gb = 40 }`), planned(devAddress, plancheck.ResourceActionUpdate, promised("expires_at", knownvalue.NotNull())), check(func() error {
			return same(2, w.acted("CreateStack")+w.acted("UpdateStack"))
		})),
	)
}

// The first apply after an import takes the time to live from the configuration, and does not renew: what the cluster was
// asked for is read back.
func TestSlideruleClusterIsImported(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	made, err := w.region().Deploy(context.Background(), sliderule.Wanted{
		Cluster: "dev", NodeCapacity: 2, MaxNodes: 4, TimeToLive: 3 * time.Hour, Version: "v5.5.0",
		Nodes: sliderule.Nodes{InstanceTypes: []string{"r8g.2xlarge"}, SpotShare: 50, VolumeGB: 60}, Sleep: &sliderule.Sleep{Down: []string{"0 20 * * *"}, Up: []string{"0 6 * * *"}, TimeZone: "UTC"},
		Budget: &sliderule.Budget{Budget: budget.Budget{LimitUSD: 5000, StartHours: 24}, Emails: []string{"ana@example.org"}},
	}, true)
	w.must(errors.Join(err, made.Problem))
	config := devCluster("node_capacity = 2", "max_nodes = 4", "time_to_live = 60", "version = \"v5.5.0\"", "renew = \"x\"",
		`nodes = { instance_types = ["r8g.2xlarge"], spot_share = 50, volume_gb = 60 }`, `sleep = { down = ["0 20 * * *"], up = ["0 6 * * *"] }`, `budget = { limit_usd = 5000, emails = ["ana@example.org"] }`)
	imports := "import {\n to = " + devAddress + "\n id = \"dev\"\n}\n"
	end := knownvalue.StringExact(made.ExpiresAt.Format(time.RFC3339))
	w.run(
		w.onAWS("import {\n to = "+devAddress+"\n id = \"dev-Cluster\"\n}\n"+config, fails("cannot be imported", "dev-Cluster", "not that of its stack")),
		w.onAWS("import {\n to = "+devAddress+"\n id = \"absent\"\n}\n"+config, fails("non-existent")),
		w.onAWS(imports+config, planned(devAddress, plancheck.ResourceActionUpdate, promised("expires_at", end), promised("status", knownvalue.StringExact("running"))), holds(devAddress, "expires_at", end, "outcome", "no_action")),
		w.onAWS(config, nothing, check(func() error { return same(0, w.acted("UpdateStack")+w.acted("CreateStack")+w.acted("UpdateSchedule")) })),
	)
}

// What others do to a cluster is drift where it is ours to say, and only there.
func TestSlideruleClusterDrifts(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	byHand := func(change func(*sliderule.Wanted)) func(*resource.TestStep) {
		return first(func() {
			wanted := sliderule.Wanted{Cluster: "dev", NodeCapacity: 2, MaxNodes: 4, TimeToLive: time.Hour}
			change(&wanted)
			made, err := w.region().Deploy(context.Background(), wanted, true)
			w.must(errors.Join(err, made.Problem))
		})
	}
	config := sized("max_nodes = 4")
	nodes := func(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }
	w.run(
		w.onAWS(config),
		w.onAWS(config, byHand(func(m *sliderule.Wanted) { m.NodeCapacity = 3 }), planned(devAddress, plancheck.ResourceActionUpdate, promised("node_capacity", nodes(2))), holds(devAddress, "current_nodes", nodes(2), "outcome", "resized")),
		w.onAWS(config, byHand(func(m *sliderule.Wanted) { m.MaxNodes = 5 }), planned(devAddress, plancheck.ResourceActionUpdate, promised("max_nodes", nodes(4)))),
		// An extension elsewhere is not: the end is told, and stays.
		w.onAWS(config, first(func() {
			_, err := w.region().Extend(context.Background(), "dev", 5*time.Hour)
			w.must(err)
		}), nothing),
		// It was deleted before its end: a new one is planned.
		w.onAWS(config, first(func() { w.must(w.region().Destroy(context.Background(), "dev", true)) }), planned(devAddress, plancheck.ResourceActionCreate), holds(devAddress, "outcome", "created")),
		// Nothing would end it any more: that is mended before all else.
		w.onAWS(config, first(func() { w.unschedule() }), planned(devAddress, plancheck.ResourceActionUpdate, opened("expires_at")...), holds(devAddress, "outcome", "renewed", "expires_at", knownvalue.NotNull())),
		w.onAWS(config, nothing),
	)
}

// unschedule takes every schedule away by hand.
func (w *slideruleWorld) unschedule() {
	w.t.Helper()
	client := scheduler.NewFromConfig(w.awsConfig())
	all, err := client.ListSchedules(context.Background(), &scheduler.ListSchedulesInput{})
	w.must(err)
	for _, s := range all.Schedules {
		_, err := client.DeleteSchedule(context.Background(), &scheduler.DeleteScheduleInput{Name: s.Name, GroupName: s.GroupName})
		w.must(err)
	}
}

// is_public and the version cannot change in place.
func TestSlideruleClusterIsReplaced(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	other := statecheck.CompareValue(compare.ValuesDiffer())
	remembered := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, other.AddStateValue(devAddress, tfjsonpath.New("stack_id")))
	}
	w.run(
		w.onAWS(sized(), remembered),
		w.onAWS(sized("version = \"v5.5.0\""), planned(devAddress, plancheck.ResourceActionReplace), holds(devAddress, "version", "v5.5.0", "outcome", "created"), remembered),
		w.onAWS(sized("version = \"v5.5.0\"", "is_public = true"), planned(devAddress, plancheck.ResourceActionReplace), holds(devAddress, "is_public", knownvalue.Bool(true), "outcome", "created"), remembered),
		w.onAWS(sized("version = \"v5.5.0\"", "is_public = true"), nothing),
		// Made before the old one is gone, it would be the old one, and go with it.
		w.onAWS(sized("version = \"v5.4.0\"", "is_public = true", "lifecycle { create_before_destroy = true }"), fails("The cluster is there already, and is another", "version = v5.5.0", "v5.4.0", "destroy that cluster first")),
	)
}
