package run

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// Tags of a run's machine and disk, besides those that everything of ours bears.
const (
	tagCluster = "provisioner_cluster"
	tagVersion = "provisioner_version"
	tagKind    = "provisioner_run_kind"
	tagEnds    = "provisioner_run_ends" // RFC 3339, UTC
)

// machine is an instance of a run.
type machine struct{ types.Instance }

func (m *machine) id() string { return aws.ToString(m.InstanceId) }

func (m *machine) tag(key string) string {
	for _, tag := range m.Tags {
		if aws.ToString(tag.Key) == key {
			return aws.ToString(tag.Value)
		}
	}
	return ""
}

func (m *machine) state() types.InstanceStateName {
	if m.State == nil {
		return types.InstanceStateNamePending
	}
	return m.State.Name
}

// works reports whether the machine may still do something. One that is stopped does nothing, but its disk costs.
func (m *machine) works() bool {
	return m.state() == types.InstanceStateNamePending || m.state() == types.InstanceStateNameRunning
}

func (m *machine) gone() bool { return m.state() == types.InstanceStateNameTerminated }

func (m *machine) ends() time.Time {
	at, _ := time.Parse(time.RFC3339, m.tag(tagEnds)) // the zero time for none
	return at
}

// why is EC2's code for the end of a machine, such as Server.SpotInstanceTermination.
func (m *machine) why() string {
	if m.StateReason == nil {
		return ""
	}
	return aws.ToString(m.StateReason.Code)
}

var transition = regexp.MustCompile(`\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)`)

// endedAt is when a machine came to its end, as far as EC2 tells; it does for an end that a call made.
func (m *machine) endedAt() time.Time {
	if match := transition.FindStringSubmatch(aws.ToString(m.StateTransitionReason)); match != nil {
		at, _ := time.Parse(time.DateTime, match[1])
		return at
	}
	return time.Time{}
}

// describe writes down what a machine tells of its run.
func (m *machine) describe(to *Run) {
	if to.Kind == "" {
		to.Kind, to.Cluster, to.Version = script.Kind(m.tag(tagKind)), m.tag(tagCluster), m.tag(tagVersion)
		to.Owner = m.tag(cloudformation.OwnerTag)
	}
	to.InstanceID, to.InstanceType, to.AMI = m.id(), string(m.InstanceType), aws.ToString(m.ImageId)
	to.Spot = m.InstanceLifecycle == types.InstanceLifecycleTypeSpot
	if m.Placement != nil {
		to.Zone = aws.ToString(m.Placement.AvailabilityZone)
	}
	if m.LaunchTime != nil {
		to.StartedAt = m.LaunchTime.UTC()
	}
	if ends := m.ends(); !ends.IsZero() {
		to.EndsAt = ends
	}
	to.ManagedBy = m.tag(cloudformation.ManagedByTag)
}

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

// machinesWhere are the machines that EC2 knows, those that ended within about an hour included.
func (r *Runner) machinesWhere(ctx context.Context, filters ...types.Filter) ([]*machine, error) {
	var found []*machine
	input := &ec2.DescribeInstancesInput{Filters: filters}
	for {
		page, err := ask(ctx, r, ec2.NewFromConfig(r.config).DescribeInstances, input)
		if err != nil {
			return nil, err
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				found = append(found, &machine{instance})
			}
		}
		if aws.ToString(page.NextToken) == "" {
			return found, nil
		}
		input.NextToken = page.NextToken
	}
}

// machinesOf are the machines of one run, which has one; what works comes first.
func (r *Runner) machinesOf(ctx context.Context, id string) ([]*machine, error) {
	found, err := r.machinesWhere(ctx, filter("tag:"+cloudformation.RunTag, id))
	slices.SortStableFunc(found, func(a, b *machine) int { return rank(b) - rank(a) })
	return found, err
}

func rank(m *machine) int {
	switch {
	case m.works():
		return 2
	case !m.gone():
		return 1
	}
	return 0
}

// machineOf is the machine of a run; nil for none.
func (r *Runner) machineOf(ctx context.Context, id string) (*machine, error) {
	found, err := r.machinesOf(ctx, id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// byAWS reports whether AWS ended a machine, and nobody asked for it.
func (m *machine) byAWS() bool { return strings.HasPrefix(m.why(), "Server.") }

// byCall reports whether somebody, or the schedule, ended a machine by a call.
func (m *machine) byCall() bool { return m.why() == "Client.UserInitiatedShutdown" }
