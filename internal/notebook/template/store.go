package template

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"google.golang.org/api/googleapi"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// ErrNoBucket says that there is no such bucket.
var ErrNoBucket = errors.New("the bucket does not exist")

// Object is a person's file as it is wanted or as it is in the bucket.
type Object struct {
	Bucket     string
	Name       string // path in the bucket, see [Path]
	Text       string // YAML
	Generation int64
	MD5        string // base64, as Cloud Storage writes it
	Owner      string // label of the person, from the object's metadata
	ManagedBy  string
}

// URI is the object's gs:// address.
func (o Object) URI() string { return "gs://" + o.Bucket + "/" + o.Name }

// Store keeps people's files. It is safe for concurrent use.
type Store struct {
	cloud *google.Cloud

	mu      sync.Mutex
	folders map[string]*folder // by bucket and prefix
	run     ledger.Ledger      // by address: what is kept was written or found good, and nobody may delete it
}

// New makes a store.
func New(cloud *google.Cloud) *Store {
	return &Store{cloud: cloud, folders: map[string]*folder{}}
}

// Ensure uploads a file that is not there; one of ours is brought up to date, somebody else's is google.ErrExists.
// created tells a new object from one that was there.
func (s *Store) Ensure(ctx context.Context, who person.Person, wanted Object) (stored Object, created bool, err error) {
	doing := "writing " + wanted.URI()
	release, err := s.run.Claim(wanted.URI(), doing, who)
	if err != nil {
		return Object{}, false, err
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	defer s.run.Turn(wanted.URI())() // a file that moved is deleted at its old address meanwhile
	s.forget(wanted)
	found, err := s.look(ctx, wanted.Bucket, wanted.Name)
	switch {
	case google.IsGone(err):
		stored, created, err = s.create(ctx, who, wanted)
	case err != nil:
		return Object{}, false, google.Failed("looking at "+wanted.URI(), who, err)
	default:
		stored, err = s.replace(ctx, who, found, wanted)
	}
	if err != nil {
		return Object{}, false, failed(doing, who, wanted.Bucket, err)
	}
	s.run.Keep(wanted.URI())
	return stored, created, nil
}

// create uploads what was not there a moment ago. Whatever the answer, there is one object in the end, and we know
// whether it is ours: the precondition lets a repeated upload do nothing.
func (s *Store) create(ctx context.Context, who person.Person, wanted Object) (stored Object, created bool, err error) {
	wanted.Generation = 0
	stored, attempts, err := s.upload(ctx, who, wanted)
	if err == nil || !unclear(err) {
		return stored, err == nil, err
	}
	found, looked := s.look(ctx, wanted.Bucket, wanted.Name)
	switch {
	case looked != nil: // an answer to the question would have been better; the first failure says why there is none
		return Object{}, false, err
	case found.MD5 == Checksum(wanted.Text) && s.owns(found, who):
		found.Text = wanted.Text
		return found, attempts > 1, nil // our own upload, of which the answer was lost; or the same one of another run
	case google.IsChanged(err): // somebody was faster
		stored, err = s.replace(ctx, who, found, wanted)
		return stored, false, err
	}
	return Object{}, false, err
}

// replace brings a file that was found up to date.
func (s *Store) replace(ctx context.Context, who person.Person, found, wanted Object) (Object, error) {
	switch {
	case !s.owns(found, who):
		return Object{}, fmt.Errorf("%w: %s", google.ErrExists, found.marks())
	case found.MD5 == Checksum(wanted.Text):
		found.Text = wanted.Text
		return found, nil
	}
	wanted.Generation = found.Generation
	return s.overwrite(ctx, who, wanted)
}

// overwrite replaces one generation, and no other. An answer that got lost is made up for by a look.
func (s *Store) overwrite(ctx context.Context, who person.Person, wanted Object) (Object, error) {
	stored, _, err := s.upload(ctx, who, wanted)
	if err == nil || !unclear(err) {
		return stored, err
	}
	found, looked := s.look(ctx, wanted.Bucket, wanted.Name)
	switch {
	case looked == nil && found.MD5 == Checksum(wanted.Text) && s.owns(found, who):
		found.Text = wanted.Text
		return found, nil
	case google.IsChanged(err):
		return Object{}, superseded(wanted)
	}
	return Object{}, err
}

// Update replaces the text of the generation that was last seen; google.ErrChanged when somebody else wrote since, and
// google.ErrExists when the file became another installation's or another person's.
func (s *Store) Update(ctx context.Context, who person.Person, wanted Object) (Object, error) {
	doing := "replacing " + wanted.URI()
	defer s.run.Turn(wanted.URI())()
	s.forget(wanted)
	found, err := s.look(ctx, wanted.Bucket, wanted.Name)
	switch {
	case google.IsGone(err):
		return Object{}, failed(doing, who, wanted.Bucket, fmt.Errorf("%w: it was deleted", google.ErrChanged))
	case err != nil:
		return Object{}, google.Failed("looking at "+wanted.URI(), who, err)
	case s.foreign(found) || found.Owner != "" && found.Owner != who.Label():
		return Object{}, failed(doing, who, wanted.Bucket, fmt.Errorf("%w: %s", google.ErrExists, found.marks()))
	case found.MD5 == Checksum(wanted.Text) && s.owns(found, who): // by an earlier run whose answer was lost
		found.Text = wanted.Text
		s.run.Keep(wanted.URI())
		return found, nil
	case found.Generation != wanted.Generation:
		return Object{}, failed(doing, who, wanted.Bucket, superseded(wanted))
	}
	stored, err := s.overwrite(ctx, who, wanted)
	if err != nil {
		return Object{}, failed(doing, who, wanted.Bucket, err)
	}
	s.run.Keep(wanted.URI())
	return stored, nil
}

// Delete removes the generation that was last seen; with generation 0, whichever bears our mark. What is gone already
// is no error; google.ErrChanged when somebody else wrote since, and google.ErrExists when the file became another
// installation's. left says that the file stays, because another resource of this run has it: it only got another
// address.
func (s *Store) Delete(ctx context.Context, seen Object) (left bool, err error) {
	defer s.run.Turn(seen.URI())()
	if s.run.Kept(seen.URI()) {
		return true, nil
	}
	s.forget(seen)
	found, err := s.look(ctx, seen.Bucket, seen.Name)
	switch {
	case google.IsGone(err):
		return false, nil
	case err != nil:
		return false, google.Failed("looking at "+seen.URI(), person.Person{}, err)
	case s.foreign(found):
		err = fmt.Errorf("%w: %s", google.ErrExists, found.marks())
	default:
		if seen.Generation == 0 && found.ManagedBy != "" {
			seen.Generation = found.Generation
		}
		err = s.remove(ctx, seen)
	}
	return false, failed("deleting "+seen.URI(), person.Person{}, seen.Bucket, err)
}

// remove deletes one generation, and no other. What is gone already is no error.
func (s *Store) remove(ctx context.Context, seen Object) error {
	err := s.cloud.Repeat(ctx, func(ctx context.Context) error {
		return google.Storage(s.cloud).Objects.Delete(seen.Bucket, seen.Name).IfGenerationMatch(seen.Generation).Context(ctx).Do()
	})
	switch {
	case google.IsGone(err):
		return nil
	case google.IsChanged(err):
		if _, looked := s.look(ctx, seen.Bucket, seen.Name); google.IsGone(looked) {
			return nil
		}
		return superseded(seen)
	}
	return err
}

func superseded(o Object) error {
	return fmt.Errorf("%w: generation %d is not the last one any more", google.ErrChanged, o.Generation)
}

// owns: our mark, and the person's.
func (s *Store) owns(o Object, who person.Person) bool {
	return s.cloud.Ours(o.labels(), who)
}

// foreign: another installation's mark. A file written by hand has none.
func (s *Store) foreign(o Object) bool {
	return o.ManagedBy != "" && o.ManagedBy != s.cloud.Installation
}

func (o Object) labels() map[string]string {
	return map[string]string{google.LabelOwner: o.Owner, google.LabelManagedBy: o.ManagedBy}
}

// marks says in words whose a file is.
func (o Object) marks() string {
	switch {
	case o.ManagedBy == "" && o.Owner == "":
		return "it bears nobody's mark"
	case o.ManagedBy == "":
		return fmt.Sprintf("it is %s's, and no installation's", o.Owner)
	}
	return fmt.Sprintf("it is %s's, managed by the installation %q", o.Owner, o.ManagedBy)
}

// unclear: an upload that may have had its effect, or whose precondition did not hold, perhaps because it had.
func unclear(err error) bool { return google.IsChanged(err) || !google.Refused(err) }

// failed tells of a step of somebody's file. Where the answer is that nothing is there, it is the bucket.
func failed(doing string, who person.Person, bucket string, err error) error {
	var api *googleapi.Error
	if errors.As(err, &api) && api.Code == http.StatusNotFound {
		return &step.Error{
			Step: doing, Person: who, Err: fmt.Errorf("%w: %s (%w)", ErrNoBucket, bucket, err), Words: fmt.Sprintf("there is no bucket %q", bucket),
			Remedy: "Make it first, for instance with provisioner_google_foundation, or name another; the provider's identity must be allowed to see it",
		}
	}
	return google.Failed(doing, who, err)
}
