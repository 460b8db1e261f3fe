package storage_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

func TestABucketKeepsItsSettings(t *testing.T) {
	s := open(t, storage.Options{})
	given := &api.Bucket{
		Name: "data-access-notebooks", Location: "us-central1", StorageClass: "NEARLINE", Labels: map[string]string{"team": "governance"},
		IamConfiguration: &api.BucketIamConfiguration{
			PublicAccessPrevention:   "enforced",
			UniformBucketLevelAccess: &api.BucketIamConfigurationUniformBucketLevelAccess{Enabled: true},
		},
		Versioning: &api.BucketVersioning{Enabled: true},
		Lifecycle: &api.BucketLifecycle{Rule: []*api.BucketLifecycleRule{{
			Action: &api.BucketLifecycleRuleAction{Type: "Delete"}, Condition: &api.BucketLifecycleRuleCondition{Age: new(int64(30)), CreatedBefore: "2026-01-01"},
		}}},
	}
	made, err := s.api.Buckets.Insert(project, given).Do()
	s.must(err)
	if made.Location != "US-CENTRAL1" || made.LocationType != "region" || made.StorageClass != "NEARLINE" || made.Labels["team"] != "governance" ||
		made.ProjectNumber != 123456789012 || made.Metageneration != 1 || made.Etag != "CAE=" || made.TimeCreated != "2026-01-02T03:04:05.000Z" ||
		made.SoftDeletePolicy.RetentionDurationSeconds != 604800 {
		t.Errorf("got %+v", made)
	}
	access := made.IamConfiguration
	if access.PublicAccessPrevention != "enforced" || !access.UniformBucketLevelAccess.Enabled || access.UniformBucketLevelAccess.LockedTime != "2026-04-02T03:04:05.000Z" || !access.BucketPolicyOnly.Enabled {
		t.Errorf("got %+v", access)
	}
	if !made.Versioning.Enabled || !reflect.DeepEqual(made.Lifecycle, given.Lifecycle) {
		t.Errorf("got %+v", made)
	}

	s.clock.Advance(time.Hour)
	patched, err := s.api.Buckets.Patch(made.Name, &api.Bucket{
		Labels: map[string]string{"cost": "42"}, NullFields: []string{"Labels.team", "Lifecycle"},
	}).IfMetagenerationMatch(1).Do()
	s.must(err)
	if patched.Metageneration != 2 || patched.Etag != "CAI=" || len(patched.Labels) != 1 || patched.Labels["cost"] != "42" || patched.Lifecycle != nil ||
		!patched.Versioning.Enabled || patched.Updated != "2026-01-02T04:04:05.000Z" || patched.TimeCreated != made.TimeCreated {
		t.Errorf("got %+v", patched)
	}
	if !reflect.DeepEqual(patched.IamConfiguration, made.IamConfiguration) {
		t.Errorf("got %+v", patched.IamConfiguration)
	}
	_, err = s.api.Buckets.Patch(made.Name, &api.Bucket{}).IfMetagenerationMatch(1).Do()
	wantError(t, err, 412, "conditionNotMet", "")
	seen, err := s.api.Buckets.Get(made.Name).Projection("full").Do()
	s.must(err)
	if seen.ServerResponse, patched.ServerResponse = patched.ServerResponse, seen.ServerResponse; seen.Etag != patched.Etag || !reflect.DeepEqual(seen.Labels, patched.Labels) {
		t.Errorf("got %+v, want %+v", seen, patched)
	}

	updated, err := s.api.Buckets.Update(made.Name, &api.Bucket{Location: "US-central1"}).Do()
	s.must(err)
	if updated.Labels != nil || updated.Versioning != nil || updated.StorageClass != "STANDARD" || updated.Location != "US-CENTRAL1" || updated.Metageneration != 3 || updated.IamConfiguration.UniformBucketLevelAccess.Enabled {
		t.Errorf("got %+v", updated)
	}
}

