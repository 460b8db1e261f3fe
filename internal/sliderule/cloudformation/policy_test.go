package cloudformation_test

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// handler is what making, changing and deleting resources of a type takes.
type handler struct{ create, update, delete []string }

// needs is from the registry of CloudFormation: `aws cloudformation describe-type --type RESOURCE --type-name …`, the
// permissions of its handlers (see "AWS resource types" in CloudFormation's User Guide), and for what is read with them,
// Describe. Left out is what properties that we never set would take: load balancers, notifications and
// lifecycle hooks of groups, transferred addresses, IPv6. Types that the registry has no handlers for are by their API.
var needs = map[string]handler{
	"AWS::EC2::VPC": {
		create: []string{"ec2:CreateVpc", "ec2:CreateTags", "ec2:ModifyVpcAttribute", "ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"},
		update: []string{"ec2:CreateTags", "ec2:DeleteTags", "ec2:ModifyVpcAttribute"},
		delete: []string{"ec2:DeleteVpc", "ec2:DescribeVpcs"},
	},
	"AWS::EC2::Subnet": {
		create: []string{"ec2:DescribeSubnets", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:ModifySubnetAttribute"},
		update: []string{"ec2:DescribeSubnets", "ec2:ModifySubnetAttribute", "ec2:CreateTags", "ec2:DeleteTags"},
		delete: []string{"ec2:DescribeSubnets", "ec2:DeleteSubnet"},
	},
	"AWS::EC2::InternetGateway": {
		create: []string{"ec2:CreateInternetGateway", "ec2:CreateTags", "ec2:DescribeInternetGateways"},
		update: []string{"ec2:CreateTags", "ec2:DeleteTags"},
		delete: []string{"ec2:DeleteInternetGateway"},
	},
	"AWS::EC2::VPCGatewayAttachment": {
		create: []string{"ec2:AttachInternetGateway", "ec2:DescribeInternetGateways"},
		update: []string{"ec2:AttachInternetGateway", "ec2:DetachInternetGateway"},
		delete: []string{"ec2:DetachInternetGateway", "ec2:DescribeInternetGateways"},
	},
	"AWS::EC2::RouteTable": {
		create: []string{"ec2:CreateRouteTable", "ec2:CreateTags", "ec2:DescribeRouteTables"},
		update: []string{"ec2:CreateTags", "ec2:DeleteTags", "ec2:DescribeRouteTables"},
		delete: []string{"ec2:DescribeRouteTables", "ec2:DeleteRouteTable"},
	},
	"AWS::EC2::Route": {
		create: []string{"ec2:CreateRoute", "ec2:DescribeRouteTables"},
		update: []string{"ec2:ReplaceRoute", "ec2:DescribeRouteTables"},
		delete: []string{"ec2:DeleteRoute", "ec2:DescribeRouteTables"},
	},
	"AWS::EC2::SubnetRouteTableAssociation": {
		create: []string{"ec2:AssociateRouteTable", "ec2:ReplaceRouteTableAssociation", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"},
		update: []string{"ec2:ReplaceRouteTableAssociation"},
		delete: []string{"ec2:DisassociateRouteTable", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"},
	},
	"AWS::EC2::EIP": {
		create: []string{"ec2:AllocateAddress", "ec2:DescribeAddresses", "ec2:AssociateAddress", "ec2:CreateTags"},
		update: []string{"ec2:DescribeAddresses", "ec2:DisassociateAddress", "ec2:DeleteTags", "ec2:CreateTags", "ec2:AssociateAddress"},
		delete: []string{"ec2:ReleaseAddress", "ec2:DescribeAddresses", "ec2:DisassociateAddress"},
	},
	"AWS::EC2::NatGateway": {
		create: []string{"ec2:CreateNatGateway", "ec2:DescribeNatGateways", "ec2:CreateTags"},
		update: []string{"ec2:DescribeNatGateways", "ec2:CreateTags", "ec2:DeleteTags"},
		delete: []string{"ec2:DeleteNatGateway", "ec2:DescribeNatGateways"},
	},
	"AWS::EC2::VPCEndpoint": {
		create: []string{"ec2:CreateVpcEndpoint", "ec2:DescribeVpcEndpoints", "ec2:CreateTags"},
		update: []string{"ec2:ModifyVpcEndpoint", "ec2:DescribeVpcEndpoints", "ec2:CreateTags", "ec2:DeleteTags"},
		delete: []string{"ec2:DeleteVpcEndpoints", "ec2:DescribeVpcEndpoints"},
	},
	"AWS::EC2::SecurityGroup": {
		create: []string{"ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress", "ec2:CreateTags", "ec2:DescribeSecurityGroups"},
		update: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:CreateTags", "ec2:DeleteTags"},
		delete: []string{"ec2:DeleteSecurityGroup", "ec2:DescribeSecurityGroups", "ec2:DescribeInstances"},
	},
	"AWS::EC2::Instance": {
		create: []string{"ec2:RunInstances", "ec2:CreateTags", "ec2:AssociateIamInstanceProfile", "iam:PassRole", "ec2:DescribeInstances", "ec2:DescribeVolumes"},
		update: []string{"ec2:ModifyInstanceAttribute", "ec2:ModifyInstanceMetadataOptions", "ec2:StartInstances", "ec2:StopInstances", "ec2:CreateTags", "ec2:DeleteTags", "ec2:AssociateIamInstanceProfile", "ec2:DisassociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation", "ec2:DescribeIamInstanceProfileAssociations"},
		delete: []string{"ec2:TerminateInstances", "ec2:DescribeInstances"},
	},
	"AWS::EC2::LaunchTemplate": {
		create: []string{"ec2:CreateLaunchTemplate", "ec2:CreateTags"},
		update: []string{"ec2:CreateLaunchTemplateVersion", "ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions", "ec2:CreateTags", "ec2:DeleteTags"},
		delete: []string{"ec2:DeleteLaunchTemplate", "ec2:DeleteTags", "ec2:DescribeLaunchTemplates"},
	},
	"AWS::AutoScaling::AutoScalingGroup": {
		create: []string{"autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", "autoscaling:Describe*", "ec2:Describe*", "ec2:RunInstances", "ec2:CreateTags", "iam:CreateServiceLinkedRole", "iam:PassRole"},
		update: []string{"autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags", "autoscaling:Describe*", "ec2:Describe*", "ec2:RunInstances", "iam:PassRole"},
		delete: []string{"autoscaling:DeleteAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "autoscaling:Describe*"},
	},
	"AWS::AutoScaling::ScheduledAction": {
		create: []string{"autoscaling:PutScheduledUpdateGroupAction", "autoscaling:DescribeScheduledActions"},
		update: []string{"autoscaling:PutScheduledUpdateGroupAction"},
		delete: []string{"autoscaling:DeleteScheduledAction", "autoscaling:DescribeScheduledActions"},
	},
	"AWS::Route53::RecordSet": {
		create: []string{"route53:ChangeResourceRecordSets", "route53:GetChange", "route53:GetHostedZone", "route53:ListHostedZones", "route53:ListHostedZonesByName"},
		update: []string{"route53:ChangeResourceRecordSets", "route53:GetChange", "route53:ListResourceRecordSets"},
		delete: []string{"route53:ChangeResourceRecordSets", "route53:GetChange"},
	},
	"AWS::Budgets::Budget": {
		create: []string{"budgets:ModifyBudget", "budgets:ViewBudget", "budgets:TagResource", "budgets:ListTagsForResource"},
		update: []string{"budgets:ModifyBudget", "budgets:ViewBudget", "budgets:TagResource", "budgets:UntagResource"},
		delete: []string{"budgets:ModifyBudget", "budgets:ViewBudget"},
	},
}

// ofFoundation are the types that the administrator's own rights make.
var ofFoundation = map[string]bool{
	"AWS::IAM::Role": true, "AWS::IAM::InstanceProfile": true, "AWS::Scheduler::ScheduleGroup": true, "AWS::S3::Bucket": true,
	"AWS::S3::BucketPolicy": true, "AWS::KMS::Key": true, "AWS::KMS::Alias": true,
}

// statement is one of a policy, with lists in place of single values.
type statement struct {
	role, sid         string
	effect            string
	actions, resource []string
	conditions        string // as JSON
}

func (s statement) String() string { return s.role + "." + s.sid }

// statements are those of every role of the foundation, with what CloudFormation would put in place.
func statements(t *testing.T) []statement {
	t.Helper()
	var all []statement
	template := decode(t, theFoundation(t).Body)
	for role, r := range template["Resources"].(map[string]any) {
		if r.(map[string]any)["Type"] != "AWS::IAM::Role" {
			continue
		}
		for _, policy := range get(t, r, "Properties", "Policies").([]any) {
			for _, s := range get(t, policy, "PolicyDocument", "Statement").([]any) {
				if branches, ok := s.(map[string]any)["Fn::If"]; ok {
					s = branches.([]any)[1]
				}
				conditions, _ := json.Marshal(s.(map[string]any)["Condition"])
				all = append(all, statement{
					role: role, sid: get(t, s, "Sid").(string), effect: get(t, s, "Effect").(string),
					actions: list(get(t, s, "Action")), resource: list(get(t, s, "Resource")), conditions: string(conditions),
				})
			}
		}
	}
	return all
}

func list(v any) []string {
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	var texts []string
	for _, item := range items {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
			continue
		}
		text, _ := json.Marshal(item)
		texts = append(texts, string(text))
	}
	return texts
}

// allows reports whether a role has an action at all.
func allows(all []statement, role, action string) bool {
	return slices.ContainsFunc(all, func(s statement) bool {
		return s.role == role && s.effect == "Allow" && slices.ContainsFunc(s.actions, func(pattern string) bool {
			matched, _ := path.Match(pattern, action)
			return matched
		})
	})
}

// What CloudFormation deletes with the stack's role it must be allowed to, type by type: no emulator says so.
func TestStackRoleMayDoWhatClustersTake(t *testing.T) {
	all := statements(t)
	used := map[string]bool{}
	for _, made := range templates(t) {
		for name, r := range decode(t, made.Body)["Resources"].(map[string]any) {
			kind := r.(map[string]any)["Type"].(string)
			if ofFoundation[kind] {
				continue
			}
			need, ok := needs[kind]
			if !ok {
				t.Errorf("%s is %s: what does that take?", name, kind)
			}
			for operation, actions := range map[string][]string{"create": need.create, "update": need.update, "delete": need.delete} {
				if len(actions) == 0 {
					t.Errorf("nothing is said about how to %s %s", operation, kind)
				}
				for _, action := range actions {
					used[action] = true
					if !allows(all, "StackRole", action) {
						t.Errorf("to %s %s (%s) takes %s, which the stack's role does not have", operation, name, kind, action)
					}
				}
			}
		}
	}
	// And no more than that.
	more := []string{
		"ssm:GetParameter", "ssm:GetParameters", // parameters of the template
		"ec2:DeleteLaunchTemplateVersions", "ec2:ModifyLaunchTemplate", // clearing up after an update
	}
	for _, s := range all {
		if s.role != "StackRole" {
			continue
		}
		for _, action := range s.actions {
			if !used[action] && !slices.Contains(more, action) {
				t.Errorf("%s has %s, which nothing takes", s, action)
			}
		}
	}
}

// Defect 32: rights without a limit.
func TestDefect32NoRightWithoutALimit(t *testing.T) {
	// What has no resource to name, and changes nothing of anybody's.
	harmless := []string{
		"ec2:Describe*", "ec2:DescribeInstances", "autoscaling:Describe*", "route53:ListHostedZones", "route53:ListHostedZonesByName",
		"ecr:GetAuthorizationToken", "ssm:UpdateInstanceInformation",
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
	}
	// Creates, which come before there is a tag; reads; and what a path, a name or a record limits.
	untagged := regexp.MustCompile(`^(s3:(Get|Put)Object|s3:ListBucket|ecr:.*|ssm:GetParameters?|route53:.*|budgets:.*|ec2:RunInstances)$`)
	for _, s := range statements(t) {
		tagged := strings.Contains(s.conditions, "Tag/provisioner_managed_by")
		for _, action := range s.actions {
			everywhere := slices.ContainsFunc(s.resource, func(r string) bool { return r == "*" || r == "arn:*" })
			switch {
			case everywhere && !slices.Contains(harmless, action):
				t.Errorf("%s: %s on everything", s, action)
			case !everywhere && strings.Contains(action, "*"):
				t.Errorf("%s: %s", s, action)
			case action == "iam:PassRole" && (!strings.Contains(s.conditions, "iam:PassedToService") || strings.Contains(fmt.Sprint(s.resource), "*")):
				t.Errorf("%s passes %v to anybody", s, s.resource)
			case strings.HasPrefix(action, "iam:") && action != "iam:PassRole" && !strings.Contains(s.conditions, "iam:AWSServiceName"):
				t.Errorf("%s has %s", s, action)
			case !everywhere && !tagged && !strings.HasPrefix(action, "iam:") && !untagged.MatchString(action):
				t.Errorf("%s: %s on things of anybody", s, action)
			case strings.HasPrefix(action, "route53:Change") && !strings.Contains(s.conditions, "NormalizedRecordNames"):
				t.Errorf("%s may change any record", s)
			}
			destructive := regexp.MustCompile(`:(Delete|Terminate|Detach|Release|Stop)[A-Z]`).MatchString(action)
			if destructive && !strings.Contains(s.conditions, `"StringEquals":{"aws:ResourceTag/provisioner_managed_by":`) {
				t.Errorf("%s: %s on what is not ours", s, action)
			}
		}
	}
}

// Defect 15: a permission for each cluster fills a policy up. Nothing in a cluster's stack is a policy of something
// outside of it.
func TestDefect15NoPermissionPerCluster(t *testing.T) {
	for name, r := range decode(t, cluster(t, full()).Body)["Resources"].(map[string]any) {
		kind := r.(map[string]any)["Type"].(string)
		if strings.Contains(kind, "Policy") || strings.Contains(kind, "Permission") || strings.HasPrefix(kind, "AWS::IAM::") || strings.HasPrefix(kind, "AWS::Lambda::") {
			t.Errorf("%s is %s", name, kind)
		}
	}
}

// Defect 16: what ends a cluster must not depend on its stack getting done. It is not in the stack.
func TestDefect16TheEndIsNotInTheStack(t *testing.T) {
	for name, r := range decode(t, cluster(t, full()).Body)["Resources"].(map[string]any) {
		if kind := r.(map[string]any)["Type"].(string); strings.HasPrefix(kind, "AWS::Scheduler::") || strings.HasPrefix(kind, "AWS::Events::") || strings.HasPrefix(kind, "AWS::CloudFormation::") || strings.HasPrefix(kind, "Custom::") {
			t.Errorf("%s is %s", name, kind)
		}
	}
	for _, s := range statements(t) {
		if s.role == "SchedulerRole" && s.sid == "Clusters" {
			for _, resource := range s.resource {
				if !strings.Contains(resource, "stack/*-cluster/*") && !strings.Contains(resource, "stack/*-cluster-*-asg/*") {
					t.Errorf("the scheduler deletes %s", resource)
				}
			}
			return
		}
	}
	t.Error("the scheduler may not delete clusters")
}

// A role takes 10,240 characters of policies of its own, white space not counted.
func TestRolePoliciesFit(t *testing.T) {
	template := decode(t, theFoundation(t).Body)
	for role, r := range template["Resources"].(map[string]any) {
		if r.(map[string]any)["Type"] != "AWS::IAM::Role" {
			continue
		}
		text, err := json.Marshal(get(t, r, "Properties", "Policies"))
		if err != nil {
			t.Fatal(err)
		}
		// As long as these get: the longest region, and an installation of 32 characters.
		long := strings.NewReplacer("${AWS::Partition}", "aws-us-gov", "${AWS::Region}", "ap-southeast-2", "${AWS::AccountId}", "123456789012",
			`{"Fn::Sub":"`, `"`, `{"Ref":"Installation"}`, `"12345678901234567890123456789012"`).Replace(string(text))
		if len(long) > 10240 {
			t.Errorf("the policies of %s have about %d characters", role, len(long))
		}
		t.Logf("%s: about %d characters", role, len(long))
	}
}
