package foundation

import (
	"context"

	resourcemanager "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// version is of policies that know conditions. Asked for less, Google leaves conditions out, and writing such an answer
// back would make every conditional grant unconditional.
const version = 3

// ofProject is who may do what in the whole project.
func (b *Builder) ofProject(project string) policy {
	var is *resourcemanager.Policy
	return policy{
		read: func(ctx context.Context) (bindings []binding, err error) {
			is, err = google.ResourceManager(b.cloud).Projects.GetIamPolicy(project, &resourcemanager.GetIamPolicyRequest{
				Options: &resourcemanager.GetPolicyOptions{RequestedPolicyVersion: version},
			}).Context(ctx).Do()
			if err != nil {
				return nil, err
			}
			for _, each := range is.Bindings {
				bindings = append(bindings, binding{each.Role, each.Members, some(each.Condition)})
			}
			return bindings, nil
		},
		write: func(ctx context.Context, bindings []binding) error {
			now := &resourcemanager.Policy{Version: version, Etag: is.Etag}
			for _, each := range bindings {
				condition, _ := each.condition.(*resourcemanager.Expr)
				now.Bindings = append(now.Bindings, &resourcemanager.Binding{Role: each.role, Members: each.members, Condition: condition})
			}
			// without a mask Google changes the bindings and leaves audit settings alone
			_, err := google.ResourceManager(b.cloud).Projects.SetIamPolicy(project, &resourcemanager.SetIamPolicyRequest{Policy: now}).Context(ctx).Do()
			return err
		},
	}
}

// ofAccount is who may act as a service account.
func (b *Builder) ofAccount(account string) policy {
	var is *iam.Policy
	return policy{
		read: func(ctx context.Context) (bindings []binding, err error) {
			is, err = google.IAM(b.cloud).Projects.ServiceAccounts.GetIamPolicy(account).OptionsRequestedPolicyVersion(version).Context(ctx).Do()
			if err != nil {
				return nil, err
			}
			for _, each := range is.Bindings {
				bindings = append(bindings, binding{each.Role, each.Members, some(each.Condition)})
			}
			return bindings, nil
		},
		write: func(ctx context.Context, bindings []binding) error {
			now := &iam.Policy{Version: version, Etag: is.Etag, ForceSendFields: []string{"Bindings"}}
			for _, each := range bindings {
				condition, _ := each.condition.(*iam.Expr)
				now.Bindings = append(now.Bindings, &iam.Binding{Role: each.role, Members: each.members, Condition: condition})
			}
			_, err := google.IAM(b.cloud).Projects.ServiceAccounts.SetIamPolicy(account, &iam.SetIamPolicyRequest{Policy: now}).Context(ctx).Do()
			return err
		},
	}
}

// ofBucket is who may do what in a bucket.
func (b *Builder) ofBucket(bucket string) policy {
	var is *storage.Policy
	return policy{
		read: func(ctx context.Context) (bindings []binding, err error) {
			is, err = google.Storage(b.cloud).Buckets.GetIamPolicy(bucket).OptionsRequestedPolicyVersion(version).Context(ctx).Do()
			if err != nil {
				return nil, err
			}
			for _, each := range is.Bindings {
				bindings = append(bindings, binding{each.Role, each.Members, some(each.Condition)})
			}
			return bindings, nil
		},
		write: func(ctx context.Context, bindings []binding) error {
			now := &storage.Policy{Version: version, Etag: is.Etag, ForceSendFields: []string{"Bindings"}}
			for _, each := range bindings {
				condition, _ := each.condition.(*storage.Expr)
				now.Bindings = append(now.Bindings, &storage.PolicyBindings{Role: each.role, Members: each.members, Condition: condition})
			}
			_, err := google.Storage(b.cloud).Buckets.SetIamPolicy(bucket, now).Context(ctx).Do()
			return err
		},
	}
}

// some is a condition, or nothing at all: not an interface that holds a nil pointer.
func some[Expr any](condition *Expr) any {
	if condition == nil {
		return nil
	}
	return condition
}

func unconditional(b binding) bool { return b.condition == nil }
