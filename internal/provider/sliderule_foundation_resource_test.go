package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const basedAddress = "provisioner_sliderule_foundation.test"

// based is a foundation with more attributes, or others.
func based(extra string) string {
	settings := map[string]string{
		"domain": fmt.Sprintf("%q", slideruleDomain), "certificate_source": fmt.Sprintf("%q", "s3://"+slideruleBucket+"/cf/"+slideruleDomain+".pem"), "registry": `"registry.example.org"`,
	}
	var b strings.Builder
	b.WriteString("resource \"provisioner_sliderule_foundation\" \"test\" {\n")
	for name, value := range settings {
		if !strings.Contains(extra, name+" ") {
			fmt.Fprintf(&b, "%s = %s\n", name, value)
		}
	}
	return b.String() + extra + "\n}\n"
}

// remembers asserts that an attribute is the same in all steps that it is given to.
func remembers(attribute string) func(*resource.TestStep) {
	same := statecheck.CompareValue(compare.ValuesSame())
	return func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, same.AddStateValue(basedAddress, tfjsonpath.New(attribute)))
	}
}

func unknown(attribute string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(basedAddress, tfjsonpath.New(attribute))
}

func TestSlideruleFoundationLifecycle(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	sameKey := remembers("signing_key")
	known := func(attribute, value string) plancheck.PlanCheck {
		return plancheck.ExpectKnownValue(basedAddress, tfjsonpath.New(attribute), knownvalue.StringExact(value))
	}
	key := plancheck.ExpectKnownValue(basedAddress, tfjsonpath.New("signing_key"), knownvalue.NotNull())
	whole := `github_organization = "SlideRuleEarth"
		log_retention_days = 30
		tags = { team = "data" }`
	w.run(
		w.onAWS(based(""), planned(basedAddress, plancheck.ResourceActionCreate, known("name", "sliderule-foundation"), known("id", "sliderule-foundation"), known("managed_by", "default"), unknown("signing_key"), unknown("outcome")),
			holds(basedAddress, "outcome", "created", "name", "sliderule-foundation", "stack_status", "CREATE_COMPLETE", "managed_by", "default", "schedule_group", "sliderule-foundation",
				"log_retention_days", knownvalue.Int64Exact(90), "tags", knownvalue.Null(), "github_organization", knownvalue.Null(), "scheduler_role", knownvalue.NotNull(), "stack_role", knownvalue.NotNull(),
				"balancer_profile", knownvalue.NotNull(), "node_profile", knownvalue.NotNull(), "run_profile", knownvalue.NotNull(), "release_profile", knownvalue.NotNull(), "log_bucket", knownvalue.NotNull(), "stack_id", knownvalue.NotNull(), "template", sliderule.FoundationTemplate()), sameKey),
		w.onAWS(based(""), nothing),
		w.onAWS(based("tags = {}"), planned(basedAddress, plancheck.ResourceActionUpdate), holds(basedAddress, "outcome", "created"), sameKey),
		w.onAWS(based("tags = {}"), nothing),
		w.onAWS(based(whole), planned(basedAddress, plancheck.ResourceActionUpdate, unknown("outcome"), unknown("stack_status"), key),
			holds(basedAddress, "outcome", "updated", "stack_status", "UPDATE_COMPLETE", "log_retention_days", knownvalue.Int64Exact(30)), sameKey),
		w.onAWS(based(whole), nothing),
		w.onAWS(based(whole), importsBy(basedAddress, "sliderule-foundation", "template")),
		w.onAWS(based(whole+"\ntimeouts = { update = \"30m\" }"), planned(basedAddress, plancheck.ResourceActionUpdate, key, known("outcome", "updated"))),
		w.onAWS(based(whole+"\ndomain = \"example.net\""), planned(basedAddress, plancheck.ResourceActionUpdate, key), holds(basedAddress, "domain", "example.net", "outcome", "updated"), sameKey),
		w.onAWS(based(whole+"\nname = \"second\""), planned(basedAddress, plancheck.ResourceActionReplace, unknown("signing_key"), known("name", "second")), holds(basedAddress, "outcome", "created", "schedule_group", "second"),
			check(func() error { return same(true, w.stack("sliderule-foundation") == nil) })),
		w.onAWSAs("default", `foundation = "second"`, based(whole), nothing),
	)
	if s := w.stack("second"); s != nil {
		t.Errorf("destroy left %s, %s", *s.StackName, s.StackStatus)
	}
	if n := w.acted("CreateStack"); n != 2 {
		t.Errorf("%d stacks were made, want 2", n)
	}
}

