package foundation

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// displayName is what the console shows.
const displayName = "Personal notebooks"

// getAccount looks at the service account; google.ErrGone when it is not there.
func (b *Builder) getAccount(ctx context.Context, w Wanted) (is *iam.ServiceAccount, err error) {
	err = b.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		is, err = google.IAM(b.cloud).Projects.ServiceAccounts.Get(w.account()).Context(ctx).Do()
		return err
	})
	if google.IsGone(err) {
		return nil, fmt.Errorf("%w (%w)", google.ErrGone, err)
	}
	return is, err
}

// ensureAccount makes the service account, or finds ours. imported lets an account that bears nobody's mark become ours.
func (b *Builder) ensureAccount(ctx context.Context, w Wanted, imported bool) (created bool, err error) {
	is, err := b.getAccount(ctx, w)
	if google.IsGone(err) {
		if is, created, err = b.createAccount(ctx, w); created || err != nil {
			return created, google.Failed("making the service account "+w.ServiceAccount, person.Person{}, err)
		}
	}
	if err == nil && (b.foreignAccount(is) || !imported && !b.oursAccount(is)) {
		err = taken("the service account " + w.Email())
	}
	if err == nil && !b.oursAccount(is) {
		err = b.markAccount(ctx, is)
	}
	return false, google.Failed("ensuring the service account "+w.ServiceAccount, person.Person{}, err)
}

func (b *Builder) oursAccount(is *iam.ServiceAccount) bool {
	return strings.HasSuffix(is.Description, b.mark())
}

// foreignAccount: the description names another installation. One that names none says nothing.
func (b *Builder) foreignAccount(is *iam.ServiceAccount) bool {
	return !b.oursAccount(is) && strings.Contains(is.Description, markStart)
}

// createAccount makes it with the mark: there is no moment at which it is nobody's. A call that is not answered clearly
// leads to a look, never to a second call.
func (b *Builder) createAccount(ctx context.Context, w Wanted) (is *iam.ServiceAccount, created bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	body := &iam.CreateServiceAccountRequest{
		AccountId:      w.ServiceAccount,
		ServiceAccount: &iam.ServiceAccount{DisplayName: displayName, Description: b.description()},
	}
	created, err = b.create(ctx, func(ctx context.Context) (err error) {
		is, err = google.IAM(b.cloud).Projects.ServiceAccounts.Create("projects/"+w.Project, body).Context(ctx).Do()
		return err
	}, func(ctx context.Context) (err error) {
		is, err = b.getAccount(ctx, w)
		return err
	})
	return is, created, err
}

// maxDescription is the longest description that Google keeps, in bytes.
const maxDescription = 256

// markAccount makes an imported account ours, keeping what its description says as far as there is room.
func (b *Builder) markAccount(ctx context.Context, is *iam.ServiceAccount) error {
	description := b.description()
	if kept := strings.TrimSpace(is.Description); kept != "" && len(kept)+2+len(b.mark()) <= maxDescription {
		description = kept + "; " + b.mark()
	}
	return b.cloud.Repeat(ctx, func(ctx context.Context) error {
		_, err := google.IAM(b.cloud).Projects.ServiceAccounts.Patch(is.Name, &iam.PatchServiceAccountRequest{
			ServiceAccount: &iam.ServiceAccount{Description: description}, UpdateMask: "description",
		}).Context(ctx).Do()
		return err
	})
}
