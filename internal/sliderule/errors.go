package sliderule

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/registry"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors to test for with errors.Is. What a person may not have is an [*access.Refusal], what their funds do not last
// for a [*budget.Shortage].
var (
	// ErrGone says that the cluster, or the foundation, does not exist.
	ErrGone = errors.New("it does not exist")
	// ErrExists says that a stack of that name is there, and is not this installation's.
	ErrExists = errors.New("a stack of that name exists, and is not this installation's")
	// ErrBusy says that a stack is on its way to another state, and the caller did not want to wait.
	ErrBusy = errors.New("the stack is on its way to another state")
	// ErrFixed says that is_public was to change on a cluster that is deployed.
	ErrFixed = errors.New("is_public cannot change once a cluster is deployed")
	// ErrZones says that the availability zones of a cluster that is deployed were to change. Its subnets would be
	// replaced by others with the same addresses, which AWS refuses.
	ErrZones = errors.New("availability zones cannot change once a cluster is deployed")
	// ErrFailed says that CloudFormation gave up on a stack.
	ErrFailed = errors.New("CloudFormation gave up")
	// ErrInterrupted says that a wait ended on our side; the stack goes on.
	ErrInterrupted = errors.New("the wait was interrupted")
	// ErrNoFoundation says that the account and region have no foundation yet.
	ErrNoFoundation = errors.New("the foundation does not exist")
	// ErrInUse says that clusters still need the foundation.
	ErrInUse = errors.New("clusters still need it")
)

// failed wraps an error of a step; nil stays nil.
func failed(doing string, err error) error {
	if err == nil || step.Told(err) {
		return err
	}
	return &step.Error{Step: doing, Person: person.Person{}, Err: err, Words: inWords(err), Remedy: remedy(err)}
}

// What AWS's errors mean is told by the package call.
var (
	inWords            = call.Words
	hasCode            = call.HasCode
	status             = call.Status
	throttled          = call.Throttled
	refused            = call.Refused
	unknownHost        = call.UnknownHost
	withoutCredentials = call.WithoutCredentials
)

func remedy(err error) string {
	var refusal *access.Refusal
	var shortage *budget.Shortage
	var name *naming.Error
	var problem *Problem
	var missing *registry.Missing
	switch {
	case errors.As(err, &refusal), errors.As(err, &shortage), errors.As(err, &name), errors.As(err, &problem), errors.As(err, &missing):
		return "" // they say it themselves
	case errors.Is(err, ErrInterrupted), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "Apply again: it goes on where this run ended"
	case errors.Is(err, ErrNoFoundation):
		return "Make it first: a provisioner_sliderule_foundation of this name, in this account and region"
	case errors.Is(err, ErrExists):
		return "Choose another name, or let the installation that made it delete it"
	case errors.Is(err, ErrBusy):
		return "Apply again when it has settled"
	case errors.Is(err, ErrFixed):
		return "Destroy the cluster first, or leave is_public as it is"
	case errors.Is(err, ErrZones):
		return "Destroy the cluster first, or leave availability_zones as they are"
	case errors.Is(err, ErrGone):
		return "Check the name: it may have expired. Deploy it again"
	}
	if known := call.Remedy(err); known != "" {
		return known
	}
	return "Apply again: what is done already is found and not done twice"
}

// missingStack: CloudFormation has no code of its own for what is not there.
func missingStack(err error) bool {
	return hasCode(err, "ValidationError") && call.Says(err, "does not exist")
}

func nothingToUpdate(err error) bool {
	return hasCode(err, "ValidationError") && call.Says(err, "No updates are to be performed")
}

// orBusy tells that AWS does not take a change because of another one under way, which CloudFormation has no code for.
func orBusy(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationError" {
		return err
	}
	for _, words := range []string{"_IN_PROGRESS state and can not be updated", "cannot be deleted while in status"} {
		if strings.Contains(api.ErrorMessage(), words) {
			return fmt.Errorf("%w (%s)", ErrBusy, strings.TrimRight(api.ErrorMessage(), ". "))
		}
	}
	return err
}
