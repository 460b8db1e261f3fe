package notebook

import (
	"cmp"
	"context"
	"reflect"
	"strings"

	notebooks "google.golang.org/api/notebooks/v1"
)

// edits are at most one patch, with exactly the fields that differ, and one switch of the machine.
func (p *managed) edits(is *Notebook, before, after Wanted) (all []edit) {
	if e, any := p.patch(is, before, after); any {
		all = append(all, e)
	}
	found := reflect.ValueOf(before).IsZero() // by an ensure: no plan has said that it would be restarted
	if !machineDiffers(is, before, after) || (found && !is.Resting()) {
		return all
	}
	all = append(all, p.switchMachine(is, after))
	if is.Resting() && after.DesiredState != Active {
		all = append(all, p.restAgain(is))
	}
	return all
}

// patch changes what a runtime lets be patched of what we know: labels and the idle shutdown.
func (p *managed) patch(is *Notebook, before, after Wanted) (_ edit, any bool) {
	var mask, what []string
	body := &notebooks.Runtime{}
	if labels, gone, differ := relabel(p.cloud, is, before, after); differ {
		for _, key := range gone { // whether a patch merges or replaces the map is not written down; this removes in both
			labels[key] = ""
		}
		mask, what, body.Labels = append(mask, "labels"), append(what, "labels"), labels
	}
	if differs(is.IdleShutdown, before.IdleShutdown, after.IdleShutdown) {
		what, body.SoftwareConfig = append(what, "idle shutdown"), idleConfig(after.IdleShutdown)
		switch {
		case after.IdleShutdown < 0:
			mask = append(mask, "software_config.idle_shutdown")
		case is.IdleShutdown > 0:
			body.SoftwareConfig.IdleShutdown = false // it is on, and not in the mask
			mask = append(mask, "software_config.idle_shutdown_timeout")
		default:
			mask = append(mask, "software_config.idle_shutdown", "software_config.idle_shutdown_timeout")
		}
	}
	return edit{what: strings.Join(what, " and "), begin: func(ctx context.Context, request string) (string, error) {
		o, err := p.calls().Patch(is.ID, body).UpdateMask(strings.Join(mask, ",")).RequestId(request).Context(ctx).Do()
		return operationName(o, err)
	}}, len(mask) > 0
}

// switchMachine needs no rest: Google takes the call for a running runtime and restarts it. Our own stop would be wrong
// before it: it suspends a runtime without accelerators, and Compute changes no suspended machine.
func (p *managed) switchMachine(is *Notebook, after Wanted) edit {
	accelerator := after.Accelerator
	if accelerator == nil { // left to Google: the call sets both
		accelerator = is.Accelerator
	}
	body := &notebooks.SwitchRuntimeRequest{MachineType: cmp.Or(after.MachineType, is.MachineType), AcceleratorConfig: runtimeAccelerator(accelerator)}
	return edit{what: "machine type", begin: func(ctx context.Context, request string) (string, error) {
		body.RequestId = request
		o, err := p.calls().Switch(is.ID, body).Context(ctx).Do()
		return operationName(o, err)
	}}
}

// restAgain stops a runtime that was at rest and that the switch of its machine woke up; whether it does is not written
// down.
func (p *managed) restAgain(is *Notebook) edit {
	return edit{what: "rest", begin: func(ctx context.Context, request string) (string, error) {
		now, err := p.get(ctx, is.ID)
		if err != nil || now.Resting() || now.leaving() {
			return "", err
		}
		return p.stop(ctx, is.ID, request)
	}}
}

// machineDiffers: an accelerator is never taken away, see changes.
func machineDiffers(is *Notebook, before, after Wanted) bool {
	return differs(is.MachineType, before.MachineType, after.MachineType) || (after.Accelerator != nil && acceleratorDiffers(is, before, after))
}
