package cloudformation_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

// hosts are the roles that instances have, with what their profile is called.
var hosts = map[string]string{"BalancerRole": "BalancerProfile", "NodeRole": "NodeProfile", "RunRole": "RunProfile", "ReleaseRole": "ReleaseProfile"}

// An instance may end itself and no other, and nothing else of EC2 but look.
func TestDefect32InstancesEndOnlyThemselves(t *testing.T) {
	ends := map[string]bool{}
	for _, s := range statements(t) {
		if hosts[s.role] == "" {
			continue
		}
		for _, action := range s.actions {
			switch {
			case action == "ec2:TerminateInstances":
				ends[s.role] = true
				if !strings.Contains(s.conditions, `"aws:userid":"*:${ec2:InstanceID}"`) {
					t.Errorf("%s ends others: %s", s, s.conditions)
				}
			case strings.HasPrefix(action, "ec2:") && action != "ec2:DescribeInstances",
				strings.HasPrefix(action, "iam:"), strings.HasPrefix(action, "cloudformation:"):
				t.Errorf("%s has %s", s, action)
			}
		}
	}
	for role := range hosts {
		if !ends[role] {
			t.Errorf("%s may not end its own instance", role)
		}
	}
}

// Every instance has its role by a profile of its own, which the stack tells.
func TestHostsHaveProfiles(t *testing.T) {
	template := decode(t, theFoundation(t).Body)
	for role, profile := range hosts {
		roles := get(t, template, "Resources", profile, "Properties", "Roles").([]any)
		if len(roles) != 1 || get(t, roles[0], "Ref") != role {
			t.Errorf("%s has %v, want %s", profile, roles, role)
		}
		if got := list(get(t, template, "Outputs", profile, "Value")); got[0] != `{"Fn::GetAtt":["`+profile+`","Arn"]}` {
			t.Errorf("the output %s is %s", profile, got)
		}
	}
}

// Nodes execute what people ask for: only load balancers have the private key of the domain.
func TestOnlyLoadBalancersReadTheCertificate(t *testing.T) {
	for _, s := range statements(t) {
		for _, resource := range s.resource {
			if strings.Contains(resource, "CertificateSource") && s.role != "BalancerRole" {
				t.Errorf("%s reads %s", s, resource)
			}
		}
		if s.role == "BalancerRole" && slices.Contains(s.actions, "s3:GetObject") && !strings.Contains(strings.Join(s.resource, ""), "CertificateSource") {
			t.Errorf("load balancers read %v", s.resource)
		}
	}
}

