package ticker

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// document is a policy of IAM. Its lists may be single values.
type document struct {
	Statement oneOrMore[statement]
}

type statement struct {
	Effect    string
	Principal any
	Action    oneOrMore[string]
	Resource  oneOrMore[string]
	Condition map[string]map[string]oneOrMore[string]
}

type oneOrMore[T any] []T

func (l *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	var one T
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, (*[]T)(l))
	}
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	*l = oneOrMore[T]{one}
	return nil
}

// mayBeCalled asks what AWS asks of a role: that it exists, lets the Scheduler in, and may make the call on what the
// input names. The emulator asks none of it.
func (t *Ticker) mayBeCalled(ctx context.Context, region, role string, c call) error {
	_, name, found := strings.Cut(role, ":role/")
	if !found {
		return refusal(fmt.Sprintf("%q is no role", role))
	}
	name = path.Base(name)
	var got struct {
		Trust string `xml:"GetRoleResult>Role>AssumeRolePolicyDocument"`
	}
	if err := t.iam(ctx, url.Values{"Action": {"GetRole"}, "RoleName": {name}}, &got); err != nil {
		return refusal(fmt.Sprintf("there is no role %s: %v", name, err))
	}
	trust, err := read(got.Trust)
	if err != nil {
		return err
	}
	letsIn := func(s statement) bool {
		services, _ := s.Principal.(map[string]any)
		return s.Effect == "Allow" && slices.Contains(texts(services["Service"]), "scheduler.amazonaws.com") && matches(s.Action, "sts:AssumeRole")
	}
	if !slices.ContainsFunc(trust.Statement, letsIn) {
		return refusal(fmt.Sprintf("role %s does not let scheduler.amazonaws.com assume it", name))
	}
	policies, err := t.policies(ctx, name)
	if err != nil {
		return err
	}
	action := c.service + ":" + c.form.Get("Action")
	targets, tags, err := t.resources(ctx, region, c)
	if err != nil {
		return err
	}
	for _, target := range targets {
		if !allowed(policies, action, target, tags) {
			return refusal(fmt.Sprintf("role %s may not %s on %s", name, action, target))
		}
	}
	return nil
}

func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			list = append(list, fmt.Sprint(item))
		}
		return list
	}
	return nil
}

// policies are those inside the role; what is attached to it is not read.
func (t *Ticker) policies(ctx context.Context, role string) ([]document, error) {
	var names struct {
		Names []string `xml:"ListRolePoliciesResult>PolicyNames>member"`
	}
	if err := t.iam(ctx, url.Values{"Action": {"ListRolePolicies"}, "RoleName": {role}}, &names); err != nil {
		return nil, err
	}
	var list []document
	for _, name := range names.Names {
		var got struct {
			Document string `xml:"GetRolePolicyResult>PolicyDocument"`
		}
		if err := t.iam(ctx, url.Values{"Action": {"GetRolePolicy"}, "RoleName": {role}, "PolicyName": {name}}, &got); err != nil {
			return nil, err
		}
		policy, err := read(got.Document)
		if err != nil {
			return nil, err
		}
		list = append(list, policy)
	}
	return list, nil
}

func (t *Ticker) iam(ctx context.Context, form url.Values, into any) error {
	form.Set("Version", "2010-05-08")
	return t.ask(ctx, "us-east-1", "iam", form, into)
}

func (t *Ticker) ask(ctx context.Context, region, service string, form url.Values, into any) error {
	status, answer, err := t.query(ctx, region, service, form, aws.Credentials{AccessKeyID: "scheduler", SecretAccessKey: "scheduler"})
	if err != nil {
		return err
	}
	if status != 200 {
		return fmt.Errorf("%s answers %d: %s", form.Get("Action"), status, answer)
	}
	return xml.Unmarshal([]byte(answer), into)
}

// read takes a policy as IAM gives it, percent-encoded.
func read(text string) (document, error) {
	plain, err := url.PathUnescape(text)
	if err != nil {
		plain = text
	}
	var d document
	if err := json.Unmarshal([]byte(plain), &d); err != nil {
		return d, fmt.Errorf("a policy is no JSON: %w: %s", err, plain)
	}
	return d, nil
}