// A change by hand is drift; what is gone is made again.
func TestSlideruleFoundationDrift(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	config := based(`tags = { team = "data" }`)
	w.run(
		w.onAWS(config),
		w.onAWS(config, first(func() {
			wanted := sliderule.FoundationWanted{
				Name: "sliderule-foundation", Domain: "other.example.org", CertificateSource: "s3://elsewhere/x.pem", Registry: "other.example.org", GitHubOrganization: "others",
				LogRetentionDays: 7, Tags: map[string]string{"team": "others", "more": "x"},
			}
			if _, err := w.region().EnsureFoundation(context.Background(), wanted); err != nil {
				t.Error(err)
			}
		}), planned(basedAddress, plancheck.ResourceActionUpdate), holds(basedAddress, "domain", slideruleDomain, "outcome", "updated", "github_organization", knownvalue.Null())),
		w.onAWS(config, nothing),
		w.onAWS(config, first(func() {
			if err := w.region().RemoveFoundation(context.Background(), "sliderule-foundation"); err != nil {
				t.Error(err)
			}
		}), planned(basedAddress, plancheck.ResourceActionCreate), holds(basedAddress, "outcome", "created")),
	)
}

func TestSlideruleFoundationIsFoundAgain(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	config := based("github_organization = \"" + slideruleOrg + "\"")
	w.run(
		w.onAWS(config, planned(basedAddress, plancheck.ResourceActionCreate), holds(basedAddress, "outcome", "no_action")),
		w.onAWS(config, nothing),
	)
	if n := w.acted("CreateStack"); n != 0 {
		t.Errorf("%d stacks were made", n)
	}
}

// An answer that was lost leads to a look, never to a second stack.
func TestSlideruleFoundationSurvivesTheNetwork(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	if err := w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "CreateStack", Kind: wire.ResetAfter}, wire.Fault{Vendor: "aws", Path: "DescribeStacks", Kind: wire.Status, Status: 503, Times: 2}); err != nil {
		t.Fatal(err)
	}
	w.run(w.onAWS(based(""), holds(basedAddress, "outcome", "created")), w.onAWS(based(""), nothing))
	if n := w.acted("CreateStack"); n != 1 {
		t.Errorf("CreateStack was called %d times", n)
	}
}

// A failure names the resource that failed and why; the next apply makes all of it anew.
func TestSlideruleFoundationThatFails(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	if err := w.AWS().Fail(context.Background(), moto.Failure{Resource: "SigningKey", Reason: "The limit of keys is reached"}); err != nil {
		t.Fatal(err)
	}
	w.run(
		w.onAWS(based(""), fails("The foundation could not be made", "SigningKey", "The limit of keys is reached")),
		w.onAWS(based(""), planned(basedAddress, plancheck.ResourceActionCreate), holds(basedAddress, "outcome", "created")),
	)
}

