package sliderule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// start makes a cluster that is not there. All that can fail without AWS having made anything comes first, then its
// end, then the stack.
func (r *Region) start(ctx context.Context, f *Foundation, w Wanted, wait bool) (*Cluster, error) {
	rates, err := r.rates(w)
	if err != nil && w.Budget != nil {
		return nil, err
	}
	if _, err := r.endOf(ctx, w.Cluster, w.budget(), rates, w.MaxNodes, w.TimeToLive, true); err != nil {
		return nil, err
	}
	template, stackTags, err := r.render(ctx, f, w, nil)
	if err != nil {
		return nil, failed("preparing the stack of the cluster "+w.Cluster, err)
	}
	name := naming.ClusterStack(w.Cluster)
	end, err := r.endOf(ctx, w.Cluster, w.budget(), rates, w.MaxNodes, w.TimeToLive, true) // time has passed, and money with it
	if err != nil {
		return nil, err
	}
	if err := r.setEnd(ctx, f, name, end); err != nil {
		return nil, failed("scheduling the end of the cluster "+w.Cluster, err)
	}
	token := r.tokenTo(operationCreate, w.target())
	s, err := r.createStack(ctx, &cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &template.Body, Parameters: parameters(template.Parameters), Tags: tags(stackTags),
		RoleARN: &f.StackRole, OnFailure: types.OnFailureRollback, ClientRequestToken: &token,
		Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		if refused(err) || throttled(err) { // there is no stack, so its end would be an orphan
			err = r.withdrawBecause(ctx, f, name, err)
		}
		return nil, failed("creating the stack "+name, err)
	}
	if err := r.mayChange(s, w); err != nil { // somebody else was faster
		return nil, r.withdrawBecause(ctx, f, name, err)
	}
	unsure, err := r.keepEnd(ctx, f, s, end)
	if err != nil {
		return nil, err
	}
	c, err := r.finish(ctx, s, Created, end, wait, func(ctx context.Context) (*stack, error) {
		return r.until(ctx, s, func(s *stack) bool { return s == nil || !moving(s.StackStatus) || wentWrong(s.StackStatus) })
	})
	if err == nil && c.Problem == nil {
		c.Problem = unsure
	}
	return c, err
}

const (
	createTimeout = 90 * time.Second // for one call; it is not cut short by an interrupt, so that its answer is not lost
	lookTimeout   = 30 * time.Second // how long a stack may be missing after a call that made it
)

// lookPace is how often to look for a stack whose creation was not answered.
var lookPace = await.Pace{Min: time.Second, Max: 5 * time.Second, Share: 0.5}

// createStack makes one stack, whatever happens to the answer: an ambiguous one leads to a look, never to a second
// call. Only a call that AWS turned away for now is made again.
func (r *Region) createStack(ctx context.Context, in *cloudformation.CreateStackInput) (*stack, error) {
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(ErrInterrupted, err)
	}
	var made *cloudformation.CreateStackOutput
	err := await.Retry(ctx, r.options.Clock, await.Gentle, func(err error) await.Verdict {
		return await.Verdict{Again: throttled(err) && ctx.Err() == nil}
	}, func(ctx context.Context) (err error) {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
		defer done()
		made, err = cloudFormation(r.config).CreateStack(ctx, in)
		return err
	})
	var taken *types.AlreadyExistsException
	switch {
	case err == nil && aws.ToString(made.StackId) != "":
		// What was asked for is what there is, until somebody looks.
		return &stack{types.Stack{
			StackId: made.StackId, StackName: in.StackName, StackStatus: types.StackStatusCreateInProgress,
			CreationTime: aws.Time(r.options.Clock.Now()), Parameters: in.Parameters, Tags: in.Tags, RoleARN: in.RoleARN,
		}}, nil
	case err == nil:
		err = errors.New("the answer has no stack id")
	case refused(err) && !errors.As(err, &taken), throttled(err), withoutCredentials(err), unknownHost(err):
		return nil, err
	}
	found, lookErr := r.lookFor(ctx, aws.ToString(in.StackName))
	if lookErr != nil {
		return nil, fmt.Errorf("%w; whether it happened could not be found out: %w", err, lookErr)
	}
	if found == nil {
		return nil, fmt.Errorf("%w; no such stack appeared", ambiguous{err})
	}
	return found, nil
}

// ambiguous keeps an error from being taken for a refusal.
type ambiguous struct{ error }

// lookFor looks until a stack appears, for as long as a look may lag behind a create. An interrupt shortens it to one
// look, but does not prevent it.
func (r *Region) lookFor(ctx context.Context, name string) (found *stack, err error) {
	begun := r.options.Clock.Now()
	err = await.Until(context.WithoutCancel(ctx), r.options.Clock, lookPace, func(look context.Context) (bool, error) {
		found, err = r.find(look, name)
		return found != nil || ctx.Err() != nil || r.options.Clock.Now().Sub(begun) >= lookTimeout, err
	})
	return found, err
}
