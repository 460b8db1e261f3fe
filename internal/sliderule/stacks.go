package sliderule

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Tags that every stack of ours carries; CloudFormation puts them on all that is in it. They, and its name, are what
// survives when a run is killed.
const (
	tagManagedBy = "provisioner_managed_by" // the installation
	tagCluster   = "provisioner_cluster"
	tagShape     = "provisioner_shape"  // what the template was rendered from, see shape
	tagRates     = "provisioner_rates"  // what an hour costs, see tagOfRates
	tagBudget    = "provisioner_budget" // what it may cost, see tagOfBudget
	tagSleep     = "provisioner_sleep"  // that it sleeps at times
	tagZones     = "provisioner_zones"  // the availability zones that were asked for, with spaces between; none without
	tagImage     = "provisioner_image"  // digest of the nodes' image, when it was deployed
	tagProject   = "Project"            // what Cost Explorer groups by
)

// Parameters and outputs of a cluster's stack.
const (
	parameterCapacity = "NodeCapacity"
	parameterMin      = "MinNodes"
	parameterMax      = "MaxNodes"
	parameterVersion  = "Version"
	parameterPublic   = "IsPublic"
	parameterAsleep   = "Asleep" // while it is resized: the new size waits for the waking
	parameterImage    = "Image"
	parameterCluster  = "Cluster" // of the shipped system's stacks

	outputEndpoint = "Endpoint"
	outputAddress  = "Address"
	outputGroup    = "Group"
	outputAMI      = "Ami"
	outputZones    = "Zones"
)

// stack is a stack as CloudFormation describes it.
type stack struct {
	types.Stack
}

func (s *stack) id() string { return aws.ToString(s.StackId) }

func (s *stack) name() string { return aws.ToString(s.StackName) }

func (s *stack) tag(key string) string {
	for _, tag := range s.Tags {
		if aws.ToString(tag.Key) == key {
			return aws.ToString(tag.Value)
		}
	}
	return ""
}

// parameter is the value of a parameter, and where that names a parameter of Systems Manager, what it resolved to.
func (s *stack) parameter(key string) string {
	for _, p := range s.Parameters {
		if aws.ToString(p.ParameterKey) == key {
			if resolved := aws.ToString(p.ResolvedValue); resolved != "" {
				return resolved
			}
			return aws.ToString(p.ParameterValue)
		}
	}
	return ""
}

func (s *stack) number(key string) int {
	n, _ := strconv.Atoi(s.parameter(key)) // a stack of ours has numbers there
	return n
}

func (s *stack) output(key string) string {
	for _, o := range s.Outputs {
		if aws.ToString(o.OutputKey) == key {
			return aws.ToString(o.OutputValue)
		}
	}
	return ""
}

// machine is the machine image of a stack: resolved once, and told by its parameter.
func (s *stack) machine() string {
	if image := s.parameter(parameterImage); strings.HasPrefix(image, "ami-") {
		return image
	}
	return s.output(outputAMI)
}

// zones are the availability zones of a stack's subnets, in their order. Before it is made, they are those that were
// asked for; nil when it does not say.
func (s *stack) zones() []string {
	if list := s.output(outputZones); list != "" {
		return strings.Split(list, ",")
	}
	return strings.Fields(s.tag(tagZones))
}

func (s *stack) public() bool { return s.parameter(parameterPublic) == "true" }

// cluster is the cluster that a stack belongs to, exactly: by its tag or parameter where it has one, which must agree
// with its name, and by its name otherwise.
func (s *stack) cluster() (cluster string, isUser, ok bool) {
	said := s.tag(tagCluster)
	if said == "" {
		said = s.parameter(parameterCluster)
	}
	read, ok := naming.ParseStack(s.name())
	switch {
	case said == "":
		return read.Cluster, read.IsUser, ok
	case s.name() == naming.ClusterStack(said):
		return said, false, true
	case isUserStackOf(s.name(), said):
		return said, true, true
	}
	return "", false, false
}

// isUserStackOf: "foo-cluster-bar-cluster-x-asg" may be the nodes of bar-cluster-x on foo, or of x on foo-cluster-bar.
// Only what the stack itself says tells them apart.
func isUserStackOf(name, cluster string) bool {
	return strings.HasPrefix(name, naming.ClusterStack(cluster)+"-") && strings.HasSuffix(name, "-asg")
}

// owns reports whether this installation made a stack.
func (r *Region) owns(s *stack) bool { return s.tag(tagManagedBy) == r.options.Installation }

// find looks at a stack by its name or id; nil is one that does not exist, or not any more.
func (r *Region) find(ctx context.Context, nameOrID string) (*stack, error) {
	answer, err := ask(ctx, r, cloudFormation(r.config).DescribeStacks, &cloudformation.DescribeStacksInput{StackName: &nameOrID})
	switch {
	case missingStack(err):
		return nil, nil
	case err != nil:
		return nil, err
	case len(answer.Stacks) != 1:
		return nil, errors.New("CloudFormation described " + strconv.Itoa(len(answer.Stacks)) + " stacks called " + nameOrID)
	case answer.Stacks[0].StackStatus == types.StackStatusDeleteComplete:
		return nil, nil
	}
	return &stack{answer.Stacks[0]}, nil
}

// all reads every stack of the region by name, page by page.
func (r *Region) all(ctx context.Context) (map[string]*stack, error) {
	byName := map[string]*stack{}
	var token *string
	for {
		page, err := ask(ctx, r, cloudFormation(r.config).DescribeStacks, &cloudformation.DescribeStacksInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, s := range page.Stacks {
			if s.StackStatus != types.StackStatusDeleteComplete {
				byName[aws.ToString(s.StackName)] = &stack{s}
			}
		}
		if token = page.NextToken; aws.ToString(token) == "" {
			return byName, nil
		}
	}
}

// deleteStack begins to delete a stack. It deletes the very stack that was looked at, not one that has its name since.
func (r *Region) deleteStack(ctx context.Context, s *stack) error {
	token := r.token(operationDelete)
	return whole(ctx, func(ctx context.Context) error {
		_, err := repeat(ctx, r, cloudFormation(r.config).DeleteStack, &cloudformation.DeleteStackInput{StackName: s.StackId, ClientRequestToken: &token})
		if missingStack(err) {
			return nil
		}
		return orBusy(err)
	})
}

func tags(all map[string]string) []types.Tag {
	list := make([]types.Tag, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(all[key])})
	}
	return list
}

func parameters(all map[string]string) []types.Parameter {
	list := make([]types.Parameter, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, types.Parameter{ParameterKey: aws.String(key), ParameterValue: aws.String(all[key])})
	}
	return list
}
