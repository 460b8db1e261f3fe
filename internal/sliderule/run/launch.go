package run

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// NoCapacity says that no machine was to be had.
type NoCapacity struct {
	Tried    []string // such as "m8g.2xlarge spot in us-west-2a: InsufficientInstanceCapacity"
	OnDemand bool     // on-demand machines were tried too
}

// Error lists what was tried.
func (n *NoCapacity) Error() string {
	return "EC2 has no capacity for it. Tried were " + strings.Join(n.Tried, "; ")
}

func (n *NoCapacity) remedy() string {
	if !n.OnDemand {
		return "Apply again later, add instance_types or zones, or set allow_on_demand"
	}
	return "Apply again later, or add instance_types or zones"
}

// lag is how long a look may not show a machine that was started.
const lag = time.Minute

// order is what the machine of a run is to be.
type order struct {
	*Run
	foundation *sliderule.Foundation
	request    ec2.RunInstancesInput // but for what differs from one try to the next
	tags       map[string]string
	subnets    []subnet
	token      string // name of the parameter with its token; "" for none
}

// profile is what a machine may do: tests read images and data, and releases push. A foundation that was made before
// there were two has to be updated first, for its one may not push.
func profile(f *sliderule.Foundation, kind script.Kind) (string, error) {
	if kind != script.Release {
		return f.RunProfile, nil
	}
	if f.ReleaseProfile == "" {
		return "", advice("the foundation %s has no profile for releases yet. Apply its provisioner_sliderule_foundation again, which adds it", f.Name)
	}
	return f.ReleaseProfile, nil
}

// request is what every try has in common.
func request(w Wanted, profile, image, group, userData string) ec2.RunInstancesInput {
	return ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: &image, UserData: aws.String(base64.StdEncoding.EncodeToString([]byte(userData))),
		IamInstanceProfile:                &types.IamInstanceProfileSpecification{Arn: &profile},
		InstanceInitiatedShutdownBehavior: types.ShutdownBehaviorTerminate,
		// Two hops, as containers on a bridge are one further away.
		MetadataOptions: &types.InstanceMetadataOptionsRequest{
			HttpEndpoint: types.InstanceMetadataEndpointStateEnabled, HttpTokens: types.HttpTokensStateRequired, HttpPutResponseHopLimit: aws.Int32(2),
		},
		BlockDeviceMappings: []types.BlockDeviceMapping{{
			DeviceName: aws.String("/dev/xvda"), // the root of Amazon Linux
			Ebs:        &types.EbsBlockDevice{VolumeSize: aws.Int32(int32(w.VolumeGB)), VolumeType: types.VolumeTypeGp3, DeleteOnTermination: aws.Bool(true), Encrypted: aws.Bool(true)},
		}},
		NetworkInterfaces: []types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), Groups: []string{group}, DeleteOnTermination: aws.Bool(true)}},
	}
}

// try is one request: a type, a market and a zone. Another request needs another token; the same one says the same
// again.
func (o order) try(number int, kind string, spot bool, where subnet) *ec2.RunInstancesInput {
	in := o.request
	in.InstanceType, in.ClientToken = types.InstanceType(kind), aws.String(o.ID+"-"+strconv.Itoa(number))
	in.NetworkInterfaces = slices.Clone(in.NetworkInterfaces)
	in.NetworkInterfaces[0].SubnetId = aws.String(where.id)
	if where.byDefault {
		in.NetworkInterfaces[0].AssociatePublicIpAddress = aws.Bool(true) // the only way out that a default subnet has
	}
	o.tags[tagEnds] = o.EndsAt.Format(time.RFC3339)
	in.TagSpecifications = specifications(o.tags, types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface)
	if spot {
		in.InstanceMarketOptions = &types.InstanceMarketOptionsRequest{
			MarketType:  types.MarketTypeSpot,
			SpotOptions: &types.SpotMarketOptions{SpotInstanceType: types.SpotInstanceTypeOneTime, InstanceInterruptionBehavior: types.InstanceInterruptionBehaviorTerminate},
		}
		in.TagSpecifications = append(in.TagSpecifications, specifications(o.tags, types.ResourceTypeSpotInstancesRequest)...)
	}
	return &in
}

