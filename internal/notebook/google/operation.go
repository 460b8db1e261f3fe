package google

import (
	"context"
	"fmt"
	"time"

	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// OperationError is how a long-running operation ended badly: Google says it with the HTTP status 200.
type OperationError struct {
	Code    int64 // google.rpc.Code
	Message string
}

// The codes of google.rpc.Code that mean something here.
const (
	codeInvalidArgument   = 3
	codeNotFound          = 5
	codePermissionDenied  = 7 // some quotas too
	codeResourceExhausted = 8 // no machines left, or no quota
)

// Error is Google's message.
func (e *OperationError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("the operation ended with code %d and no message", e.Code)
	}
	return fmt.Sprintf("the operation failed (code %d): %s", e.Code, e.Message)
}

func (e *OperationError) remedy() string {
	switch e.Code {
	case codeInvalidArgument:
		return "Correct the configuration and apply again"
	case codePermissionDenied, codeResourceExhausted:
		return "Ask for more quota, take another machine type or location, or apply again later"
	}
	return "Apply again; if it fails the same way, look at the operation in the project's audit log"
}

// Progress is one look at an operation.
type Progress struct {
	Done bool
	Err  *OperationError // how it ended, when badly
}

// Finish looks at an operation until it is done, at first at once: one call more of the 67 that half a minute takes, and
// a third of a second less where the operation has ended already, as that of an earlier run may have. It fails with an [*OperationError] when Google says so, and with
// [ErrInterrupted] when the wait ended on our side: what the operation makes may still come to be.
func (c *Cloud) Finish(ctx context.Context, look func(context.Context) (Progress, error)) error {
	begun := c.Clock.Now()
	var ended *OperationError
	err := await.Until(ctx, c.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		var now Progress
		err := c.Ask(ctx, func(ctx context.Context) (err error) { now, err = look(ctx); return err })
		switch {
		case IsGone(err) && c.Clock.Now().Sub(begun) < unseen: // an operation that just began may not be seen everywhere
			return false, nil
		case err != nil:
			return false, err
		}
		ended = now.Err
		return now.Done, nil
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("%w (%w)", ErrInterrupted, err)
	case err != nil:
		return err
	case ended != nil:
		return ended
	}
	return nil
}

// unseen is how long an operation may be missing after it was begun.
const unseen = 20 * time.Second

// FinishWorkbench waits for an operation of Notebooks v2.
func (c *Cloud) FinishWorkbench(ctx context.Context, name string) error {
	return c.Finish(ctx, func(ctx context.Context) (Progress, error) {
		o, err := Workbench(c).Projects.Locations.Operations.Get(name).Context(ctx).Do()
		if err != nil {
			return Progress{}, err
		}
		return ProgressOf(o.Done, o.Error), nil
	})
}

// FinishNotebooks waits for an operation of Notebooks v1.
func (c *Cloud) FinishNotebooks(ctx context.Context, name string) error {
	return c.Finish(ctx, func(ctx context.Context) (Progress, error) {
		o, err := Notebooks(c).Projects.Locations.Operations.Get(name).Context(ctx).Do()
		if err != nil {
			return Progress{}, err
		}
		return ProgressOf(o.Done, (*workbench.Status)(o.Error)), nil
	})
}

// FinishDataproc waits for an operation of Dataproc.
func (c *Cloud) FinishDataproc(ctx context.Context, name string) error {
	return c.Finish(ctx, func(ctx context.Context) (Progress, error) {
		o, err := Dataproc(c).Projects.Regions.Operations.Get(name).Context(ctx).Do()
		if err != nil {
			return Progress{}, err
		}
		return ProgressOf(o.Done, (*workbench.Status)(o.Error)), nil
	})
}

// ProgressOf reads an operation; its status has the same fields in every API, and is nil unless it ended badly.
func ProgressOf(done bool, status *workbench.Status) Progress {
	if status == nil {
		return Progress{Done: done}
	}
	return Progress{Done: done, Err: &OperationError{Code: status.Code, Message: status.Message}}
}
