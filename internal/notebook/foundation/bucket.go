package foundation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// enforced forbids public access whatever grants say.
const enforced = "enforced"

const (
	createTimeout = 90 * time.Second // for one call; it is not cut short by an interrupt, so that its answer is not lost
	lookTimeout   = 10 * time.Second // how long what was not answered may take to appear
)

// lookPace is how often to look for what was made by a call that was not answered.
var lookPace = await.Pace{Min: time.Second, Max: 5 * time.Second, Share: 0.5}

// getBucket looks at the bucket; google.ErrGone when it is not there.
func (b *Builder) getBucket(ctx context.Context, name string) (is *storage.Bucket, err error) {
	err = b.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		is, err = google.Storage(b.cloud).Buckets.Get(name).Context(ctx).Do()
		return err
	})
	if google.IsGone(err) {
		return nil, fmt.Errorf("%w (%w)", google.ErrGone, err)
	}
	return is, err
}

// ensureBucket makes the bucket, or brings ours to what is wanted. imported lets a bucket that bears nobody's label
// become ours.
func (b *Builder) ensureBucket(ctx context.Context, number int64, before, w Wanted, imported bool) (is *storage.Bucket, created bool, err error) {
	is, err = b.getBucket(ctx, w.Bucket)
	if google.IsGone(err) {
		if is, created, err = b.createBucket(ctx, w); created || err != nil {
			return is, created, google.Failed("making the bucket "+w.Bucket, person.Person{}, err)
		}
	}
	if err == nil {
		err = b.mine(is, number, w, imported)
	}
	if err == nil {
		is, err = b.alignBucket(ctx, is, before, w)
	}
	return is, false, google.Failed("ensuring the bucket "+w.Bucket, person.Person{}, err)
}

// mine fails when a bucket is somebody else's, or where Google cannot move it from. Buckets share one name space over
// all of Google Cloud, so that ours must be in this project too.
func (b *Builder) mine(is *storage.Bucket, number int64, w Wanted, imported bool) error {
	switch {
	case is.ProjectNumber != 0 && is.ProjectNumber != uint64(number):
		return taken("the bucket " + w.Bucket + " is in another project; the names of buckets are shared by all of Google Cloud")
	case b.foreign(is.Labels) || !imported && !b.cloud.Ours(is.Labels, person.Person{}):
		return taken("the bucket " + w.Bucket)
	case w.BucketLocation != "" && !strings.EqualFold(is.Location, w.BucketLocation):
		return &step.Error{
			Step: "ensuring the bucket " + w.Bucket, Err: fmt.Errorf("it is in %s, and Google cannot move it to %s", is.Location, w.BucketLocation),
			Remedy: fmt.Sprintf("Set bucket_location = %q, take another name, or delete the bucket first", is.Location),
		}
	}
	return nil
}

// foreign: labels say that another installation has it. No label of ours says nothing.
func (b *Builder) foreign(labels map[string]string) bool {
	manager := labels[google.LabelManagedBy]
	return manager != "" && manager != b.cloud.Installation
}

// createBucket makes it closed to the public from its first second. A call that is not answered clearly leads to a
// look, never to a second call.
func (b *Builder) createBucket(ctx context.Context, w Wanted) (is *storage.Bucket, created bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	body := &storage.Bucket{
		Name: w.Bucket, Location: w.BucketLocation, Labels: b.cloud.Mark(w.Labels, person.Person{}), IamConfiguration: closed(),
	}
	created, err = b.create(ctx, func(ctx context.Context) (err error) {
		is, err = google.Storage(b.cloud).Buckets.Insert(w.Project, body).Context(ctx).Do()
		return err
	}, func(ctx context.Context) (err error) {
		is, err = b.getBucket(ctx, w.Bucket)
		return err
	})
	if google.IsTaken(err) { // and we may not see whose it is
		err = taken("the bucket " + w.Bucket + " is somebody's; the names of buckets are shared by all of Google Cloud")
	}
	return is, created, err
}

// closed is a bucket that grants alone open, and to no public.
func closed() *storage.BucketIamConfiguration {
	return &storage.BucketIamConfiguration{
		PublicAccessPrevention:   enforced,
		UniformBucketLevelAccess: &storage.BucketIamConfigurationUniformBucketLevelAccess{Enabled: true},
	}
}

func uniform(is *storage.Bucket) bool {
	return is.IamConfiguration != nil && is.IamConfiguration.UniformBucketLevelAccess != nil && is.IamConfiguration.UniformBucketLevelAccess.Enabled
}

func prevented(is *storage.Bucket) bool {
	return is.IamConfiguration != nil && is.IamConfiguration.PublicAccessPrevention == enforced
}

// alignBucket closes a bucket that was opened and sets its labels. What differs is all that is sent.
func (b *Builder) alignBucket(ctx context.Context, is *storage.Bucket, before, w Wanted) (*storage.Bucket, error) {
	var patch storage.Bucket
	changed := false
	if !uniform(is) || !prevented(is) {
		patch.IamConfiguration, changed = closed(), true
	}
	for key, value := range b.cloud.Mark(w.Labels, person.Person{}) {
		if had, there := is.Labels[key]; !there || had != value {
			if patch.Labels == nil {
				patch.Labels = map[string]string{}
			}
			patch.Labels[key], changed = value, true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before.Labels)) {
		_, wanted := w.Labels[key]
		if _, there := is.Labels[key]; there && !wanted {
			patch.NullFields, changed = append(patch.NullFields, "Labels."+key), true
		}
	}
	if !changed {
		return is, nil
	}
	err := b.cloud.Repeat(ctx, func(ctx context.Context) (err error) {
		is, err = google.Storage(b.cloud).Buckets.Patch(w.Bucket, &patch).Context(ctx).Do()
		return err
	})
	return is, err
}

// create makes one thing exactly once: make is called again only when Google said that it did not begin it, and a call
// that was not answered clearly, or found the name taken since we looked, leads to a look. An interrupt does not cut
// the call short.
func (b *Builder) create(ctx context.Context, make, look func(context.Context) error) (created bool, err error) {
	err = b.cloud.Once(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
		defer cancel()
		return make(ctx)
	})
	switch {
	case err == nil:
		return true, nil
	case google.IsTaken(err):
		if lookErr := look(ctx); lookErr != nil {
			return false, err
		}
		return false, nil
	case google.Refused(err), google.NotNow(err):
		return false, err
	}
	lookErr, begun := error(nil), b.cloud.Clock.Now()
	_ = await.Until(context.WithoutCancel(ctx), b.cloud.Clock, lookPace, func(now context.Context) (bool, error) {
		lookErr = look(now)
		return !google.IsGone(lookErr) || ctx.Err() != nil || b.cloud.Clock.Now().Sub(begun) >= lookTimeout, nil
	})
	switch {
	case google.IsGone(lookErr):
		return false, err
	case lookErr != nil:
		return false, fmt.Errorf("%w; whether it happened could not be found out: %w", err, lookErr)
	}
	return false, nil
}
