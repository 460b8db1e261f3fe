package sliderule

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Event is something that happened to a part of a stack.
type Event struct {
	At       time.Time
	Stack    string
	Resource string // its name in the template; the stack's own name for the stack as a whole
	Type     string // such as AWS::EC2::NatGateway
	Status   string // such as CREATE_COMPLETE
	Reason   string // "" when there is nothing to say
}

// String reads: resource (type) STATUS: reason.
func (e Event) String() string {
	text := fmt.Sprintf("%s (%s) %s", e.Resource, e.Type, e.Status)
	if e.Reason != "" {
		text += ": " + strings.TrimRight(e.Reason, ". ")
	}
	return text
}

type stackEvent struct {
	types.StackEvent
}

func (e stackEvent) told() Event {
	return Event{
		At: aws.ToTime(e.Timestamp), Stack: aws.ToString(e.StackName), Resource: aws.ToString(e.LogicalResourceId),
		Type: aws.ToString(e.ResourceType), Status: string(e.ResourceStatus), Reason: aws.ToString(e.ResourceStatusReason),
	}
}

// ofStack: the event is about the stack as a whole.
func (e stackEvent) ofStack() bool {
	return aws.ToString(e.PhysicalResourceId) == aws.ToString(e.StackId)
}

// begins: an operation begins with this event. A roll-back belongs to the operation that it undoes.
func (e stackEvent) begins() bool {
	if !e.ofStack() {
		return false
	}
	switch types.StackStatus(e.ResourceStatus) {
	case types.StackStatusCreateInProgress, types.StackStatusUpdateInProgress, types.StackStatusDeleteInProgress, types.StackStatusImportInProgress:
		return true
	}
	return false
}

// events visits the events of a stack, newest first, over all pages, until visit says that it has seen enough.
func (r *Region) events(ctx context.Context, stackID string, visit func(stackEvent) (more bool)) error {
	var token *string
	for {
		page, err := ask(ctx, r, cloudFormation(r.config).DescribeStackEvents, &cloudformation.DescribeStackEventsInput{StackName: &stackID, NextToken: token})
		if err != nil {
			return err
		}
		for _, e := range page.StackEvents {
			if !visit(stackEvent{e}) {
				return nil
			}
		}
		if token = page.NextToken; aws.ToString(token) == "" {
			return nil
		}
	}
}

// lastOperation are the events of a stack's last operation, oldest first.
func (r *Region) lastOperation(ctx context.Context, stackID string) (last []stackEvent, err error) {
	err = r.events(ctx, stackID, func(e stackEvent) bool {
		last = append(last, e)
		return !e.begins()
	})
	slices.Reverse(last)
	return last, err
}

// cause is the first failing event of a stack's last operation: what failed after it was cancelled because of it.
func (r *Region) cause(ctx context.Context, stackID string) (cause Event, found bool, err error) {
	last, err := r.lastOperation(ctx, stackID)
	if err != nil {
		return Event{}, false, err
	}
	var ofStack *stackEvent
	for i, e := range last {
		failing := strings.HasSuffix(string(e.ResourceStatus), "_FAILED") || (e.ofStack() && strings.HasSuffix(string(e.ResourceStatus), "ROLLBACK_IN_PROGRESS"))
		switch {
		case !failing || strings.Contains(strings.ToLower(aws.ToString(e.ResourceStatusReason)), "cancelled"):
		case e.ofStack():
			if ofStack == nil {
				ofStack = &last[i]
			}
		default:
			return e.told(), true, nil
		}
	}
	if ofStack != nil {
		return ofStack.told(), true, nil
	}
	return Event{}, false, nil
}

// goalOf is what the operation under way on a stack is going to, if it is one of ours.
func (r *Region) goalOf(ctx context.Context, s *stack) (goal, bool, error) {
	last, err := r.lastOperation(ctx, s.id())
	if err != nil || len(last) == 0 {
		return goal{}, false, err
	}
	to, ok := goalOf(aws.ToString(last[0].ClientRequestToken))
	return to, ok, nil
}

// failure is why a stack is not as it was to be.
func (r *Region) failure(ctx context.Context, s *stack) error {
	words := aws.ToString(s.StackStatusReason)
	if cause, found, err := r.cause(ctx, s.id()); err == nil && found {
		words = cause.String()
	}
	if words == "" {
		words = "without a reason"
	}
	return fmt.Errorf("%w on the stack %s, which is %s: %s", ErrFailed, s.name(), s.StackStatus, strings.TrimRight(words, ". "))
}