func TestBucketsThatAreRefused(t *testing.T) {
	s := open(t, storage.Options{})
	named := func(name string) *api.Bucket { return &api.Bucket{Name: name} }
	cases := map[string]struct {
		project string
		bucket  *api.Bucket
		status  int
		reason  string
		message string
	}{
		"the same name":      {project, named(shared), 409, "conflict", "you already own it"},
		"no name":            {project, named(""), 400, "required", "Required"},
		"upper case":         {project, named("Data"), 400, "invalid", "Invalid bucket name: 'Data'"},
		"two letters":        {project, named("ab"), 400, "invalid", "Invalid bucket name"},
		"64 letters":         {project, named(strings.Repeat("a", 64)), 400, "invalid", "Invalid bucket name"},
		"a dash at its end":  {project, named("data-"), 400, "invalid", "Invalid bucket name"},
		"an address":         {project, named("10.0.0.1"), 400, "invalid", "Invalid bucket name"},
		"theirs":             {project, named("my-g00gle"), 400, "invalid", "Invalid bucket name"},
		"a domain":           {project, named("data.example.com"), 403, "forbidden", "Another user owns the domain"},
		"another project":    {"production", named("data"), 400, "invalid", "Unknown project id: production"},
		"no such location":   {project, &api.Bucket{Name: "data", Location: "mars"}, 400, "invalid", "location constraint"},
		"no such class":      {project, &api.Bucket{Name: "data", StorageClass: "GOLD"}, 400, "invalid", "GOLD"},
		"a label's key":      {project, &api.Bucket{Name: "data", Labels: map[string]string{"Owner": "x"}}, 400, "invalid", "Invalid label"},
		"a label's value":    {project, &api.Bucket{Name: "data", Labels: map[string]string{"owner": "ana@example.com"}}, 400, "invalid", "Invalid label"},
		"no such prevention": {project, &api.Bucket{Name: "data", IamConfiguration: &api.BucketIamConfiguration{PublicAccessPrevention: "on"}}, 400, "invalid", "public access prevention"},
		"an acl":             {project, &api.Bucket{Name: "data", Acl: []*api.BucketAccessControl{{Entity: "allUsers"}}}, 501, "notImplemented", "the field acl"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := s.api.Buckets.Insert(c.project, c.bucket).Do()
			wantError(t, err, c.status, c.reason, c.message)
		})
	}
	_, err := s.api.Buckets.Patch(shared, &api.Bucket{Location: "EU"}).Do()
	wantError(t, err, 400, "invalid", "location of a bucket cannot be changed")
	if buckets := s.Buckets(); len(buckets) != 1 || buckets[0].Metageneration != 1 {
		t.Errorf("got %+v", buckets)
	}
}

func TestListAndDeleteBuckets(t *testing.T) {
	s := open(t, storage.Options{})
	_, err := s.api.Buckets.Insert("123456789012", &api.Bucket{Name: "another"}).Do()
	s.must(err)
	page, err := s.api.Buckets.List(project).MaxResults(1).Do()
	s.must(err)
	if len(page.Items) != 1 || page.Items[0].Name != "another" || page.Kind != "storage#buckets" || page.Items[0].LocationType != "multi-region" || page.Items[0].Rpo != "DEFAULT" {
		t.Errorf("got %+v", page)
	}
	page, err = s.api.Buckets.List(project).MaxResults(1).PageToken(page.NextPageToken).Do()
	s.must(err)
	if len(page.Items) != 1 || page.Items[0].Name != shared || page.NextPageToken != "" {
		t.Errorf("got %+v", page)
	}
	if page, err = s.api.Buckets.List(project).Prefix("ano").Do(); err != nil || len(page.Items) != 1 {
		t.Errorf("got %+v, %v", page, err)
	}
	s.inserted("x", "y")
	wantError(t, s.api.Buckets.Delete(shared).Do(), 409, "conflict", "The bucket you tried to delete is not empty.")
	wantError(t, s.api.Buckets.Delete("another").IfMetagenerationMatch(7).Do(), 412, "conditionNotMet", "")
	s.must(s.api.Buckets.Delete("another").Do())
	wantError(t, s.api.Buckets.Delete("another").Do(), 404, "notFound", "The specified bucket does not exist.")
	_, err = s.api.Buckets.Get("another").Do()
	wantError(t, err, 404, "notFound", "The specified bucket does not exist.")
}
