package notebook

import (
	"context"
	"encoding/json"

	notebooks "google.golang.org/api/notebooks/v1"
	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

func (p *bench) creation(ctx context.Context, id string) (operation string, now google.Progress, err error) {
	return lastCreation(Workbench, id, func(parent string, each operationTaker) error {
		return google.Workbench(p.cloud).Projects.Locations.Operations.List(parent).Pages(ctx, func(page *workbench.ListOperationsResponse) error {
			for _, o := range page.Operations {
				each(o.Name, o.Metadata, google.ProgressOf(o.Done, o.Error))
			}
			return nil
		})
	})
}

func (p *managed) creation(ctx context.Context, id string) (operation string, now google.Progress, err error) {
	return p.made(ctx, Managed, id)
}

func (p *hub) creation(ctx context.Context, id string) (operation string, now google.Progress, err error) {
	return p.made(ctx, DataprocHub, id)
}

func (l legacy) made(ctx context.Context, environment Environment, id string) (operation string, now google.Progress, err error) {
	return lastCreation(environment, id, func(parent string, each operationTaker) error {
		return google.Notebooks(l.cloud).Projects.Locations.Operations.List(parent).Pages(ctx, func(page *notebooks.ListOperationsResponse) error {
			for _, o := range page.Operations {
				each(o.Name, o.Metadata, google.ProgressOf(o.Done, (*workbench.Status)(o.Error)))
			}
			return nil
		})
	})
}

// operationTaker takes one operation of a list.
type operationTaker func(name string, metadata []byte, now google.Progress)

// lastCreation looks for the last operation that made a notebook among those that Google remembers of its location.
func lastCreation(environment Environment, id string, list func(parent string, each operationTaker) error) (operation string, now google.Progress, err error) {
	at, _, err := split(id, environment)
	if err != nil {
		return "", google.Progress{}, err
	}
	latest := ""
	err = list(parentOf(at.project, at.location), func(name string, metadata []byte, progress google.Progress) {
		var about struct{ CreateTime, Target, Verb string }
		if json.Unmarshal(metadata, &about) == nil && about.Verb == "create" && describedIn(environment, at.project, about.Target) == id && about.CreateTime >= latest {
			latest, operation, now = about.CreateTime, name, progress
		}
	})
	return operation, now, err
}
