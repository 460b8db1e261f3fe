package session

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Update brings a template from one configuration to the next. Google takes whole templates only; what nobody declared
// is sent back as it was found. A template that bears nobody's labels, because it was imported, becomes ours; one that
// bears another installation's or another person's is google.ErrExists.
func (d *Desk) Update(ctx context.Context, id string, before, after Template) (*Template, error) {
	doing := "updating " + after.title()
	defer d.run.Turn(id)()
	is, err := d.get(ctx, id)
	if err != nil {
		return nil, google.Failed(doing, after.Person, err)
	}
	if d.foreign(is.Labels, after.Person) {
		return nil, google.Failed(doing, after.Person, fmt.Errorf("%w: %s", google.ErrExists, id))
	}
	if is, err = d.bring(ctx, is, before, after); err != nil {
		return nil, google.Failed(doing, after.Person, err)
	}
	d.run.Keep(id)
	return read(is), nil
}

// foreign: labels say that somebody else has it. No labels of ours say nothing.
func (d *Desk) foreign(labels map[string]string, who person.Person) bool {
	manager, owner := labels[google.LabelManagedBy], labels[google.LabelOwner]
	return manager != "" && manager != d.cloud.Installation || who != (person.Person{}) && owner != "" && owner != who.Label()
}

// bring sends the whole template when anything differs, and looks whether it came to be.
//
// Whether Google takes for taken away what a whole template leaves out is nowhere written. Where it does not, or holds
// what was left out against the new kind of session, the template is made anew: nothing but its name refers to it, sessions that run are not touched, and a run that is killed
// in between leaves a missing template, which the next plan makes again.
func (d *Desk) bring(ctx context.Context, is *dataproc.SessionTemplate, before, after Template) (*dataproc.SessionTemplate, error) {
	want, err := d.planned(is, before, after)
	if err != nil || same(is, want) {
		return is, err
	}
	otherKind := (read(is).Kernel == "") != (after.Kernel == "")
	is, err = d.send(ctx, want)
	if otherKind && google.Refused(err) || err == nil && len(kept(read(is), before, after)) > 0 {
		is, err = d.remake(ctx, want)
	}
	if err != nil {
		return nil, err
	}
	if wrong := differing(read(is), after); len(wrong) > 0 {
		return nil, &step.Error{
			Step: "updating " + after.title(), Person: after.Person, Err: fmt.Errorf("Google took the change and kept %s as it was", strings.Join(wrong, ", ")),
			Remedy: "Make the template anew: terraform apply -replace=ADDRESS; sessions that run are not touched",
		}
	}
	return is, nil
}

// send replaces a template and reads what came of it. Sent twice it comes to the same.
func (d *Desk) send(ctx context.Context, want *dataproc.SessionTemplate) (*dataproc.SessionTemplate, error) {
	parts, err := parse(want.Name)
	if err != nil {
		return nil, err
	}
	d.listOf(parts.parent()).Forget(want.Name)
	err = d.cloud.Repeat(ctx, func(ctx context.Context) error {
		_, err := google.Dataproc(d.cloud).Projects.Locations.SessionTemplates.Patch(want.Name, want).Context(ctx).Do()
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.get(ctx, want.Name)
}

// remake deletes a template and makes it again.
func (d *Desk) remake(ctx context.Context, want *dataproc.SessionTemplate) (*dataproc.SessionTemplate, error) {
	parts, err := parse(want.Name)
	if err != nil {
		return nil, err
	}
	if err := d.delete(ctx, want.Name); err != nil {
		return nil, err
	}
	body, err := clone(want) // without what takes things away: there is nothing yet
	if err != nil {
		return nil, err
	}
	is, _, err := d.create(ctx, parts, body)
	return is, err
}

// same reports whether a change would change nothing.
func same(is, want *dataproc.SessionTemplate) bool {
	a, errA := clone(is)
	b, errB := clone(want)
	if errA != nil || errB != nil {
		return false
	}
	for _, t := range []*dataproc.SessionTemplate{a, b} { // Google's own
		t.Name, t.Uuid, t.Creator, t.CreateTime, t.UpdateTime = "", "", "", "", ""
	}
	return reflect.DeepEqual(a, b)
}

// kept are the declared things that were taken away and are still as they were. A key that came back empty is there
// too: to Spark an empty property is not an absent one.
func kept(is *Template, before, after Template) (names []string) {
	check := func(name, is, before, after string) {
		if after == "" && before != "" && is == before {
			names = append(names, name)
		}
	}
	check("display_name", is.DisplayName, before.DisplayName, after.DisplayName)
	check("description", is.Description, before.Description, after.Description)
	check("container_image", is.ContainerImage, before.ContainerImage, after.ContainerImage)
	check("subnet", is.Subnet, before.Subnet, after.Subnet)
	check("staging_bucket", is.StagingBucket, before.StagingBucket, after.StagingBucket)
	check("customer_managed_key", is.KMSKey, before.KMSKey, after.KMSKey)
	check("metastore_service", is.Metastore, before.Metastore, after.Metastore)
	check("history_server_cluster", is.HistoryServer, before.HistoryServer, after.HistoryServer)
	if len(before.NetworkTags) > 0 && !sameSet(is.NetworkTags, after.NetworkTags) {
		names = append(names, "network_tags")
	}
	for _, each := range []struct{ is, before, after map[string]string }{
		{is.Labels, before.Labels, after.Labels}, {is.Properties, before.Properties, after.Properties},
	} {
		for key := range each.before {
			_, wanted := each.after[key]
			if _, there := each.is[key]; there && !wanted {
				names = append(names, key)
			}
		}
	}
	return names
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// differing are the declared things that a read-back does not have. Addresses, which Google may write in another form,
// are not among them.
func differing(is *Template, want Template) (names []string) {
	check := func(name string, ok bool) {
		if !ok {
			names = append(names, name)
		}
	}
	check("display_name", want.DisplayName == "" || is.DisplayName == want.DisplayName)
	check("description", want.Description == "" || is.Description == want.Description)
	check("kernel", is.Kernel == want.Kernel)
	check("idle_minutes", want.IdleTTL == 0 || is.IdleTTL == want.IdleTTL)
	check("max_minutes", want.TTL == 0 || is.TTL == want.TTL)
	check("labels", contains(is.Labels, want.Labels))
	check("properties", contains(is.Properties, want.Properties))
	check("the end-user credentials", is.EndUserIdentity)
	check("network_tags", len(want.NetworkTags) == 0 || sameSet(is.NetworkTags, want.NetworkTags))
	return names
}

func contains(is, want map[string]string) bool {
	for key, value := range want {
		if is[key] != value {
			return false
		}
	}
	return true
}
