package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

// Stop ends a run that still goes on, and takes away what belongs to it alone: machine, schedule and token. Its summary
// and log stay, unless deleteLogs says otherwise; for that it waits until the machine has ended, which writes them last.
//
// A run that has ended, or that there is nothing of, is no error; one of another installation is [ErrForeign]. Without
// the foundation the machine is ended all the same.
func (r *Runner) Stop(ctx context.Context, id string, deleteLogs bool) error {
	if err := checkID(id); err != nil {
		return err
	}
	return failed("stopping the run "+id, r.stop(ctx, id, deleteLogs))
}

func (r *Runner) stop(ctx context.Context, id string, deleteLogs bool) error {
	machines, err := r.machinesOf(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range machines {
		if owner := m.tag(cloudformation.ManagedByTag); owner != r.options.Installation {
			return fmt.Errorf("%w: the machine %s is the installation %q's", ErrForeign, m.id(), owner)
		}
	}
	for _, m := range machines {
		if !m.gone() {
			if err := r.terminate(ctx, m.id()); err != nil {
				return err
			}
		}
	}
	f, err := r.foundation(ctx)
	switch {
	case errors.Is(err, sliderule.ErrGone), errors.Is(err, sliderule.ErrNoFoundation):
		return nil // its schedules, parameters and bucket are nobody's to clear
	case err != nil:
		return err
	}
	if err := errors.Join(r.dropSchedule(ctx, f, id), r.dropToken(ctx, f, id)); err != nil {
		return err
	}
	if deleteLogs {
		if err := r.untilGone(ctx, id); err != nil {
			return err
		}
		if err := r.removeObjects(ctx, f, id); err != nil {
			return err
		}
	}
	return r.removeGroups(ctx, f)
}

// untilGone waits until the machine of a run has ended: until then it may write.
func (r *Runner) untilGone(ctx context.Context, id string) error {
	err := await.Until(ctx, r.options.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		m, err := r.machineOf(ctx, id)
		return m == nil || m.gone(), err
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", ErrCutShort, err)
	}
	return err
}
