package session

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// pageSize is what one page of a list is asked to hold; Google may give less.
const pageSize = 1000

// Read looks at a template; google.ErrGone when it is not there. Many reads of one project and region are answered
// from one list. Whose it is the caller knows, who says so with google.Failed.
func (d *Desk) Read(ctx context.Context, id string) (*Template, error) {
	t, err := parse(id)
	if err != nil {
		return nil, err
	}
	is, err := d.listOf(t.parent()).Read(ctx, id)
	if err != nil {
		return nil, err
	}
	return read(is), nil
}

// List is every template of this installation in a project and region, by name.
func (d *Desk) List(ctx context.Context, project, location string) ([]*Template, error) {
	all, err := d.listOf(Template{Project: project, Location: location}.parent()).All(ctx)
	if err != nil {
		return nil, google.Failed("listing the session templates of "+project+" in "+location, person.Person{}, err)
	}
	var ours []*Template
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if d.cloud.Ours(all[id].Labels, person.Person{}) {
			ours = append(ours, read(all[id]))
		}
	}
	return ours, nil
}

// get asks for one template.
func (d *Desk) get(ctx context.Context, id string) (is *dataproc.SessionTemplate, err error) {
	err = d.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		is, err = google.Dataproc(d.cloud).Projects.Locations.SessionTemplates.Get(id).Context(ctx).Do()
		return err
	})
	if google.IsGone(err) {
		return nil, fmt.Errorf("%w (%w)", google.ErrGone, err)
	}
	if err != nil {
		return nil, err
	}
	is.Name = id // Google may write the project's number in it
	return is, nil
}

// page takes the whole list, page by page: one that fails is asked for again, not all of them.
func (d *Desk) page(ctx context.Context, parent string) (map[string]*dataproc.SessionTemplate, error) {
	all := map[string]*dataproc.SessionTemplate{}
	for token := ""; ; {
		var answer *dataproc.ListSessionTemplatesResponse
		err := d.cloud.Ask(ctx, func(ctx context.Context) (err error) {
			answer, err = google.Dataproc(d.cloud).Projects.Locations.SessionTemplates.List(parent).PageSize(pageSize).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, t := range answer.SessionTemplates {
			t.Name = Template{Name: t.Name[strings.LastIndex(t.Name, "/")+1:]}.below(parent) // Google may write the project's number in it
			all[t.Name] = t
		}
		if token = answer.NextPageToken; token == "" {
			return all, nil
		}
	}
}