// launch starts the machine of a run: spot, by each type in turn in each zone, and then on demand in the same order if
// that is allowed. The machine that it returns has its scheduled end.
func (r *Runner) launch(ctx context.Context, o order) (*machine, error) {
	markets := []bool{true}
	if o.AllowOnDemand {
		markets = append(markets, false)
	}
	none := &NoCapacity{OnDemand: o.AllowOnDemand}
	for _, spot := range markets {
		for _, kind := range o.InstanceTypes {
			for _, where := range o.subnets {
				o.EndsAt = r.options.Clock.Now().UTC().Add(o.TimeLimit + margin).Truncate(time.Second)
				what := fmt.Sprintf("%s %s in %s", kind, market(spot), where.zone)
				m, err := r.begin(ctx, o, o.try(len(none.Tried), kind, spot, where))
				if !noCapacity(err) {
					if err == nil {
						r.tell(ctx, o.ID, "started the machine %s, %s; it ends at %s at the latest%s", m.id(), what, o.EndsAt.Format(time.RFC3339), o.after())
					}
					return m, err
				}
				tried := what + ": " + code(err)
				none.Tried = append(none.Tried, tried)
				r.tell(ctx, o.ID, "%s", tried)
			}
		}
	}
	return nil, none
}

// after tells of the attempts before a run; "" when it is the first.
func (run *Run) after() string {
	if len(run.Previous) == 0 {
		return ""
	}
	return fmt.Sprintf(" (attempt %d, after %s)", len(run.Previous)+1, strings.Join(run.Previous, ", "))
}

func market(spot bool) string {
	if spot {
		return "spot"
	}
	return "on demand"
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return err.Error()
}

// begin makes one try, and schedules the end of what it started before anything else happens. A machine whose end
// cannot be scheduled, or that cannot be given its token, is terminated.
func (r *Runner) begin(ctx context.Context, o order, try *ec2.RunInstancesInput) (m *machine, err error) {
	err = whole(ctx, func(ctx context.Context) error {
		if m, err = r.runInstance(ctx, o.ID, try); err != nil {
			return err
		}
		if err = r.secureEnd(ctx, o.foundation, o.Run, m); err != nil {
			return err
		}
		return r.giveToken(ctx, o, m)
	})
	return m, err
}

// runInstance starts one machine. A lost reply never makes two: the same token is asked with again, and when no answer
// comes at all, the machine is looked for by its tag.
func (r *Runner) runInstance(ctx context.Context, id string, try *ec2.RunInstancesInput) (*machine, error) {
	answer, err := repeat(ctx, r, ec2.NewFromConfig(r.config).RunInstances, try)
	if err == nil && len(answer.Instances) == 1 {
		return &machine{answer.Instances[0]}, nil
	}
	if err == nil {
		err = errors.New("EC2 told no machine")
	}
	nothingRuns := call.Refused(err) || noCapacity(err) || call.Throttled(err) || call.UnknownHost(err) || call.WithoutCredentials(err)
	if nothingRuns && !call.HasCode(err, "IdempotentParameterMismatch") {
		return nil, err
	}
	var found *machine
	begun := r.options.Clock.Now()
	looked := await.Until(ctx, r.options.Clock, await.Patient, func(ctx context.Context) (done bool, err error) {
		found, err = r.machineOf(ctx, id)
		return found != nil || r.options.Clock.Now().Sub(begun) >= lag, err
	})
	if found != nil {
		return found, nil
	}
	words := call.Words(err)
	if looked != nil {
		words += "; looking for it: " + call.Words(looked)
	}
	return nil, fmt.Errorf("%w (%s); it would bear the tag provisioner_run=%s", ErrUnknown, words, id)
}
