package foundation

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// ErrNotEmpty says that a bucket has files in it, and was not to be emptied.
var ErrNotEmpty = errors.New("the bucket is not empty")

// atOnce is how many files are deleted at the same time.
const atOnce = 16

// Remove takes back the grants that w names and deletes the account and the bucket. A bucket with files in it is an
// error unless w.Force, told before anything is taken away. What is gone already is no error; what another installation
// has is google.ErrExists. What another resource of this run ensured stays: a foundation that got another address.
func (b *Builder) Remove(ctx context.Context, w Wanted) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	return b.remove(ctx, w)
}

func (b *Builder) remove(ctx context.Context, w Wanted) error {
	if b.run.Kept(w.bucketKey()) {
		w.Bucket = ""
	}
	if b.run.Kept(w.accountKey()) {
		w.ServiceAccount = ""
	}
	bucket, err := b.removable(ctx, w)
	if err != nil {
		return err
	}
	if w.ServiceAccount != "" {
		if err := b.removeAccount(ctx, w); err != nil {
			return err
		}
	}
	if !bucket {
		return nil
	}
	doing := "deleting the bucket " + w.Bucket
	if w.Force {
		if err := b.empty(ctx, w.Bucket); err != nil {
			return google.Failed("emptying the bucket "+w.Bucket, person.Person{}, err)
		}
	}
	err = b.cloud.Repeat(ctx, func(ctx context.Context) error {
		return google.Storage(b.cloud).Buckets.Delete(w.Bucket).Context(ctx).Do()
	})
	switch {
	case err == nil, google.IsGone(err):
		return nil
	case google.IsTaken(err): // how Google says that somebody wrote a file meanwhile
		if told := b.mustBeEmpty(ctx, w); told != nil {
			return told
		}
	}
	return google.Failed(doing, person.Person{}, err)
}

// removable looks, before anything is taken away, whether all of it may be: bucket says that there is one to delete.
func (b *Builder) removable(ctx context.Context, w Wanted) (bucket bool, err error) {
	if w.Bucket != "" {
		is, err := b.getBucket(ctx, w.Bucket)
		switch {
		case google.IsGone(err):
		case err != nil:
			return false, google.Failed("reading the bucket "+w.Bucket, person.Person{}, err)
		case b.foreign(is.Labels):
			return false, google.Failed("deleting the bucket "+w.Bucket, person.Person{}, taken(fmt.Sprintf("it is managed by %q", is.Labels[google.LabelManagedBy])))
		default:
			bucket = true
			if !w.Force {
				if err := b.mustBeEmpty(ctx, w); err != nil {
					return false, err
				}
			}
		}
	}
	if w.ServiceAccount != "" {
		is, err := b.getAccount(ctx, w)
		if err != nil && !google.IsGone(err) {
			return false, google.Failed("reading the service account "+w.ServiceAccount, person.Person{}, err)
		}
		if err == nil && b.foreignAccount(is) {
			return false, google.Failed("deleting the service account "+w.ServiceAccount, person.Person{}, taken(fmt.Sprintf("its description reads %q", is.Description)))
		}
	}
	return bucket, nil
}

// removeAccount revokes first: a deleted account would stay in the project's policy as a member that nobody knows.
func (b *Builder) removeAccount(ctx context.Context, w Wanted) error {
	if len(w.Roles) > 0 {
		if _, err := b.revise(ctx, b.ofProject(w.Project), each(revoke, w.Roles, w.member())); err != nil {
			return google.Failed("revoking roles of "+w.Email()+" in the project "+w.Project, person.Person{}, err)
		}
	}
	err := b.cloud.Repeat(ctx, func(ctx context.Context) error {
		_, err := google.IAM(b.cloud).Projects.ServiceAccounts.Delete(w.account()).Context(ctx).Do()
		return err
	})
	if google.IsGone(err) {
		return nil
	}
	return google.Failed("deleting the service account "+w.ServiceAccount, person.Person{}, err)
}

// mustBeEmpty says how many files keep a bucket from being deleted. Versions that were replaced count: they do.
func (b *Builder) mustBeEmpty(ctx context.Context, w Wanted) error {
	files := 0
	err := b.objects(ctx, w.Bucket, func(page []*storage.Object) error { files += len(page); return nil })
	if err != nil {
		return google.Failed("listing the bucket "+w.Bucket, person.Person{}, err)
	}
	if files == 0 {
		return nil
	}
	return &step.Error{
		Step: "deleting the bucket " + w.Bucket, Err: fmt.Errorf("%w (objects in it: %d)", ErrNotEmpty, files),
		Remedy: "Move them elsewhere, or set force_destroy = true, apply, and destroy again to delete them too",
	}
}

// empty deletes every file of a bucket, in every version.
func (b *Builder) empty(ctx context.Context, bucket string) error {
	return b.objects(ctx, bucket, func(page []*storage.Object) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, o := range page {
			group.Go(func() error {
				err := b.cloud.Repeat(ctx, func(ctx context.Context) error {
					return google.Storage(b.cloud).Objects.Delete(bucket, o.Name).Generation(o.Generation).Context(ctx).Do()
				})
				if google.IsGone(err) {
					return nil
				}
				return err
			})
		}
		return group.Wait()
	})
}

// objects hands over a bucket's files, page by page.
func (b *Builder) objects(ctx context.Context, bucket string, take func([]*storage.Object) error) error {
	for token := ""; ; {
		var page *storage.Objects
		err := b.cloud.Ask(ctx, func(ctx context.Context) (err error) {
			page, err = google.Storage(b.cloud).Objects.List(bucket).Versions(true).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return err
		}
		if err := take(page.Items); err != nil {
			return err
		}
		if token = page.NextPageToken; token == "" {
			return nil
		}
	}
}
