package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// slideRules: one cluster on AWS. A region's quota of networks is five, so there is no roster of them.
var slideRules = &kind{
	family:   "sliderule",
	title:    "SlideRule clusters on AWS",
	settings: "first",
	provider: plainProvider,
	floor:    lone,
	aws:      true,
	sorting:  sortAWS,
	alone: &alone{
		before: slideRuleFoundation,
		person: slideRuleCluster,
		slow:   slowStacks,
		took:   stackTook,
		note: "Create and wait until the cluster is up, with the provider's own defaults; the foundation is there before. " +
			"The cloud's own time is the stack's, by its events: AWS takes five minutes, the sandbox a fraction of that. What is left after it and Terraform's floor is ours.",
		looks: []string{"DescribeStacks", "DescribeStackEvents"},
		then: []further{
			{"of a plan that changes nothing", plan, nil},
			{"to renew its end", apply, func(t tree) error {
				return os.WriteFile(filepath.Join(t.dir, "settings"), []byte("second"), 0o600)
			}},
		},
	},
	how: "One `provisioner_sliderule_cluster` of two nodes for two hours, with a budget. There is no roster of them: a region has a quota of five networks.",
}

// lone is the floor of what nobody has hundreds of.
var lone = &floor{person: inputs + floorResource("thing"), settings: "first", each: 1}

const slideRuleFoundation = required + inputs + `
resource "provisioner_sliderule_foundation" "foundation" {
  domain             = "sliderule.example.org"
  certificate_source = "s3://data-access-sliderule/cf/sliderule.example.org.pem"
  registry           = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
}
`

const slideRuleName = "bench"

// slideRuleCluster takes the settings, which are any text, for its renew.
const slideRuleCluster = required + inputs + `
resource "provisioner_sliderule_cluster" "cluster" {
  cluster       = "` + slideRuleName + `"
  node_capacity = 2
  time_to_live  = 120
  renew         = var.settings
  budget        = { limit_usd = 500 }
}
`

// stackSeconds is about how long AWS takes for the stack of a cluster.
const stackSeconds = 330

// slowStacks does not know how long the stack will take: [stackTook] does.
func slowStacks(ctx context.Context, sky *cloud, o options) (time.Duration, error) {
	return o.stack, sky.ask(ctx, http.MethodPost, "/aws/speed", map[string]float64{"speed": stackSeconds / o.stack.Seconds()}, nil)
}

// stackTook is how long AWS took for the stack, by its events.
func stackTook(ctx context.Context, sky *cloud) (time.Duration, error) {
	client := cloudformation.NewFromConfig(aws.Config{
		Region: variable(sky.environ, "AWS_REGION"), BaseEndpoint: aws.String(variable(sky.environ, "AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider("bench", "bench", ""),
	})
	var first, last time.Time
	pages := cloudformation.NewDescribeStackEventsPaginator(client, &cloudformation.DescribeStackEventsInput{StackName: aws.String(slideRuleName + "-cluster")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, fmt.Errorf("read the events of the stack: %w", err)
		}
		for _, e := range page.StackEvents {
			if at := aws.ToTime(e.Timestamp); first.IsZero() || at.Before(first) {
				first = at
			}
			if at := aws.ToTime(e.Timestamp); at.After(last) {
				last = at
			}
		}
	}
	if !last.After(first) {
		return 0, errors.New("the events of the stack do not tell how long it took")
	}
	return last.Sub(first), nil
}

// sortAWS names a call by its action or, where a service has paths, by the first part of them.
func sortAWS(c call) class {
	if c.Vendor != "aws" {
		return foreign(c)
	}
	return class{name: cmp.Or(c.Action, c.Method+" "+strings.SplitN(strings.TrimPrefix(c.Path, "/"), "/", 2)[0])}
}
