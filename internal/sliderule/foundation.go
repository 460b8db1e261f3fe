package sliderule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	templates "github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// FoundationWanted is what an account and region need once.
type FoundationWanted struct {
	Name               string // literal stack name
	Domain             string
	CertificateSource  string // s3://bucket/key of the load balancer's certificate and key
	Registry           string
	GitHubOrganization string
	LogRetentionDays   int
	Tags               map[string]string
}

// Foundation is what there is of it.
type Foundation struct {
	FoundationWanted
	StackID         string
	StackStatus     string
	SchedulerRole   string // ARNs
	StackRole       string
	BalancerProfile string // of load balancers, which alone have the domain's key
	NodeProfile     string
	RunProfile      string // of test runs, which read images and data
	ReleaseProfile  string // of releases, which push images; "" when it has yet to be updated for them
	ScheduleGroup   string // its name
	LogBucket       string // its name
	SigningKey      string // ARN
	Outcome         string // of EnsureFoundation: FoundationCreated, FoundationUpdated or FoundationNoAction
	ManagedBy       string // the installation that its tags name; "" for none
	Managed         bool   // by this installation

	Problem error // why the wait ended early; the stack goes on
}

// The outcomes of [Region.EnsureFoundation].
const (
	FoundationCreated  = "created"
	FoundationUpdated  = "updated"
	FoundationNoAction = "no_action"
)

// tagFoundation marks the stack of a foundation.
const tagFoundation = "provisioner_foundation"

// EnsureFoundation makes or updates the foundation's stack, and waits for it. A stack that was rolled back is deleted
// and made again; one of another installation, or of nobody's, is [ErrExists]. A wait that was cut short is no error:
// [Foundation.Problem] tells.
func (r *Region) EnsureFoundation(ctx context.Context, w FoundationWanted) (*Foundation, error) {
	if w.Name == "" {
		w.Name = r.options.Foundation
	}
	doing := "ensuring the foundation " + w.Name
	if err := r.allow(access.Request{Function: access.Foundation}); err != nil {
		return nil, failed(doing, err)
	}
	done, err := r.turn(ctx, w.Name)
	if err != nil {
		return nil, failed(doing, err)
	}
	defer done()
	defer r.basis.forget()
	if err := naming.CheckDomain(w.Domain); err != nil {
		return nil, failed(doing, err)
	}
	if _, isCluster := naming.ParseStack(w.Name); isCluster {
		return nil, failed(doing, fmt.Errorf("the name %q is that of a cluster's stack: choose another", w.Name))
	}
	template, err := r.renderFoundation(templates.Foundation{
		Name: w.Name, Installation: r.options.Installation, Domain: w.Domain, CertificateSource: w.CertificateSource,
		Registry: w.Registry, GitHubOrganization: w.GitHubOrganization, LogRetentionDays: w.LogRetentionDays, Tags: w.Tags,
	})
	if err != nil {
		return nil, failed(doing, err)
	}
	f, err := r.ensureFoundation(ctx, w, template)
	return f, failed(doing, err)
}

