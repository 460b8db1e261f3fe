package sliderule

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// renew gives a cluster that runs its new end, and then its new size. Prices that were corrected since reach its tags.
func (r *Region) renew(ctx context.Context, f *Foundation, s *stack, w Wanted, wait bool) (*Cluster, error) {
	var input *cloudformation.UpdateStackInput
	differs, stuck := s.target() != w.target(), s.StackStatus == types.StackStatusUpdateRollbackFailed
	if differs || !stuck && r.repriced(s, w) {
		if stuck { // AWS takes no update of it
			return nil, &step.Error{
				Step: "changing the stack " + s.name(), Err: r.failure(ctx, s),
				Remedy: "Continue its roll-back in CloudFormation, or destroy the cluster and deploy it again",
			}
		}
		var err error
		if input, err = r.change(ctx, f, s, w); err != nil {
			return nil, failed("preparing the change of the stack "+s.name(), err)
		}
	}
	end, err := r.renewEnd(ctx, f, s, w)
	if err != nil {
		return nil, err
	}
	begun := false
	if input != nil {
		if err = r.wake(ctx, s, w); err != nil {
			return nil, err
		}
		if begun, err = r.updateStack(ctx, s, input); err != nil {
			return nil, failed("changing the stack "+s.name(), err)
		}
	}
	if !begun {
		return r.finish(ctx, s, Renewed, end, false, nil)
	}
	action := Resized
	if !differs {
		action = Renewed
	}
	c, err := r.finish(ctx, s, action, end, wait, func(ctx context.Context) (*stack, error) { return r.upAfter(ctx, s) })
	if rates, priceErr := r.rates(w); err == nil && priceErr == nil {
		c.HourlyUSD = rates.Burn(c.CurrentNodes) // the tags that were looked at may be those before the update
	}
	return c, err
}

// repriced reports whether a stack is tagged with other prices than those that hold now.
func (r *Region) repriced(s *stack, w Wanted) bool {
	now, err := r.rates(w)
	then, known := ratesOfTag(s.tag(tagRates))
	return err == nil && (!known || then.Fixed != now.Fixed || then.Node != now.Node)
}

// change is the update that brings a stack to what is wanted. A new size alone keeps the template and every other
// value, so that nothing but the group of nodes can change, whatever this release would render today. Another shape
// needs a new template, of the version and the machine image that the cluster has.
func (r *Region) change(ctx context.Context, f *Foundation, s *stack, w Wanted) (*cloudformation.UpdateStackInput, error) {
	token := r.tokenTo(operationUpdate, w.target())
	input := &cloudformation.UpdateStackInput{
		StackName: s.StackId, ClientRequestToken: &token, RoleARN: &f.StackRole,
		Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	}
	values := map[string]string{
		parameterCapacity: strconv.Itoa(w.NodeCapacity), parameterMin: strconv.Itoa(w.MinNodes), parameterMax: strconv.Itoa(w.MaxNodes),
	}
	switch awakened := w.Sleep == nil && s.tag(tagSleep) != ""; {
	case awakened: // for good: nothing else would wake it
		values[parameterAsleep] = "false"
	case s.target().size != w.target().size:
		asleep, err := r.asleep(ctx, w)
		if err != nil {
			return nil, err
		}
		values[parameterAsleep] = strconv.FormatBool(asleep)
	}
	if s.tag(tagShape) == shape(w) {
		input.UsePreviousTemplate = aws.Bool(true)
		for _, p := range s.Parameters {
			if _, changed := values[aws.ToString(p.ParameterKey)]; !changed {
				input.Parameters = append(input.Parameters, types.Parameter{ParameterKey: p.ParameterKey, UsePreviousValue: aws.Bool(true)})
			}
		}
		input.Parameters = append(input.Parameters, parameters(r.known(s, values))...)
		if r.repriced(s, w) {
			input.Tags = r.retagged(s, w)
		}
		return input, nil
	}
	template, stackTags, err := r.render(ctx, f, w, s)
	if err != nil {
		return nil, err
	}
	if _, changed := values[parameterAsleep]; !changed { // a group that keeps its size is not to be touched
		values[parameterAsleep] = s.parameter(parameterAsleep)
	}
	for key, value := range values {
		if _, there := template.Parameters[key]; there || key == parameterAsleep && value != "" {
			template.Parameters[key] = value
		}
	}
	input.TemplateBody, input.Parameters, input.Tags = &template.Body, parameters(template.Parameters), tags(stackTags)
	return input, nil
}

// retagged are all the tags of a stack, with the prices and the budget that hold now.
func (r *Region) retagged(s *stack, w Wanted) []types.Tag {
	all := map[string]string{}
	for _, tag := range s.Tags {
		all[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	if rates, err := r.rates(w); err == nil {
		all[tagRates] = tagOfRates(rates)
	}
	if w.Budget != nil {
		all[tagBudget] = tagOfBudget(w.Budget)
	}
	return tags(all)
}

// known are those of some values that the stack has parameters for: a template of an older release may lack one.
func (r *Region) known(s *stack, values map[string]string) map[string]string {
	known := map[string]string{}
	for _, p := range s.Parameters {
		if value, ok := values[aws.ToString(p.ParameterKey)]; ok {
			known[aws.ToString(p.ParameterKey)] = value
		}
	}
	return known
}

// asleep reports whether a cluster that sleeps at times has no nodes now, and is to have none when it is resized. One
// that never sleeps gets its new size at once: nothing would wake it.
func (r *Region) asleep(ctx context.Context, w Wanted) (bool, error) {
	if w.Sleep == nil {
		return false, nil
	}
	group, err := r.findGroup(ctx, naming.Group(w.Cluster))
	return group != nil && group.desired == 0, err
}

// wake gives a sleeper its nodes, for whom an update takes away the times of waking: it would sleep until its end. The
// update itself leaves a size alone that it does not change. Done before it, a run that is killed between the two leaves
// a cluster that is awake, and goes to sleep once more.
func (r *Region) wake(ctx context.Context, s *stack, w Wanted) error {
	if w.Sleep != nil || s.tag(tagSleep) == "" {
		return nil
	}
	name := naming.Group(w.Cluster)
	group, err := r.findGroup(ctx, name)
	if err != nil || group == nil || group.desired > 0 {
		return err
	}
	_, err = repeat(ctx, r, autoScaling(r.config).UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &name, MinSize: aws.Int32(int32(w.MinNodes)), MaxSize: aws.Int32(int32(w.MaxNodes)), DesiredCapacity: aws.Int32(int32(w.NodeCapacity)),
	})
	return failed("waking the cluster "+w.Cluster, err)
}

// updateStack begins an update; it says false when there is nothing to update. It is told apart from an earlier one by
// its token: made twice it comes to the same, and where AWS does not see that, a look does.
func (r *Region) updateStack(ctx context.Context, s *stack, input *cloudformation.UpdateStackInput) (begun bool, err error) {
	err = whole(ctx, func(ctx context.Context) error {
		_, err := repeat(ctx, r, cloudFormation(r.config).UpdateStack, input)
		if err == nil {
			return nil
		}
		last, lookErr := r.lastOperation(ctx, s.id())
		if lookErr == nil && len(last) > 0 && aws.ToString(last[0].ClientRequestToken) == aws.ToString(input.ClientRequestToken) {
			return nil // an earlier attempt, whose answer was lost
		}
		return err
	})
	if nothingToUpdate(err) {
		return false, nil
	}
	return err == nil, orBusy(err)
}
