package storage_test

import (
	"slices"
	"testing"

	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

func roleMembers(p *api.Policy) map[string][]string {
	found := map[string][]string{}
	for _, b := range p.Bindings {
		found[b.Role] = append(found[b.Role], b.Members...)
	}
	return found
}

func TestBucketPolicies(t *testing.T) {
	s := open(t, storage.Options{})
	first, err := s.api.Buckets.GetIamPolicy(shared).OptionsRequestedPolicyVersion(3).Do()
	s.must(err)
	if got := roleMembers(first); len(got) != 2 || first.Etag != "CAE=" || first.Version != 1 || first.Kind != "storage#policy" || first.ResourceId != "projects/_/buckets/"+shared ||
		!slices.Equal(got["roles/storage.legacyBucketOwner"], []string{"projectEditor:data-access", "projectOwner:data-access"}) ||
		!slices.Equal(got["roles/storage.legacyBucketReader"], []string{"projectViewer:data-access"}) {
		t.Errorf("got %+v", first)
	}
	const viewer = "roles/storage.objectViewer"
	changed := &api.Policy{Etag: first.Etag, Version: 1, Bindings: append(first.Bindings,
		&api.PolicyBindings{Role: viewer, Members: []string{"user:ana@example.com", "user:bo@example.com"}},
		&api.PolicyBindings{Role: viewer, Members: []string{"user:ana@example.com"}},
		&api.PolicyBindings{Role: "roles/storage.admin"},
	)}
	second, err := s.api.Buckets.SetIamPolicy(shared, changed).Do()
	s.must(err)
	if got := roleMembers(second); len(got) != 3 || !slices.Equal(got[viewer], []string{"user:ana@example.com", "user:bo@example.com"}) || second.Etag == first.Etag {
		t.Errorf("got %+v", second)
	}
	_, err = s.api.Buckets.SetIamPolicy(shared, changed).Do()
	wantError(t, err, 412, "conditionNotMet", "")
	if b, err := s.api.Buckets.Get(shared).Do(); err != nil || b.Metageneration != 2 {
		t.Errorf("got %+v, %v", b, err)
	}
	if _, err = s.api.Buckets.SetIamPolicy(shared, &api.Policy{Bindings: first.Bindings}).Do(); err != nil {
		t.Errorf("without an etag, a policy replaces any: %v", err)
	}
	tested, err := s.api.Buckets.TestIamPermissions(shared, []string{"storage.objects.get", "storage.objects.create"}).Do()
	if err != nil || len(tested.Permissions) != 2 {
		t.Errorf("got %+v, %v", tested, err)
	}
	_, err = s.api.Buckets.TestIamPermissions(shared, []string{"compute.instances.get"}).Do()
	wantError(t, err, 400, "invalid", "compute.instances.get")
	_, err = s.api.Buckets.GetIamPolicy("another").Do()
	wantError(t, err, 404, "notFound", "The specified bucket does not exist.")
}

func TestPoliciesThatAreRefused(t *testing.T) {
	s := open(t, storage.Options{})
	s.must(s.CreateBucket(&api.Bucket{Name: "uniform", IamConfiguration: &api.BucketIamConfiguration{
		PublicAccessPrevention: "enforced", UniformBucketLevelAccess: &api.BucketIamConfigurationUniformBucketLevelAccess{Enabled: true},
	}}))
	if p, err := s.api.Buckets.GetIamPolicy("uniform").Do(); err != nil || len(p.Bindings) != 4 {
		t.Errorf("got %+v, %v", p, err)
	}
	grant := func(role string, members ...string) *api.Policy {
		return &api.Policy{Bindings: []*api.PolicyBindings{{Role: role, Members: members}}}
	}
	conditional := func(version int64) *api.Policy {
		p := grant("roles/storage.admin", "user:ana@example.com")
		p.Version, p.Bindings[0].Condition = version, &api.Expr{Title: "soon", Expression: "true"}
		return p
	}
	cases := map[string]struct {
		bucket  string
		policy  *api.Policy
		status  int
		message string
	}{
		"nothing":                    {shared, &api.Policy{}, 400, "A policy to update must be provided."},
		"no role":                    {shared, grant("admin", "user:ana@example.com"), 400, "Role admin"},
		"no kind of member":          {shared, grant("roles/storage.admin", "ana@example.com"), 400, "Invalid member: ana@example.com"},
		"everybody":                  {"uniform", grant("roles/storage.objectViewer", "allUsers"), 412, "public access prevention is enforced"},
		"a condition, version 1":     {"uniform", conditional(1), 400, "need version 3"},
		"a condition, access by acl": {shared, conditional(3), 412, "uniform bucket-level access"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := s.api.Buckets.SetIamPolicy(c.bucket, c.policy).Do()
			reason := map[int]string{400: "invalid", 412: "conditionNotMet"}[c.status]
			if name == "nothing" {
				reason = "required"
			}
			wantError(t, err, c.status, reason, c.message)
		})
	}
	if got := s.send("PUT", "/storage/v1/b/"+shared+"/iam", token, `{"bindings":[null]}`); got.status != 400 {
		t.Errorf("got %+v", got)
	}
	if p, err := s.api.Buckets.SetIamPolicy("uniform", conditional(3)).Do(); err != nil || p.Version != 3 || p.Bindings[0].Condition.Title != "soon" {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := s.api.Buckets.SetIamPolicy(shared, grant("roles/storage.objectViewer", "allUsers")).Do(); err != nil {
		t.Error(err)
	}
}
