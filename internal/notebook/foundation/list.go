package foundation

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// List is every foundation of this installation in a project, in the order of their buckets and accounts. Nothing of
// Google's says which bucket and which account were made together: they are one foundation when the account may read
// the bucket, as a foundation has it; a bucket or an account without the other is one by itself. Roles and users are
// all that were granted, whoever did.
func (b *Builder) List(ctx context.Context, project string) ([]*Foundation, error) {
	found, err := b.list(ctx, project)
	return found, google.Failed("listing the foundations of "+project, person.Person{}, err)
}

func (b *Builder) list(ctx context.Context, project string) (found []*Foundation, err error) {
	number, err := b.number(ctx, project)
	if err != nil {
		return nil, err
	}
	buckets, err := b.ourBuckets(ctx, project)
	if err != nil {
		return nil, err
	}
	accounts, err := b.ourAccounts(ctx, project)
	if err != nil {
		return nil, err
	}
	begun := func() *Foundation {
		f := &Foundation{Project: project, ProjectNumber: number, Outcome: NoAction, BucketReadable: true}
		found = append(found, f)
		return f
	}
	for _, is := range buckets {
		f := begun()
		f.tell(is)
		if len(accounts) == 0 {
			continue
		}
		grants, err := b.bindings(ctx, b.ofBucket(is.Name))
		if err != nil {
			return nil, err
		}
		if at := slices.IndexFunc(accounts, func(a *iam.ServiceAccount) bool {
			return len(lacking(grants, roleReader, []string{memberOf(a.Email)})) == 0
		}); at >= 0 {
			f.ServiceAccountEmail = accounts[at].Email
			accounts = slices.Delete(accounts, at, at+1)
		}
	}
	for _, a := range accounts {
		begun().ServiceAccountEmail = a.Email
	}
	return found, b.tellGrants(ctx, project, found)
}

// tellGrants fills in what the accounts may do in the project, and who may act as them.
func (b *Builder) tellGrants(ctx context.Context, project string, all []*Foundation) error {
	all = slices.DeleteFunc(slices.Clone(all), func(f *Foundation) bool { return f.ServiceAccountEmail == "" })
	if len(all) == 0 {
		return nil
	}
	inProject, err := b.bindings(ctx, b.ofProject(project))
	if err != nil {
		return err
	}
	for _, f := range all {
		for _, each := range inProject {
			if unconditional(each) && has(each.members, memberOf(f.ServiceAccountEmail)) {
				f.Roles = append(f.Roles, each.role)
			}
		}
		slices.Sort(f.Roles)
		onAccount, err := b.bindings(ctx, b.ofAccount(accountOf(project, f.ServiceAccountEmail)))
		if err != nil {
			return err
		}
		for _, each := range onAccount {
			for _, member := range each.members {
				if email, isUser := strings.CutPrefix(member, "user:"); isUser && each.role == roleActAs && unconditional(each) {
					f.Users = append(f.Users, email)
				}
			}
		}
		slices.Sort(f.Users)
	}
	return nil
}

// ourBuckets are the buckets of a project with our label, by name.
func (b *Builder) ourBuckets(ctx context.Context, project string) (ours []*storage.Bucket, err error) {
	for token := ""; ; {
		var page *storage.Buckets
		err := b.cloud.Ask(ctx, func(ctx context.Context) (err error) {
			page, err = google.Storage(b.cloud).Buckets.List(project).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, is := range page.Items {
			if b.cloud.Ours(is.Labels, person.Person{}) {
				ours = append(ours, is)
			}
		}
		if token = page.NextPageToken; token == "" {
			slices.SortFunc(ours, func(x, y *storage.Bucket) int { return cmp.Compare(x.Name, y.Name) })
			return ours, nil
		}
	}
}

// ourAccounts are the service accounts of a project whose descriptions bear our mark, by address.
func (b *Builder) ourAccounts(ctx context.Context, project string) (ours []*iam.ServiceAccount, err error) {
	for token := ""; ; {
		var page *iam.ListServiceAccountsResponse
		err := b.cloud.Ask(ctx, func(ctx context.Context) (err error) {
			page, err = google.IAM(b.cloud).Projects.ServiceAccounts.List("projects/" + project).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, is := range page.Accounts {
			if b.oursAccount(is) {
				ours = append(ours, is)
			}
		}
		if token = page.NextPageToken; token == "" {
			slices.SortFunc(ours, func(x, y *iam.ServiceAccount) int { return cmp.Compare(x.Email, y.Email) })
			return ours, nil
		}
	}
}
