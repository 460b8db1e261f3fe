package notebook

import (
	"context"
	"slices"
	"strings"

	workbench "google.golang.org/api/notebooks/v2"
)

// edits are at most one patch of what may change while people work, one of what may not, and a call for each disk.
func (p *bench) edits(is *Notebook, before, after Wanted) (all []edit) {
	live, rest := p.livePatch(is, before, after), p.restPatch(is, before, after)
	for _, change := range []*patch{live, rest} {
		if len(change.mask) > 0 {
			all = append(all, edit{what: strings.Join(change.what, " and "), rest: change == rest, begin: p.patching(is.ID, change)})
		}
	}
	for _, disk := range []struct {
		what      string
		is, after Disk
		body      workbench.ResizeDiskRequest
	}{
		{"boot disk", is.BootDisk, after.BootDisk, workbench.ResizeDiskRequest{BootDisk: &workbench.BootDisk{DiskSizeGb: after.BootDisk.SizeGB}}},
		{"data disk", is.DataDisk, after.DataDisk, workbench.ResizeDiskRequest{DataDisk: &workbench.DataDisk{DiskSizeGb: after.DataDisk.SizeGB}}},
	} {
		if grows(disk.is, disk.after) {
			all = append(all, edit{what: "size of the " + disk.what, begin: p.resizing(is.ID, &disk.body)})
		}
	}
	return all
}

// patch is the body of one PATCH with exactly the fields that differ.
type patch struct {
	body workbench.Instance
	gce  workbench.GceSetup
	mask []string
	what []string
}

// send adds a field of the machine; its zero value is sent too.
func (c *patch) send(mask, what, field string) {
	c.mask, c.what = append(c.mask, "gce_setup."+mask), append(c.what, what)
	c.gce.ForceSendFields = append(c.gce.ForceSendFields, field)
}

func (p *bench) livePatch(is *Notebook, before, after Wanted) *patch {
	change := &patch{}
	if labels, gone, differ := relabel(p.cloud, is, before, after); differ {
		delete(labels, labelEUC) // the server's
		for _, key := range gone {
			labels[key] = ""
		}
		change.body.Labels = labels
		change.mask, change.what = append(change.mask, "labels"), append(change.what, "labels")
	}
	if metadata := reset(is, before, after); metadata != nil {
		change.gce.Metadata = metadata
		change.send("metadata", "metadata", "Metadata")
	}
	if tagsDiffer(is.Tags, before.Tags, after.Tags) {
		change.gce.Tags = after.Tags
		change.send("tags", "tags", "Tags")
	}
	if is.PublicIP != nil && *is.PublicIP && !after.PublicIP {
		change.gce.DisablePublicIp = true
		change.send("disable_public_ip", "public address", "DisablePublicIp")
	}
	return change
}

func (p *bench) restPatch(is *Notebook, before, after Wanted) *patch {
	change := &patch{}
	if differs(is.MachineType, before.MachineType, after.MachineType) {
		change.gce.MachineType = lastPart(after.MachineType)
		change.send("machine_type", "machine type", "MachineType")
	}
	if acceleratorDiffers(is, before, after) {
		change.gce.AcceleratorConfigs = workbenchAccelerators(after.Accelerator)
		change.send("accelerator_configs", "accelerator", "AcceleratorConfigs")
	}
	return change
}

func (p *bench) patching(id string, c *patch) func(context.Context, string) (string, error) {
	body := c.body
	if len(c.gce.ForceSendFields) > 0 {
		body.GceSetup = &c.gce
	}
	return func(ctx context.Context, request string) (string, error) {
		return operated(p.calls().Patch(id, &body).UpdateMask(strings.Join(c.mask, ",")).RequestId(request).Context(ctx).Do())
	}
}

// resizing has no request id, and a disk that has the size already may be refused: once the call was made, it looks
// before it makes it again.
func (p *bench) resizing(id string, body *workbench.ResizeDiskRequest) func(context.Context, string) (string, error) {
	made := false
	return func(ctx context.Context, _ string) (string, error) {
		if made {
			now, err := p.get(ctx, id)
			if err != nil {
				return "", err
			}
			boot := body.BootDisk != nil && grows(now.BootDisk, Disk{SizeGB: body.BootDisk.DiskSizeGb})
			data := body.DataDisk != nil && grows(now.DataDisk, Disk{SizeGB: body.DataDisk.DiskSizeGb})
			if !boot && !data {
				return "", nil
			}
		}
		made = true
		return operated(p.calls().ResizeDisk(id, body).Context(ctx).Do())
	}
}

// reset is the metadata to send, or nil when all is as wanted: every declared key, for whether a patch merges or
// replaces is not written down, and an empty value for every key that was declared and is not any more. What the server
// put there is its own; what counts at a creation only is sent as it is, if at all.
func reset(is *Notebook, before, after Wanted) map[string]string {
	send, differ := map[string]string{}, differs(is.IdleShutdown, before.IdleShutdown, after.IdleShutdown)
	for key, value := range declared(after) {
		has, there := is.Metadata[key]
		switch frozen := isFrozen(key, is.Identity); {
		case frozen && there:
			send[key] = has
		case !frozen:
			send[key] = value
			differ = differ || (key != keyIdle && (!there || has != value))
		}
	}
	if is, there := is.Metadata[keyIdle]; there && after.IdleShutdown == 0 { // left to Google
		send[keyIdle] = is
	}
	for _, key := range dropped(before.Metadata, after.Metadata) {
		if isFrozen(key, is.Identity) {
			continue
		}
		send[key] = ""
		differ = differ || is.Metadata[key] != ""
	}
	if !differ {
		return nil
	}
	return send
}

// tagsDiffer: tags that the configuration never had are left to Google.
func tagsDiffer(is, before, after []string) bool {
	if len(after) == 0 && len(before) == 0 {
		return false
	}
	sorted := func(tags []string) []string { return slices.Compact(slices.Sorted(slices.Values(ownTags(tags)))) }
	return !slices.Equal(sorted(is), sorted(after))
}

// grows: disks can only grow, and one of which nothing is wanted stays.
func grows(is, wanted Disk) bool { return wanted.SizeGB > is.SizeGB && is.SizeGB > 0 }
