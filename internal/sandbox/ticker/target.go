package ticker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// call is what a universal target asks for.
type call struct {
	service, operation string // as in the ARN, such as cloudformation and deleteStack
	input              map[string]any
	form               url.Values // the same in the Query protocol
}

// operation is one that the ticker can call: its members by their names in the Query protocol, lists ending in a dot.
type operation struct {
	version  string
	required string
	members  map[string]string
}

var operations = map[string]operation{
	"cloudformation:deleteStack": {"2010-05-15", "StackName", map[string]string{
		"StackName": "StackName", "RoleARN": "RoleARN", "ClientRequestToken": "ClientRequestToken", "DeletionMode": "DeletionMode", "RetainResources": "RetainResources.member.",
	}},
	"ec2:terminateInstances": {"2016-11-15", "InstanceIds", map[string]string{
		"InstanceIds": "InstanceId.", "DryRun": "DryRun", "Force": "Force", "SkipOsShutdown": "SkipOsShutdown",
	}},
	"autoscaling:setDesiredCapacity": {"2011-01-01", "AutoScalingGroupName", map[string]string{
		"AutoScalingGroupName": "AutoScalingGroupName", "DesiredCapacity": "DesiredCapacity", "HonorCooldown": "HonorCooldown",
	}},
}

var universal = regexp.MustCompile(`^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([a-zA-Z]+)$`)

// targetOf reads a universal target as AWS does: an operation in camel case, and an input of its members in theirs.
func targetOf(target *types.Target) (call, error) {
	match := universal.FindStringSubmatch(aws.ToString(target.Arn))
	if match == nil {
		return call{}, refusal(fmt.Sprintf("%s is no universal target", aws.ToString(target.Arn)))
	}
	known, ok := operations[match[1]+":"+match[2]]
	if !ok {
		return call{}, refusal(fmt.Sprintf("there is no operation %s of %s that the ticker can call: it can %s", match[2], match[1], strings.Join(slices.Sorted(maps.Keys(operations)), ", ")))
	}
	c := call{service: match[1], operation: match[2], form: url.Values{"Action": {strings.ToUpper(match[2][:1]) + match[2][1:]}, "Version": {known.version}}}
	if err := json.Unmarshal([]byte(aws.ToString(target.Input)), &c.input); err != nil {
		return call{}, refusal(fmt.Sprintf("its input is no JSON object: %v", err))
	}
	for name, value := range c.input {
		member, ok := known.members[name]
		if !ok {
			return call{}, refusal(fmt.Sprintf("%s has no member %q in its input", match[2], name))
		}
		list, isList := value.([]any)
		if isList != strings.HasSuffix(member, ".") {
			return call{}, refusal(fmt.Sprintf("%s of %s has the wrong type: %v", name, match[2], value))
		}
		for i, item := range list {
			c.form.Set(fmt.Sprint(member, i+1), fmt.Sprint(item))
		}
		if !isList {
			c.form.Set(member, fmt.Sprint(value))
		}
	}
	if _, given := c.input[known.required]; !given {
		return call{}, refusal(fmt.Sprintf("%s needs %s in its input", match[2], known.required))
	}
	return c, nil
}

// query makes a call of the Query protocol and returns its status and the beginning of its answer.
func (t *Ticker) query(ctx context.Context, region, service string, form url.Values, by aws.Credentials) (status int, answer string, err error) {
	body := []byte(form.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.options.Endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sum := sha256.Sum256(body)
	// The emulator reads of a signature only whose it is: the time in it may be any.
	if err := v4.NewSigner().SignHTTP(ctx, by, req, hex.EncodeToString(sum[:]), service, region, time.Unix(0, 0)); err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	return resp.StatusCode, string(text), err
}

const longestAnswer = 1 << 16