// pushing is what a push to ECR takes beside what a pull does, with the look at what came of it.
var pushing = []string{"ecr:CompleteLayerUpload", "ecr:DescribeImages", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"}

// A release pushes to the registry's repositories. A test run, which executes what a branch says, and a node never do.
func TestOnlyReleasesPush(t *testing.T) {
	all := statements(t)
	for role := range hosts {
		for _, action := range pushing {
			if got := allows(all, role, action); got != (role == "ReleaseRole") {
				t.Errorf("%s has %s: %t", role, action, got)
			}
		}
		for _, action := range []string{"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} {
			if !allows(all, role, action) {
				t.Errorf("%s lacks %s", role, action)
			}
		}
	}
	for _, s := range all {
		for _, action := range s.actions {
			if strings.HasPrefix(action, "ecr:") && action != "ecr:GetAuthorizationToken" && !slices.Equal(s.resource, []string{`{"Ref":"Repositories"}`}) {
				t.Errorf("%s has %s on %v", s, action, s.resource)
			}
		}
	}
	if got := theFoundation(t).Parameters["Repositories"]; got != "arn:aws:ecr:us-west-2:123456789012:repository/*" {
		t.Errorf("the repositories are %s", got)
	}
}

// Beside that a release writes its log, and nothing more: no data, no token, nobody's bucket.
func TestAReleaseOnlyPushesAndLogs(t *testing.T) {
	var actions []string
	for _, s := range statements(t) {
		if s.role != "ReleaseRole" {
			continue
		}
		for _, action := range s.actions {
			if !strings.HasPrefix(action, "ecr:") && !strings.HasPrefix(action, "ssmmessages:") {
				actions = append(actions, action)
			}
			if action == "s3:PutObject" && !slices.Equal(s.resource, []string{`{"Fn::Sub":"${Logs.Arn}/runs/*"}`}) {
				t.Errorf("it writes to %v", s.resource)
			}
		}
	}
	slices.Sort(actions)
	if want := []string{"ec2:TerminateInstances", "s3:PutObject", "ssm:UpdateInstanceInformation"}; !slices.Equal(actions, want) {
		t.Errorf("it may %v, want %v", actions, want)
	}
}

// All test runs have one role. Which token a run may have, the parameter's tag says, and no role that an instance has can
// set a tag: a run that executes hostile code has its own token, and no other run's. The key that encrypts it, AWS's own
// for parameters, lets everybody decrypt what Systems Manager shows them, so that no role has a right to a key.
func TestARunReadsNoTokenButItsOwn(t *testing.T) {
	own := `"aws:ResourceTag/` + cloudformation.RunInstanceTag + `":"${ec2:SourceInstanceARN}"`
	tagging := regexp.MustCompile(`^(\*|[a-z0-9]+:(\*|.*Tag.*))$`)
	readers := map[string][]string{}
	for _, s := range statements(t) {
		for _, action := range s.actions {
			if strings.HasPrefix(action, "kms:") {
				t.Errorf("%s has %s", s, action)
			}
			if hosts[s.role] == "" {
				continue
			}
			if tagging.MatchString(action) || action == "ssm:PutParameter" {
				t.Errorf("%s has %s: an instance could take another run's token for its own", s, action)
			}
			if !strings.HasPrefix(action, "ssm:") || !strings.Contains(action, "Parameter") {
				continue
			}
			readers[s.role] = append(readers[s.role], action)
			if !strings.Contains(s.conditions, own) || !strings.HasPrefix(s.conditions, `{"StringEquals":`) {
				t.Errorf("%s has %s of every run: %s", s, action, s.conditions)
			}
			if want := `{"Fn::Sub":"arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${AWS::StackName}/runs/*"}`; !slices.Equal(s.resource, []string{want}) {
				t.Errorf("%s has %s of %v", s, action, s.resource)
			}
		}
	}
	if len(readers) != 1 || !slices.Equal(readers["RunRole"], []string{"ssm:DeleteParameter", "ssm:GetParameter"}) {
		t.Errorf("parameters are for %v", readers)
	}
}

// The scheduler ends test runs and releases alike: by the tag that each has, and with any role.
func TestTheSchedulerEndsEveryRun(t *testing.T) {
	for _, s := range statements(t) {
		if s.role == "SchedulerRole" && slices.Contains(s.actions, "ec2:TerminateInstances") {
			want := `{"StringEquals":{"aws:ResourceTag/provisioner_managed_by":{"Ref":"Installation"}},"StringLike":{"aws:ResourceTag/` + cloudformation.RunTag + `":"?*"}}`
			if s.conditions != want || len(s.resource) != 1 || !strings.HasSuffix(s.resource[0], `:instance/*"}`) {
				t.Errorf("it ends %v where %s", s.resource, s.conditions)
			}
			return
		}
	}
	t.Error("the scheduler may not end runs")
}

// A registry that is none of ECR's has no repositories to push to, and a policy none without a statement.
func TestAnotherRegistryNeedsNoRights(t *testing.T) {
	f := foundation()
	f.Registry = "registry.example.org"
	made, err := cloudformation.RenderFoundation(f)
	if err != nil {
		t.Fatal(err)
	}
	if made.Parameters["Repositories"] != "" {
		t.Errorf("got %v", made.Parameters)
	}
	for role, r := range decode(t, made.Body)["Resources"].(map[string]any) {
		if r.(map[string]any)["Type"] != "AWS::IAM::Role" {
			continue
		}
		for _, policy := range get(t, r, "Properties", "Policies").([]any) {
			always := 0
			for _, s := range get(t, policy, "PolicyDocument", "Statement").([]any) {
				if s.(map[string]any)["Fn::If"] == nil {
					always++
				}
			}
			if always == 0 {
				t.Errorf("the policy %s of %s may be empty", get(t, policy, "PolicyName"), role)
			}
		}
	}
}
