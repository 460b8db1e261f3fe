package provider_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// oneOrMore is a text or a list of them, as IAM has it.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

type statement struct {
	Sid, Effect      string
	Action, Resource oneOrMore
	Condition        map[string]map[string]oneOrMore
}

type rights map[string]bool // actions, such as s3:GetObject

func (r rights) sorted() []string { return slices.Sorted(maps.Keys(r)) }

func rightsOf(actions ...string) rights {
	all := rights{}
	for _, action := range actions {
		all[action] = true
	}
	return all
}

// policiesOfTheGuide are the guide's policies by their headings.
func policiesOfTheGuide(t *testing.T) map[string]rights {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "templates", "guides", "aws-rights.md"))
	if err != nil {
		t.Fatal(err)
	}
	policies := map[string]rights{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		heading, rest, _ := strings.Cut(section, "\n")
		_, block, found := strings.Cut(rest, "```json\n")
		if !found {
			continue
		}
		block, _, _ = strings.Cut(block, "```")
		var policy struct {
			Version   string
			Statement []statement
		}
		decoder := json.NewDecoder(strings.NewReader(block))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&policy); err != nil {
			t.Fatalf("the policy below %q: %v", heading, err)
		}
		policies[heading] = rights{}
		sids := rights{}
		for _, s := range policy.Statement {
			if s.Effect != "Allow" || len(s.Action) == 0 || len(s.Resource) == 0 || sids[s.Sid] || policy.Version != "2012-10-17" {
				t.Errorf("%s: the statement %+v", heading, s)
			}
			sids[s.Sid] = true
			for _, action := range s.Action {
				policies[heading][action] = true
			}
		}
		const longest = 6144 // characters of a managed policy, and white space does not count
		if length := len(strings.Join(strings.Fields(block), "")); length > longest {
			t.Errorf("%s: the policy has %d characters, and IAM takes %d", heading, length, longest)
		}
	}
	return policies
}

var (
	sdkImport = regexp.MustCompile(`(?m)^\s*(\w+ )?"github\.com/aws/aws-sdk-go-v2/service/(\w+)"$`)
	prefixes  = map[string]string{"costexplorer": "ce"}                // of services that IAM calls otherwise
	otherwise = map[string]string{"s3:ListObjectsV2": "s3:ListBucket"} // operations that IAM calls otherwise
)

// callsIn are the actions that the sources below a folder of the engine call, by folder.
func callsIn(t *testing.T) map[string]rights {
	t.Helper()
	root := filepath.Join("..", "sliderule")
	calls := map[string]rights{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		if calls[folder] == nil {
			calls[folder] = rights{}
		}
		for _, imported := range sdkImport.FindAllStringSubmatch(string(source), -1) {
			service := imported[2]
			name, prefix := service, service
			if alias := strings.TrimSpace(imported[1]); alias != "" {
				name = alias
			}
			if other := prefixes[service]; other != "" {
				prefix = other
			}
			for _, call := range regexp.MustCompile(`\b`+name+`\.([A-Z]\w+)Input\b`).FindAllStringSubmatch(string(source), -1) {
				action := prefix + ":" + call[1]
				if other := otherwise[action]; other != "" {
					action = other
				}
				calls[folder][action] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func together(all ...rights) rights {
	union := rights{}
	for _, r := range all {
		maps.Copy(union, r)
	}
	return union
}

// The guide allows what the engine calls, and nothing else but what AWS asks for beside a call.
func TestTheGuideAllowsWhatIsCalled(t *testing.T) {
	t.Parallel()
	policies, calls := policiesOfTheGuide(t), callsIn(t)
	if !calls["."]["cloudformation:CreateStack"] || !calls["run"]["ec2:RunInstances"] || !calls["login"]["kms:Sign"] {
		t.Fatalf("the sources are not read: %v", calls)
	}
	affiliates := rightsOf("s3:GetObject") // which the engine's own folder reads, for logins
	deploys := together(calls["."], calls["registry"])
	maps.DeleteFunc(deploys, func(action string, _ bool) bool { return affiliates[action] })
	for heading, c := range map[string]struct{ called, beside rights }{
		"Who deploys clusters": {
			deploys,
			rightsOf(
				"iam:PassRole", "kms:GetPublicKey", // of the foundation's roles, and for the load balancer
				"cloudformation:TagResource", "cloudformation:UntagResource", "ssm:GetParameters", // by CloudFormation, for who calls it
			),
		},
		"Who logs people in": {
			together(calls["login"], affiliates),
			rightsOf("cloudformation:DescribeStacks", "s3:ListBucket"), // the foundation, and that there is no such file
		},
		"Who runs tests and releases": {
			together(calls["run"], calls["registry"]),
			rightsOf(
				"autoscaling:DescribeAutoScalingGroups", "cloudformation:DescribeStacks", "scheduler:GetSchedule", // looks at the foundation and the cluster
				"kms:GetPublicKey", "kms:Sign", // the token of a private cluster's test
				"ec2:CreateTags", "iam:CreateServiceLinkedRole", "iam:PassRole", // by EC2, for who calls it
			),
		},
	} {
		want := together(c.called, c.beside)
		for _, action := range want.sorted() {
			if !policies[heading][action] {
				t.Errorf("%q does not allow %s", heading, action)
			}
		}
		for _, action := range policies[heading].sorted() {
			if !want[action] {
				t.Errorf("%q allows %s, which nothing calls", heading, action)
			}
		}
	}
}

// Whoever makes the foundation makes each part of its stack with their own rights.
func TestTheGuideAllowsAllThatAFoundationIsMadeOf(t *testing.T) {
	t.Parallel()
	policy := policiesOfTheGuide(t)["Who makes the foundation"]
	template, err := os.ReadFile(filepath.Join("..", "sliderule", "cloudformation", "foundation.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	needs := map[string][]string{
		"AWS::IAM::Role":                {"iam:CreateRole", "iam:DeleteRole", "iam:GetRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:TagRole"},
		"AWS::IAM::InstanceProfile":     {"iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:PassRole"},
		"AWS::Scheduler::ScheduleGroup": {"scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup", "scheduler:GetScheduleGroup", "scheduler:TagResource"},
		"AWS::S3::Bucket": {
			"s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging", "s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
		},
		"AWS::S3::BucketPolicy": {"s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy"},
		"AWS::KMS::Key":         {"kms:CreateKey", "kms:DescribeKey", "kms:PutKeyPolicy", "kms:TagResource", "kms:ScheduleKeyDeletion"},
		"AWS::KMS::Alias":       {"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias", "kms:ListAliases"},
	}
	made := rights{}
	for _, found := range regexp.MustCompile(`(?m)^    Type: (AWS::\S+)$`).FindAllStringSubmatch(string(template), -1) {
		made[found[1]] = true
	}
	if len(made) != len(needs) {
		t.Errorf("a foundation is made of %v, and the test knows of %v", made.sorted(), slices.Sorted(maps.Keys(needs)))
	}
	for _, kind := range made.sorted() {
		if len(needs[kind]) == 0 {
			t.Errorf("which rights does %s take? Tell the test, and the guide", kind)
		}
		for _, action := range needs[kind] {
			if !policy[action] {
				t.Errorf("the guide does not allow %s, which %s takes", action, kind)
			}
		}
	}
	for _, action := range []string{"CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents"} {
		if !policy["cloudformation:"+action] {
			t.Errorf("the guide does not allow cloudformation:%s", action)
		}
	}
}
