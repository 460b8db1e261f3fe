package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors to test for with errors.Is. What cannot be meant is an [*Invalid], a run that did not pass a [*Failure], and a
// start that found no machine a [*NoCapacity].
var (
	// ErrForeign says that a run, or the foundation, is not this installation's.
	ErrForeign = errors.New("it is not this installation's")
	// ErrExists says that the registry has an image of the tag that a release is to push.
	ErrExists = errors.New("the registry has it already")
	// ErrCutShort says that a wait ended on our side; the run goes on.
	ErrCutShort = errors.New("the wait was cut short")
	// ErrUnknown says that nobody knows whether a machine was started: no answer came, and none is to be seen.
	ErrUnknown = errors.New("whether a machine was started is not known")
)

// failed wraps an error of a step; nil stays nil.
func failed(doing string, err error) error {
	var invalid *Invalid
	if err == nil || step.Told(err) || errors.As(err, &invalid) {
		return err
	}
	return &step.Error{Step: doing, Err: err, Words: call.Words(err), Remedy: remedy(err)}
}

// advised is an error that ends with what to do about it.
type advised struct{ words string }

func (a *advised) Error() string { return a.words }

func advice(format string, values ...any) error { return &advised{fmt.Sprintf(format, values...)} }

func remedy(err error) string {
	var none *NoCapacity
	var says *advised
	switch {
	case errors.As(err, &says):
		return ""
	case errors.As(err, &none):
		return none.remedy()
	case errors.Is(err, ErrUnknown):
		return "Apply again: should there be one, it ends by itself at its time limit"
	case errors.Is(err, ErrCutShort), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "Apply again: it goes on where this run ended"
	case errors.Is(err, sliderule.ErrNoFoundation), errors.Is(err, sliderule.ErrGone):
		return "Make the foundation first: a provisioner_sliderule_foundation of this name, in this account and region"
	case errors.Is(err, ErrForeign):
		return "Leave it to the installation that made it, or give this one a foundation of its own"
	case errors.Is(err, ErrExists):
		return "Release another version, or set overwrite: it also completes a release that ended half-way"
	case call.HasCode(err, "RepositoryNotFoundException"):
		return "Create the repository in the registry first, or name the images that there are repositories for"
	case call.HasCode(err, "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "InvalidGroupId.Malformed"):
		return "Correct subnets and security_group: they must be of this region"
	}
	if known := call.Remedy(err); known != "" {
		return known
	}
	return "Apply again"
}

// again: the call may be repeated, as it did not happen or comes to the same.
func again(err error) bool { return !noCapacity(err) && (call.Again(err) || settling(err)) }

// settling: roles and profiles of a foundation that was just made are not known everywhere yet, and AWS says so in the
// words of a refusal.
func settling(err error) bool {
	return (call.HasCode(err, "InvalidParameterValue") && call.Says(err, "IAM instance profile")) ||
		(call.HasCode(err, "ValidationException") && call.Says(err, "assume the role"))
}

// noCapacity: this type, zone and market have nothing, for certain; EC2 says some of it as if it were a fault of its
// own, with a status of 500. A token whose machine has ended already is the same: a reply was lost, and AWS took the
// machine back before the repeat.
func noCapacity(err error) bool {
	return call.HasCode(err,
		"InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity", "InsufficientFreeAddressesInSubnet",
		"SpotMaxPriceTooLow", "MaxSpotInstanceCountExceeded", "VcpuLimitExceeded", "InstanceLimitExceeded", "Unsupported", "IdempotentInstanceTerminated",
	)
}