// A wait that ends early leaves a state that is not tainted, and the next apply goes on.
func TestSlideruleFoundationWaitIsResumed(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	frozen := func(yes bool) func(*resource.TestStep) { return first(func() { w.clock.frozen.Store(yes) }) }
	hurried := "timeouts = { create = \"2s\", update = \"2s\" }\n"
	w.run(
		w.onAWS(based(hurried), frozen(true), staysFailed, holds(basedAddress, "stack_status", "CREATE_IN_PROGRESS", "outcome", "created", "signing_key", knownvalue.Null(), "stack_id", knownvalue.NotNull())),
		w.onAWS(based(""), frozen(false), planned(basedAddress, plancheck.ResourceActionUpdate, unknown("signing_key"), unknown("stack_status")), holds(basedAddress, "stack_status", "CREATE_COMPLETE", "signing_key", knownvalue.NotNull())),
		w.onAWS(based(""), nothing),
		w.onAWS(based(hurried+"log_retention_days = 5"), frozen(true), staysFailed, planned(basedAddress, plancheck.ResourceActionUpdate), holds(basedAddress, "stack_status", "UPDATE_IN_PROGRESS")),
		w.onAWS(based("log_retention_days = 5"), frozen(false), planned(basedAddress, plancheck.ResourceActionUpdate), holds(basedAddress, "stack_status", "UPDATE_COMPLETE")),
		w.onAWS(based("log_retention_days = 5"), nothing),
	)
	if n := w.acted("CreateStack"); n != 1 {
		t.Errorf("CreateStack was called %d times", n)
	}
}

func TestSlideruleFoundationOfSomebodyElses(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.run(w.onAWSAs("prod", "", based(""), fails("This foundation is somebody else's", "sliderule-foundation", `managed by the installation "default"`, "Choose another name")))
	if _, err := w.stacks().CreateStack(context.Background(), &cloudformation.CreateStackInput{StackName: aws.String("theirs"), TemplateBody: aws.String(zoneTemplate)}); err != nil {
		t.Fatal(err)
	}
	w.run(w.onAWS(based(`name = "theirs"`), fails("This foundation is somebody else's", "theirs", "has no tag")))
	for _, action := range []string{"CreateStack", "UpdateStack", "DeleteStack"} {
		if n := w.acted(action); n != 0 {
			t.Errorf("%s was called %d times", action, n)
		}
	}
}

// While clusters live, their end needs the foundation.
func TestSlideruleFoundationStaysWhileClustersLive(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	add := first(func() {
		if _, err := w.stacks().CreateStack(context.Background(), &cloudformation.CreateStackInput{
			StackName: aws.String("dev-cluster"), TemplateBody: aws.String(zoneTemplate), Tags: []cfn.Tag{{Key: aws.String("provisioner_managed_by"), Value: aws.String("default")}},
		}); err != nil {
			t.Error(err)
		}
	})
	remove := first(func() {
		if _, err := w.stacks().DeleteStack(context.Background(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster")}); err != nil {
			t.Error(err)
		}
		w.pass(3600e9)
	})
	w.run(
		w.onAWS(based("")),
		w.onAWS(based(""), add, func(s *resource.TestStep) { s.Destroy = true }, fails("Clusters still need the foundation", "dev-cluster", "Destroy them first")),
		w.onAWS(based(""), remove, nothing),
	)
	if s := w.stack("sliderule-foundation"); s != nil {
		t.Errorf("it is %s", s.StackStatus)
	}
}

func TestSlideruleFoundationImports(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	imports := func(id string) string {
		return "import {\n  to = " + basedAddress + "\n  id = \"" + id + "\"\n}\n"
	}
	config := based("github_organization = \"" + slideruleOrg + "\"")
	w.run(
		w.onAWS(imports("my_base")+config, fails("cannot be imported", "my_base")),
		w.onAWS(imports("nowhere")+config, fails("Cannot import non-existent remote object")),
		w.onAWS(imports("sliderule-foundation")+config, holds(basedAddress, "outcome", "no_action", "domain", slideruleDomain), func(s *resource.TestStep) {
			s.ConfigPlanChecks.PostApplyPostRefresh = []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
		}),
	)
	if n := w.acted("UpdateStack"); n != 0 {
		t.Errorf("an import changed the stack %d times", n)
	}
}
