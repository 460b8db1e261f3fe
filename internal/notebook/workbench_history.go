package notebook

import (
	"context"
	"encoding/json"

	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// creation looks for the last operation that made an instance among those that Google remembers of its location.
func (p *bench) creation(ctx context.Context, id string) (operation string, now google.Progress, err error) {
	at, _, err := split(id, Workbench)
	if err != nil {
		return "", google.Progress{}, err
	}
	latest := ""
	err = google.Workbench(p.cloud).Projects.Locations.Operations.List(parentOf(at.project, at.location)).Pages(ctx, func(page *workbench.ListOperationsResponse) error {
		for _, o := range page.Operations {
			var about struct{ CreateTime, Target, Verb string }
			if json.Unmarshal(o.Metadata, &about) != nil || about.Verb != "create" || describedIn(Workbench, at.project, about.Target) != id || about.CreateTime < latest {
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
