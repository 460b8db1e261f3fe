package singleuser

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// edit is a partial update: only the named fields change, so what a policy or the server filled in stays.
type edit struct {
	fields []string
	values object
}

var editable = jsonNames(reflect.TypeFor[compute.UpdateClusterResource]())

// editFor compares a cluster with what is wanted. Keys that were declared before and are declared no more go back to
// the vendor's default. nil means that nothing differs.
func (f *Fleet) editFor(c *Cluster, before *Wanted, now Wanted) (*edit, error) {
	remote, err := c.details.observable()
	if err != nil {
		return nil, err
	}
	declared := merge(now.Settings.declared, object{keyClusterName: now.Name})
	var earlier object
	if before != nil && before.Settings != nil {
		earlier = before.Settings.declared
	}
	if !c.Managed { // adoption
		own := object{}
		for k, v := range f.tags(now.Person) {
			own[k] = v
		}
		if now.WarmUp && len(missing(now.Settings.libraries, c.statuses)) == 0 { // as warm as it needs to be
			own[tagWarm] = warmTag(now.Settings.libraries)
		}
		declared[keyCustomTags] = merge(declared[keyCustomTags], own)
	}
	seen := overlay(declared, remote)
	e := &edit{values: object{}}
	for _, key := range slices.Sorted(maps.Keys(declared)) {
		if !editable[key] {
			continue // it has a meaning at creation only
		}
		removed := removedKeys(earlier[key], declared[key])
		if same(seen[key], declared[key]) && !holdsAny(remote[key], removed) {
			continue
		}
		e.set(key, declared[key], remote[key], removed)
	}
	for _, key := range slices.Sorted(maps.Keys(earlier)) {
		if _, stays := declared[key]; stays || !editable[key] || prune(remote[key]) == nil {
			continue
		}
		e.reset(key, earlier[key], remote[key])
	}
	if len(e.fields) == 0 {
		return nil, nil
	}
	return e, nil
}

// set writes one field. The vendor takes maps and objects whole: what we do not declare in them is written back.
func (e *edit) set(key string, want, have any, removed []string) {
	e.fields = append(e.fields, key)
	wanted, isObject := want.(object)
	if !isObject {
		e.values[key] = want
		return
	}
	merged := merge(have, wanted)
	for _, gone := range removed {
		delete(merged, gone)
	}
	e.values[key] = merged
}

// reset gives a field back: of a map only our own keys, of anything else the whole.
func (e *edit) reset(key string, earlier, have any) {
	e.fields = append(e.fields, key)
	if ours, isObject := earlier.(object); isObject {
		kept := merge(have, nil)
		for gone := range ours {
			delete(kept, gone)
		}
		if len(kept) > 0 {
			e.values[key] = kept
		}
	}
}

func removedKeys(before, now any) (removed []string) {
	was, _ := before.(object)
	is, _ := now.(object)
	for key := range was {
		if _, stays := is[key]; !stays {
			removed = append(removed, key)
		}
	}
	return removed
}

func holdsAny(value any, keys []string) bool {
	o, _ := value.(object)
	return slices.ContainsFunc(keys, func(key string) bool { _, there := o[key]; return there })
}

// edit applies an edit. The vendor takes it in RUNNING, which restarts the cluster, and in TERMINATED, which does not
// start it; other states are waited out.
func (f *Fleet) edit(ctx context.Context, c *Cluster, e *edit) error {
	if state := compute.State(c.State); state != compute.StateRunning && state != compute.StateTerminated && state != compute.StateError {
		if err := f.waitFor(ctx, c, compute.StateRunning, compute.StateTerminated); err != nil {
			return err
		}
	}
	var resource compute.UpdateClusterResource
	if err := convert(e.values, &resource); err != nil {
		return err
	}
	f.forget(c.ID)
	err := f.retry(ctx, func(ctx context.Context) error {
		_, err := f.api.Clusters.Update(ctx, compute.UpdateCluster{ClusterId: c.ID, UpdateMask: strings.Join(e.fields, ","), Cluster: &resource})
		return err
	})
	if err != nil {
		return asGone(err)
	}
	return f.refresh(ctx, c)
}

// tag writes one tag of ours beside all others.
func (f *Fleet) tag(ctx context.Context, c *Cluster, name, value string) error {
	tags := object{}
	for k, v := range c.details.CustomTags {
		tags[k] = v
	}
	e := &edit{}
	e.values = object{}
	e.set(keyCustomTags, object{name: value}, tags, nil)
	return f.edit(ctx, c, e)
}