// resources are the ARNs that a call is about, and the tags of what is there; nil: there is nothing.
func (t *Ticker) resources(ctx context.Context, region string, c call) (arns []string, tags map[string]string, err error) {
	const account = "123456789012" // the emulator's one
	switch c.service {
	case "cloudformation":
		return t.stack(ctx, region, account, fmt.Sprint(c.input["StackName"]))
	case "ec2":
		var got struct {
			Tags []tag `xml:"tagSet>item"`
		}
		form := url.Values{"Action": {"DescribeTags"}, "Version": {"2016-11-15"}, "Filter.1.Name": {"resource-id"}}
		for i, id := range texts(c.input["InstanceIds"]) {
			arns = append(arns, fmt.Sprintf("arn:aws:ec2:%s:%s:instance/%s", region, account, id))
			form.Set(fmt.Sprintf("Filter.1.Value.%d", i+1), id)
		}
		err = t.ask(ctx, region, c.service, form, &got)
		return arns, byKey(got.Tags), err
	}
	return []string{"*"}, nil, nil
}

// stack is a stack by name or ARN, and its tags; without one, any of that name.
func (t *Ticker) stack(ctx context.Context, region, account, name string) (arns []string, tags map[string]string, err error) {
	var got struct {
		ID   string `xml:"DescribeStacksResult>Stacks>member>StackId"`
		Tags []tag  `xml:"DescribeStacksResult>Stacks>member>Tags>member"`
	}
	form := url.Values{"Action": {"DescribeStacks"}, "Version": {"2010-05-15"}, "StackName": {name}}
	if t.ask(ctx, region, "cloudformation", form, &got) == nil {
		return []string{got.ID}, byKey(got.Tags), nil
	}
	if !strings.HasPrefix(name, "arn:") {
		name = fmt.Sprintf("arn:aws:cloudformation:%s:%s:stack/%s/*", region, account, name)
	}
	return []string{name}, nil, nil
}

// tag is one in any service's spelling: EC2 writes names in lower case.
type tag struct {
	Key      string `xml:"Key"`
	Value    string `xml:"Value"`
	EC2Key   string `xml:"key"`
	EC2Value string `xml:"value"`
}

func byKey(tags []tag) map[string]string {
	all := map[string]string{}
	for _, t := range tags {
		all[t.Key+t.EC2Key] = t.Value + t.EC2Value
	}
	return all
}

// allowed is IAM's rule: something allows it and nothing denies it. Of what is not there the tags do not count: AWS
// takes DeleteStack of a stack that is gone, by name or ARN, as done, and whether a condition on its tags refuses the
// call first (unverified) makes no difference to anybody.
func allowed(policies []document, action, resource string, tags map[string]string) bool {
	allowed := false
	for _, policy := range policies {
		for _, s := range policy.Statement {
			if !matches(s.Action, action) || !matches(s.Resource, resource) || tags != nil && !s.holds(tags) {
				continue
			}
			if s.Effect == "Deny" {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

func matches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return like(strings.ToLower(pattern), strings.ToLower(text)) })
}

// like is a pattern of IAM: * is any text, ? one character.
func like(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	if pattern[0] == '*' {
		return like(pattern[1:], text) || text != "" && like(pattern, text[1:])
	}
	return text != "" && (pattern[0] == '?' || pattern[0] == text[0]) && like(pattern[1:], text[1:])
}

// holds says whether the conditions on the tags of the resource hold. Any other condition does not: that errs towards a
// refusal that a test sees.
func (s statement) holds(tags map[string]string) bool {
	for operator, keys := range s.Condition {
		for key, values := range keys {
			name, isTag := cutTag(key)
			value, present := tags[name]
			operator, lenient := strings.CutSuffix(operator, "IfExists")
			if lenient && !present {
				continue
			}
			holds := map[string]func(string) bool{
				"StringEquals": func(want string) bool { return want == value },
				"StringLike":   func(want string) bool { return like(want, value) },
			}[operator]
			if !isTag || !present || holds == nil || !slices.ContainsFunc(values, holds) {
				return false
			}
		}
	}
	return true
}

// cutTag is the name of the tag that a condition's key is about. CloudFormation's and EC2's own spellings count too.
func cutTag(key string) (string, bool) {
	for _, prefix := range []string{"aws:ResourceTag/", "ec2:ResourceTag/", "cloudformation:ResourceTag/"} {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			return name, true
		}
	}
	return "", false
}