func (r *Region) ensureFoundation(ctx context.Context, w FoundationWanted, template templates.Template) (*Foundation, error) {
	own := map[string]string{}
	for key, value := range w.Tags {
		own[key] = value
	}
	own[tagManagedBy], own[tagFoundation] = r.options.Installation, w.Name
	for range passes {
		s, err := r.find(ctx, w.Name)
		if err != nil {
			return nil, err
		}
		if s == nil {
			return r.createFoundation(ctx, w.Name, template, own)
		}
		if !r.owns(s) {
			return nil, r.foreign(s)
		}
		switch {
		case spent(s.StackStatus):
			err = r.clear(ctx, s)
		case s.StackStatus == types.StackStatusReviewInProgress:
			return nil, busy(s, true)
		case moving(s.StackStatus):
			if _, err = r.settled(ctx, s); interrupted(err) {
				return r.foundationOf(s, "", err), nil
			}
		default:
			return r.updateFoundation(ctx, s, template, own)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: it changed %d times meanwhile", ErrBusy, passes)
}

func (r *Region) createFoundation(ctx context.Context, name string, template templates.Template, own map[string]string) (*Foundation, error) {
	token := r.token(operationCreate)
	s, err := r.createStack(ctx, &cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &template.Body, Parameters: parameters(template.Parameters), Tags: tags(own),
		OnFailure: types.OnFailureRollback, ClientRequestToken: &token, Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return nil, failed("creating the stack "+name, err)
	}
	if !r.owns(s) { // somebody else was faster
		return nil, r.foreign(s)
	}
	return r.finishFoundation(ctx, s, FoundationCreated, func(ctx context.Context) (*stack, error) {
		return r.until(ctx, s, func(s *stack) bool { return s == nil || !moving(s.StackStatus) || wentWrong(s.StackStatus) })
	})
}

func (r *Region) updateFoundation(ctx context.Context, s *stack, template templates.Template, own map[string]string) (*Foundation, error) {
	token := r.token(operationUpdate)
	begun, err := r.updateStack(ctx, s, &cloudformation.UpdateStackInput{
		StackName: s.StackId, TemplateBody: &template.Body, Parameters: parameters(template.Parameters), Tags: tags(own),
		ClientRequestToken: &token, Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if err != nil {
		return nil, failed("changing the stack "+s.name(), err)
	}
	if !begun {
		return r.foundationOf(s, FoundationNoAction, nil), nil
	}
	return r.finishFoundation(ctx, s, FoundationUpdated, func(ctx context.Context) (*stack, error) { return r.upAfter(ctx, s) })
}

func (r *Region) finishFoundation(ctx context.Context, s *stack, outcome string, up func(context.Context) (*stack, error)) (*Foundation, error) {
	last, problem := up(ctx)
	switch {
	case problem != nil:
	case last == nil:
		return nil, fmt.Errorf("%w on the stack %s: it was deleted meanwhile", ErrFailed, s.name())
	case wentWrong(last.StackStatus):
		return nil, r.failure(ctx, last)
	}
	if last == nil {
		last = s
	}
	return r.foundationOf(last, outcome, problem), nil
}

// foundationOf is what a stack says of the foundation.
func (r *Region) foundationOf(s *stack, outcome string, problem error) *Foundation {
	f := &Foundation{
		FoundationWanted: FoundationWanted{
			Name: s.name(), Domain: s.output("Domain"), CertificateSource: s.output("CertificateSource"), Registry: s.output("Registry"),
			GitHubOrganization: s.output("GitHubOrganization"), Tags: map[string]string{},
		},
		StackID: s.id(), StackStatus: string(s.StackStatus),
		SchedulerRole: s.output("SchedulerRole"), StackRole: s.output("StackRole"), BalancerProfile: s.output("BalancerProfile"), NodeProfile: s.output("NodeProfile"),
		RunProfile: s.output("RunProfile"), ReleaseProfile: s.output("ReleaseProfile"), ScheduleGroup: s.output("ScheduleGroup"), LogBucket: s.output("LogBucket"), SigningKey: s.output("SigningKey"),
		Outcome: outcome, ManagedBy: s.tag(tagManagedBy), Managed: r.owns(s),
	}
	f.LogRetentionDays, _ = strconv.Atoi(s.output("LogRetentionDays"))
	for _, tag := range s.Tags {
		if key := aws.ToString(tag.Key); !strings.HasPrefix(key, "provisioner_") {
			f.Tags[key] = aws.ToString(tag.Value)
		}
	}
	if problem != nil {
		f.Problem = failed("waiting for the foundation "+f.Name, problem)
	}
	return f
}

// ReadFoundation looks at it; [ErrGone] when it is not there.
func (r *Region) ReadFoundation(ctx context.Context, name string) (*Foundation, error) {
	doing := "looking at the foundation " + name
	if err := r.allow(access.Request{Function: access.Info}); err != nil {
		return nil, failed(doing, err)
	}
	s, err := r.find(ctx, name)
	if err != nil {
		return nil, failed(doing, err)
	}
	if s == nil {
		return nil, failed(doing, fmt.Errorf("%w: there is no stack %s", ErrGone, name))
	}
	return r.foundationOf(s, "", nil), nil
}

// foundation is what clusters are made on, looked up once. One that lacks what clusters need is an error: what has no
// schedule group would have no end.
func (r *Region) foundation(ctx context.Context) (*Foundation, error) {
	return r.basis.get(ctx, r.options.Clock, 0, func(ctx context.Context) (*Foundation, error) {
		name := r.options.Foundation
		doing := "looking at the foundation " + name
		s, err := r.find(ctx, name)
		if err != nil {
			return nil, failed(doing, err)
		}
		if s == nil {
			return nil, failed(doing, fmt.Errorf("%w: there is no stack %s", ErrNoFoundation, name))
		}
		f := r.foundationOf(s, "", nil)
		for what, value := range map[string]string{"schedule group": f.ScheduleGroup, "role of the scheduler": f.SchedulerRole, "role of the stacks": f.StackRole} {
			if value == "" {
				return nil, failed(doing, fmt.Errorf("%w yet: its stack is %s, and tells no %s", ErrNoFoundation, s.StackStatus, what))
			}
		}
		return f, nil
	})
}

// ownFoundation is the foundation for what needs a scheduled end. The role of another installation's scheduler ends
// that installation's stacks alone.
func (r *Region) ownFoundation(ctx context.Context) (*Foundation, error) {
	f, err := r.foundation(ctx)
	if err == nil && !f.Managed {
		err = &step.Error{
			Step: "looking at the foundation " + f.Name, Err: fmt.Errorf("%w: it is the installation %q's, whose scheduler may not end clusters of %q", ErrExists, f.ManagedBy, r.options.Installation),
			Remedy: "Give this installation a foundation of its own, by another name",
		}
	}
	return f, err
}

func isMissing(err error) bool { return errors.Is(err, ErrNoFoundation) }

// RemoveFoundation deletes it, and waits until it is gone. It refuses with [ErrInUse], naming them, while clusters live
// that need its roles, and waits for those whose deletion has begun; it is [ErrGone] when it is not there.
func (r *Region) RemoveFoundation(ctx context.Context, name string) error {
	doing := "removing the foundation " + name
	if err := r.allow(access.Request{Function: access.Foundation}); err != nil {
		return failed(doing, err)
	}
	done, err := r.turn(ctx, name)
	if err != nil {
		return failed(doing, err)
	}
	defer done()
	defer r.basis.forget()
	return failed(doing, r.removeFoundation(ctx, name))
}

func (r *Region) removeFoundation(ctx context.Context, name string) error {
	all, err := r.all(ctx)
	if err != nil {
		return err
	}
	s := all[name]
	if s == nil {
		return fmt.Errorf("%w: there is no stack %s", ErrGone, name)
	}
	if !r.owns(s) {
		return r.foreign(s)
	}
	role := s.output("StackRole")
	var users []string
	var leaving []*stack
	for _, other := range all {
		_, _, ok := other.cluster()
		switch {
		case !ok || !r.owns(other) && (role == "" || aws.ToString(other.RoleARN) != role):
		case other.StackStatus == types.StackStatusDeleteInProgress:
			leaving = append(leaving, other)
		default:
			users = append(users, other.name())
		}
	}
	if len(users) > 0 {
		slices.Sort(users)
		return fmt.Errorf("%w: %s. Destroy them first", ErrInUse, strings.Join(users, ", "))
	}
	if err := r.left(ctx, leaving); err != nil {
		return err
	}
	return r.deleteAndWait(ctx, s)
}

// left waits until clusters whose deletion has begun are gone: CloudFormation deletes them with the foundation's role.
func (r *Region) left(ctx context.Context, leaving []*stack) error {
	slices.SortFunc(leaving, func(a, b *stack) int { return strings.Compare(a.name(), b.name()) })
	for _, s := range leaving {
		last, err := r.gone(ctx, s)
		if err == nil && last != nil {
			err = fmt.Errorf("%w: %w. Destroy it first", ErrInUse, r.failure(ctx, last))
		}
		if err != nil {
			return failed("waiting until the stack "+s.name()+" is deleted", err)
		}
	}
	return nil
}
