package foundation

import (
	"context"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Read looks at a foundation: of the roles and users only those that w names and that are granted.
// google.ErrGone when neither bucket nor account is there. What was changed by hand shows: a role or user that is
// missing, a bucket that is not closed to the public or was given lists of its own.
func (b *Builder) Read(ctx context.Context, w Wanted) (*Foundation, error) {
	number, err := b.number(ctx, w.Project)
	if err != nil {
		return nil, err
	}
	f := &Foundation{Project: w.Project, ProjectNumber: number, Outcome: NoAction, BucketReadable: true}
	if w.Bucket != "" {
		is, err := b.getBucket(ctx, w.Bucket)
		if err != nil && !google.IsGone(err) {
			return nil, google.Failed("reading the bucket "+w.Bucket, person.Person{}, err)
		}
		if err == nil {
			f.tell(is)
		}
	}
	if w.ServiceAccount != "" {
		if err := b.readAccount(ctx, w, f); err != nil {
			return nil, google.Failed("reading the service account "+w.ServiceAccount, person.Person{}, err)
		}
	}
	if f.Bucket == "" && f.ServiceAccountEmail == "" {
		return nil, google.Failed("reading the foundation of "+w.Project, person.Person{}, google.ErrGone)
	}
	return f, nil
}

// readAccount looks at the account and what it may do. Grants of an account that is gone are worth nothing.
func (b *Builder) readAccount(ctx context.Context, w Wanted, f *Foundation) error {
	switch _, err := b.getAccount(ctx, w); {
	case google.IsGone(err):
		f.BucketReadable = f.Bucket == ""
		return nil
	case err != nil:
		return err
	}
	f.ServiceAccountEmail = w.Email()
	project, err := b.bindings(ctx, b.ofProject(w.Project))
	if err != nil {
		return err
	}
	for _, role := range w.Roles {
		if len(lacking(project, role, []string{w.member()})) == 0 {
			f.Roles = append(f.Roles, role)
		}
	}
	account, err := b.bindings(ctx, b.ofAccount(w.account()))
	if err != nil {
		return err
	}
	for _, email := range w.Users {
		if len(lacking(account, roleActAs, []string{user(email)})) == 0 {
			f.Users = append(f.Users, email)
		}
	}
	if f.Bucket == "" {
		return nil
	}
	bucket, err := b.bindings(ctx, b.ofBucket(w.Bucket))
	f.BucketReadable = len(lacking(bucket, roleReader, []string{w.member()})) == 0
	return err
}

func (b *Builder) bindings(ctx context.Context, p policy) (is []binding, err error) {
	err = b.cloud.Ask(ctx, func(ctx context.Context) (err error) { is, err = p.read(ctx); return err })
	return is, err
}
