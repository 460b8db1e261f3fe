// Package leftover finds what runs on for people after their notebook or template is gone: Dataproc clusters and
// Spark sessions.
package leftover

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Kind is what sort of thing was left over.
type Kind string

// The kinds.
const (
	Cluster Kind = "cluster"
	Session Kind = "session"
)

// Leftover is one thing that costs money for nobody.
type Leftover struct {
	Kind  Kind
	ID    string // full name
	Name  string
	UUID  string // so that a successor of the same name is never deleted in its place
	State string

	Person person.Person // who was asked for
}

// Delete removes one and waits until it is gone. What is gone already is no error. A wait that ended on our side is
// google.ErrInterrupted: Google goes on deleting.
func Delete(ctx context.Context, cloud *google.Cloud, l Leftover) error {
	remove := map[Kind]func(context.Context, *google.Cloud, Leftover) error{Cluster: deleteCluster, Session: deleteSession}[l.Kind]
	if remove == nil {
		return fmt.Errorf("deleting %s: %q is no kind of leftover", l.ID, l.Kind)
	}
	err := remove(ctx, cloud, l)
	if google.IsGone(err) {
		return nil
	}
	return google.Failed(fmt.Sprintf("deleting the %s %s", l.Kind, l.Name), l.Person, err)
}

// notGone hides that an operation's record could not be found: that is no proof that the thing itself is gone.
func notGone(err error) error {
	if google.IsGone(err) {
		return fmt.Errorf("Google lost the operation, and it is still there: %s", err.Error())
	}
	return err
}

// request is an id by which Google knows that a call is the same one again.
func request() string { return rand.Text() }

// taken apart: an id's project, place and name.
type parts struct{ project, place, name string }

func parse(form *regexp.Regexp, id string) (parts, error) {
	found := form.FindStringSubmatch(id)
	if found == nil {
		return parts{}, fmt.Errorf("%q is not the id of a leftover", id)
	}
	return parts{found[1], found[2], found[3]}, nil
}
