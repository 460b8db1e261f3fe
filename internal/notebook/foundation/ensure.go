package foundation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Ensure makes what is missing. A bucket or account of somebody else's is google.ErrExists, and one that another
// resource of this run asks for [ledger.ErrClaimed]. A run that was killed at any instant leaves things that bear our
// mark: the next one finds them and goes on.
func (b *Builder) Ensure(ctx context.Context, w Wanted) (*Foundation, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	return b.claimed(ctx, Wanted{}, w, false)
}

// claimed makes what is missing of what nobody else in this run asks for, and keeps it from being removed.
func (b *Builder) claimed(ctx context.Context, before, w Wanted, imported bool) (*Foundation, error) {
	release, err := b.claim(w)
	if err != nil {
		return nil, err
	}
	f, err := b.ensure(ctx, before, w, imported)
	if err != nil {
		release()
		return nil, err
	}
	b.keep(w)
	return f, nil
}

// Update brings a foundation from one configuration to the next; only grants that before named are revoked. A bucket or
// account that after does not name any more is deleted, as [Builder.Remove] does it. What was imported becomes ours.
func (b *Builder) Update(ctx context.Context, before, after Wanted) (*Foundation, error) {
	if before.Project != after.Project {
		return nil, fmt.Errorf("updating the foundation: it is in the project %s, and cannot move to %s", before.Project, after.Project)
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	f, err := b.claimed(ctx, before, after, true)
	if err != nil {
		return nil, err
	}
	if err := b.takeBack(ctx, before, after); err != nil {
		return nil, err
	}
	gone := before // of which only what is wanted no more
	gone.Force = after.Force
	if before.Bucket == after.Bucket {
		gone.Bucket = ""
	}
	if before.ServiceAccount == after.ServiceAccount {
		gone.ServiceAccount = ""
	}
	if gone.Bucket != "" || gone.ServiceAccount != "" {
		if err := b.remove(ctx, gone); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (b *Builder) ensure(ctx context.Context, before, w Wanted, imported bool) (*Foundation, error) {
	number, err := b.number(ctx, w.Project)
	if err != nil {
		return nil, err
	}
	f := &Foundation{Project: w.Project, ProjectNumber: number, Outcome: NoAction, BucketReadable: true}
	if w.Bucket != "" {
		is, created, err := b.ensureBucket(ctx, number, before, w, imported)
		if err != nil {
			return nil, err
		}
		f.tell(is)
		f.happened(created)
	}
	if w.ServiceAccount != "" {
		created, err := b.ensureAccount(ctx, w, imported)
		if err != nil {
			return nil, err
		}
		f.ServiceAccountEmail = w.Email()
		f.happened(created)
		granted, err := b.give(ctx, w)
		if err != nil {
			return nil, err
		}
		f.happened(granted)
	}
	f.Roles, f.Users = slices.Clone(w.Roles), slices.Clone(w.Users)
	return f, nil
}

func (f *Foundation) happened(something bool) {
	if something {
		f.Outcome = Created
	}
}

// tell takes over what Google says of the bucket.
func (f *Foundation) tell(is *storage.Bucket) {
	f.Bucket, f.BucketURL, f.BucketSelfLink, f.BucketLocation = is.Name, "gs://"+is.Name, is.SelfLink, is.Location
	f.UniformAccess, f.PublicPrevented, f.Labels = uniform(is), prevented(is), is.Labels
}

// number is the project's number, which Google's own accounts are named by.
func (b *Builder) number(ctx context.Context, project string) (number int64, err error) {
	err = b.cloud.Ask(ctx, func(ctx context.Context) error {
		is, err := google.ResourceManager(b.cloud).Projects.Get(project).Context(ctx).Do()
		if err == nil {
			number = is.ProjectNumber
		}
		return err
	})
	return number, google.Failed("looking at the project "+project, person.Person{}, err)
}

// give grants what is missing: roles of the account in the project, its reading of the bucket, and the users' acting as
// it. The first is the only grant on the whole project.
func (b *Builder) give(ctx context.Context, w Wanted) (changed bool, err error) {
	note := func(doing string, p policy, edit func([]binding) ([]binding, bool)) error {
		did, err := b.revise(ctx, p, edit)
		changed = changed || did
		return google.Failed(doing, person.Person{}, err)
	}
	if len(w.Roles) > 0 {
		if err := note("granting roles to "+w.Email()+" in the project "+w.Project, b.ofProject(w.Project), each(grant, w.Roles, w.member())); err != nil {
			return changed, err
		}
	}
	if w.Bucket != "" {
		if err := note("letting "+w.Email()+" read the bucket "+w.Bucket, b.ofBucket(w.Bucket), grant(roleReader, w.member())); err != nil {
			return changed, err
		}
	}
	if len(w.Users) > 0 {
		if err := note("letting people act as "+w.Email(), b.ofAccount(w.account()), grant(roleActAs, users(w.Users)...)); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// takeBack revokes what before named and after does not, where both have the account.
func (b *Builder) takeBack(ctx context.Context, before, after Wanted) error {
	if before.ServiceAccount == "" || before.ServiceAccount != after.ServiceAccount {
		return nil
	}
	if roles := less(before.Roles, after.Roles); len(roles) > 0 {
		if _, err := b.revise(ctx, b.ofProject(before.Project), each(revoke, roles, before.member())); err != nil {
			return google.Failed("revoking roles of "+before.Email()+" in the project "+before.Project, person.Person{}, err)
		}
	}
	if gone := less(before.Users, after.Users); len(gone) > 0 {
		if _, err := b.revise(ctx, b.ofAccount(before.account()), revoke(roleActAs, users(gone)...)); err != nil {
			return google.Failed("ending that people act as "+before.Email(), person.Person{}, err)
		}
	}
	return nil
}

// each makes one edit of several roles.
func each(edit func(role string, members ...string) func([]binding) ([]binding, bool), roles []string, member string) func([]binding) ([]binding, bool) {
	var edits []func([]binding) ([]binding, bool)
	for _, role := range roles {
		edits = append(edits, edit(role, member))
	}
	return all(edits...)
}

// users are people as policies write them.
func users(emails []string) (members []string) {
	for _, email := range emails {
		members = append(members, user(email))
	}
	return members
}

func user(email string) string { return "user:" + strings.ToLower(strings.TrimSpace(email)) }

// less are the texts that another list has not, whatever their case.
func less(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return has(other, one) })
}
