package leftover

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// The states of a session.
const (
	terminating = "TERMINATING"
	terminated  = "TERMINATED"
	failed      = "FAILED"
)

// Sessions are the sessions in a region that run from a template (its full name, or "" for none), or belong to the
// person and bear our labels. Those that ended or are ending cost nothing, and are not told.
func Sessions(ctx context.Context, cloud *google.Cloud, project, region, template string, who person.Person) ([]Leftover, error) {
	parent := fmt.Sprintf("projects/%s/locations/%s", project, region)
	var found []Leftover
	for token := ""; ; {
		var page *dataproc.ListSessionsResponse
		err := cloud.Ask(ctx, func(ctx context.Context) (err error) {
			page, err = google.Dataproc(cloud).Projects.Locations.Sessions.List(parent).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, google.Failed("looking for sessions that were left over in "+region, who, err)
		}
		for _, s := range page.Sessions {
			if over(s.State) || !runsFrom(s, template) && !belongsTo(s, cloud, who) {
				continue
			}
			name := lastOf(s.Name)
			found = append(found, Leftover{Kind: Session, ID: parent + "/sessions/" + name, Name: name, UUID: s.Uuid, State: s.State, Person: who})
		}
		if token = page.NextPageToken; token == "" {
			return found, nil
		}
	}
}

func over(state string) bool { return state == terminating || state == terminated || state == failed }

// runsFrom compares a session's template, which may be told by its short id or with the project's number. A session is
// always in the project and region of its template.
func runsFrom(s *dataproc.Session, template string) bool {
	return template != "" && s.SessionTemplate != "" && lastOf(s.SessionTemplate) == lastOf(template)
}

// belongsTo: it bears our labels, and is the person's by label or by user.
func belongsTo(s *dataproc.Session, cloud *google.Cloud, who person.Person) bool {
	return who != (person.Person{}) && cloud.Ours(s.Labels, person.Person{}) &&
		(cloud.Ours(s.Labels, who) || who.Is(s.User))
}

func lastOf(name string) string { return name[strings.LastIndex(name, "/")+1:] }

var sessionForm = regexp.MustCompile(`^projects/([^/]+)/locations/([^/]+)/sessions/([^/]+)$`)

// deleteSession ends a session, which keeps its record, and then deletes the record.
func deleteSession(ctx context.Context, cloud *google.Cloud, l Leftover) error {
	if _, err := parse(sessionForm, l.ID); err != nil {
		return err
	}
	if err := terminate(ctx, cloud, l); err != nil {
		return err
	}
	id := request()
	var begun *dataproc.Operation
	err := cloud.Repeat(ctx, func(ctx context.Context) (err error) {
		begun, err = google.Dataproc(cloud).Projects.Locations.Sessions.Delete(l.ID).RequestId(id).Context(ctx).Do()
		return err
	})
	if err != nil {
		return err
	}
	err = cloud.FinishDataproc(ctx, begun.Name)
	if err == nil || errors.Is(err, google.ErrInterrupted) {
		return err
	}
	if _, lookErr := getSession(ctx, cloud, l); google.IsGone(lookErr) { // it went all the same
		return nil
	}
	return notGone(err)
}

// terminate ends a session that runs and waits until it rests. The API has no precondition for the UUID: it is compared
// here, so that a successor of the same name is left alone.
func terminate(ctx context.Context, cloud *google.Cloud, l Leftover) error {
	is, err := getSession(ctx, cloud, l)
	if err != nil || is.State == terminated || is.State == failed {
		return err
	}
	if is.State != terminating {
		if err := end(ctx, cloud, l); err != nil {
			return err
		}
	}
	err = await.Until(ctx, cloud.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		now, err := getSession(ctx, cloud, l)
		return err == nil && now.State != terminating, err
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", google.ErrInterrupted, err)
	}
	return err
}

// end asks Google to end a session. One that ended by itself meanwhile is what was wanted.
func end(ctx context.Context, cloud *google.Cloud, l Leftover) error {
	id := request()
	var begun *dataproc.Operation
	err := cloud.Repeat(ctx, func(ctx context.Context) (err error) {
		begun, err = google.Dataproc(cloud).Projects.Locations.Sessions.Terminate(l.ID, &dataproc.TerminateSessionRequest{RequestId: id}).Context(ctx).Do()
		return err
	})
	if err == nil {
		err = cloud.FinishDataproc(ctx, begun.Name)
	}
	if err == nil || errors.Is(err, google.ErrInterrupted) {
		return err
	}
	switch now, lookErr := getSession(ctx, cloud, l); {
	case google.IsGone(lookErr):
		return lookErr
	case lookErr == nil && over(now.State):
		return nil
	}
	return notGone(err)
}

// getSession looks at the very session; google.ErrGone when it is gone, or another one bears its name by now.
func getSession(ctx context.Context, cloud *google.Cloud, l Leftover) (is *dataproc.Session, err error) {
	err = cloud.Ask(ctx, func(ctx context.Context) (err error) {
		is, err = google.Dataproc(cloud).Projects.Locations.Sessions.Get(l.ID).Context(ctx).Do()
		return err
	})
	if err == nil && l.UUID != "" && is.Uuid != l.UUID {
		return nil, google.ErrGone
	}
	return is, err
}
