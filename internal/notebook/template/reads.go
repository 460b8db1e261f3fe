package template

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// attributes are what is asked of an object. Of a list's items the same is asked.
var attributes = []googleapi.Field{"name", "generation", "md5Hash", "metadata"}

// folder is what is below one prefix of a bucket.
type folder = snapshot.Snapshot[Object]

// folder finds the folder that holds everybody's folders; its objects are known by their names.
func (s *Store) folder(bucket, prefix string) *folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := bucket + "/" + prefix
	if s.folders[key] == nil {
		s.folders[key] = snapshot.New(
			s.cloud.Clock,
			func(ctx context.Context, name string) (Object, error) { return s.look(ctx, bucket, name) },
			func(ctx context.Context) (map[string]Object, error) { return s.list(ctx, bucket, prefix) },
		)
	}
	return s.folders[key]
}

// forget has later reads of a file ask again: we write it.
func (s *Store) forget(o Object) { s.folder(o.Bucket, above(o.Name)).Forget(o.Name) }

// Read looks at a file; google.ErrGone when it is not there. Reads of one bucket and prefix are answered from one list,
// and the text is fetched only when its MD5 is not knownMD5: otherwise Text is empty.
func (s *Store) Read(ctx context.Context, bucket, name, knownMD5 string) (Object, error) {
	o, err := s.folder(bucket, above(name)).Read(ctx, name)
	if err == nil && (o.MD5 == "" || o.MD5 != knownMD5) {
		o, err = s.fetch(ctx, o)
	}
	switch {
	case google.IsGone(err):
		return Object{}, fmt.Errorf("gs://%s/%s: %w", bucket, name, google.ErrGone)
	case err != nil:
		return Object{}, google.Failed("reading gs://"+bucket+"/"+name, person.Person{}, err)
	}
	return o, nil
}

// look asks for one object now.
func (s *Store) look(ctx context.Context, bucket, name string) (Object, error) {
	var found *storage.Object
	err := s.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		found, err = google.Storage(s.cloud).Objects.Get(bucket, name).Fields(attributes...).Context(ctx).Do()
		return err
	})
	if err != nil {
		return Object{}, err
	}
	return describe(bucket, found), nil
}

// mostText is how much of a file is looked at: what is longer was not written by us, and need not be seen whole.
const mostText = 1 << 20

// fetch reads the text of the very generation that was seen. When somebody writes meanwhile, theirs is read.
func (s *Store) fetch(ctx context.Context, o Object) (Object, error) {
	text, err := s.download(ctx, o)
	if google.IsGone(err) {
		if o, err = s.look(ctx, o.Bucket, o.Name); err == nil {
			text, err = s.download(ctx, o)
		}
	}
	if err != nil {
		return Object{}, err
	}
	if o.Text = text; o.MD5 == "" { // Google has none for objects that were composed of others
		o.MD5 = Checksum(text)
	}
	return o, nil
}

func (s *Store) download(ctx context.Context, o Object) (text string, err error) {
	err = s.cloud.Ask(ctx, func(ctx context.Context) error {
		answer, err := google.Storage(s.cloud).Objects.Get(o.Bucket, o.Name).Generation(o.Generation).Context(ctx).Download()
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		content, err := io.ReadAll(io.LimitReader(answer.Body, mostText))
		text = string(content)
		return err
	})
	return text, err
}

// list reads every page.
func (s *Store) list(ctx context.Context, bucket, prefix string) (map[string]Object, error) {
	all, token := map[string]Object{}, ""
	for {
		var page *storage.Objects
		err := s.cloud.Ask(ctx, func(ctx context.Context) (err error) {
			page, err = google.Storage(s.cloud).Objects.List(bucket).Prefix(prefix).PageToken(token).
				Fields("nextPageToken", googleapi.Field("items("+googleapi.CombineFields(attributes)+")")).Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			all[item.Name] = describe(bucket, item)
		}
		if token = page.NextPageToken; token == "" {
			return all, nil
		}
	}
}

// List is every file of this installation below a prefix, by name and without its text.
func (s *Store) List(ctx context.Context, bucket, prefix string) ([]Object, error) {
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	all, err := s.folder(bucket, prefix).Refresh(ctx)
	if err != nil {
		return nil, failed("listing gs://"+bucket+"/"+prefix, person.Person{}, bucket, err)
	}
	var ours []Object
	for _, o := range all {
		if s.owns(o, person.Person{}) {
			ours = append(ours, o)
		}
	}
	slices.SortFunc(ours, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	return ours, nil
}

// HasBucket looks whether a bucket is there: at plan its absence is a warning. Who may use a bucket's objects need not
// be allowed to look at the bucket itself; then its objects are asked for.
func (s *Store) HasBucket(ctx context.Context, bucket string) (bool, error) {
	err := s.cloud.Ask(ctx, func(ctx context.Context) error {
		_, err := google.Storage(s.cloud).Buckets.Get(bucket).Fields("name").Context(ctx).Do()
		return err
	})
	if isForbidden(err) {
		err = s.cloud.Ask(ctx, func(ctx context.Context) error {
			_, err := google.Storage(s.cloud).Objects.List(bucket).MaxResults(1).Fields("nextPageToken").Context(ctx).Do()
			return err
		})
	}
	switch {
	case google.IsGone(err):
		return false, nil
	case isForbidden(err):
		return false, &step.Error{
			Step: "looking for the bucket " + bucket, Err: err, Words: "Google forbids to look at it: it is somebody else's, or the provider's identity has no rights on it",
			Remedy: "Grant roles/storage.objectAdmin on the bucket to the provider's identity, or name another bucket",
		}
	}
	return err == nil, google.Failed("looking for the bucket "+bucket, person.Person{}, err)
}

func isForbidden(err error) bool {
	var api *googleapi.Error
	return errors.As(err, &api) && api.Code == http.StatusForbidden && !google.NotNow(err)
}

func describe(bucket string, o *storage.Object) Object {
	return Object{
		Bucket: bucket, Name: o.Name, Generation: o.Generation, MD5: o.Md5Hash,
		Owner: o.Metadata[google.LabelOwner], ManagedBy: o.Metadata[google.LabelManagedBy],
	}
}
