package notebook

import (
	"context"
	"encoding/json"

	notebooks "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

func (p *managed) creation(ctx context.Context, id string) (string, google.Progress, error) {
	return p.made(ctx, Managed, id)
}

func (p *hub) creation(ctx context.Context, id string) (string, google.Progress, error) {
	return p.made(ctx, DataprocHub, id)
}

// made looks for the last operation that made a notebook among those that Google remembers of its location.
func (l legacy) made(ctx context.Context, environment Environment, id string) (operation string, now google.Progress, err error) {
	at, _, err := split(id, environment)
	if err != nil {
		return "", google.Progress{}, err
	}
	latest := ""
	err = google.Notebooks(l.cloud).Projects.Locations.Operations.List(parentOf(at.project, at.location)).Pages(ctx, func(page *notebooks.ListOperationsResponse) error {
		for _, o := range page.Operations {
			var about struct{ CreateTime, Target, Verb string }
			if json.Unmarshal(o.Metadata, &about) != nil || about.Verb != "create" || describedIn(environment, at.project, about.Target) != id || about.CreateTime < latest {
				continue
			}
			latest, operation, now = about.CreateTime, o.Name, google.Progress{Done: o.Done}
			if o.Error != nil {
				now.Err = &google.OperationError{Code: o.Error.Code, Message: o.Error.Message}
			}
		}
		return nil
	})
	return operation, now, err
}

var _, _ historian = (*managed)(nil), (*hub)(nil)
