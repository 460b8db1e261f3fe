package notebook

import (
	"context"

	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// bench is the product Workbench: instances of Notebooks v2, one owner each.
type bench struct {
	cloud *google.Cloud
}

func newWorkbench(cloud *google.Cloud) product { return &bench{cloud: cloud} }

func (p *bench) calls() *workbench.ProjectsLocationsInstancesService {
	return google.Workbench(p.cloud).Projects.Locations.Instances
}

func (p *bench) get(ctx context.Context, id string) (*Notebook, error) {
	i, err := p.calls().Get(id).Context(ctx).Do()
	if err != nil {
		return nil, gone(id, err)
	}
	return p.describe(id, i), nil
}

// pageSize is as large as other clients of this API ask for; its limit is not published.
const pageSize = 500

func (p *bench) list(ctx context.Context, project, location string) (map[string]*Notebook, error) {
	all := map[string]*Notebook{}
	err := p.calls().List(parentOf(project, location)).PageSize(pageSize).Pages(ctx, func(page *workbench.ListInstancesResponse) error {
		for _, i := range page.Instances {
			id := describedIn(Workbench, project, i.Name)
			all[id] = p.describe(id, i)
		}
		return whole(page.Unreachable)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (p *bench) create(ctx context.Context, w Wanted, request string) (string, error) {
	return operated(p.calls().Create(parentOf(w.Project, w.Location), p.instance(w)).InstanceId(w.Name).RequestId(request).Context(ctx).Do())
}

// start and stop take no request id; a second one is refused while the first is under way, and the state tells.
func (p *bench) start(ctx context.Context, id, _ string) (string, error) {
	return operated(p.calls().Start(id, &workbench.StartInstanceRequest{}).Context(ctx).Do())
}

func (p *bench) stop(ctx context.Context, id, _ string) (string, error) {
	return operated(p.calls().Stop(id, &workbench.StopInstanceRequest{}).Context(ctx).Do())
}

func (p *bench) remove(ctx context.Context, id, request string) (string, error) {
	return operated(p.calls().Delete(id).RequestId(request).Context(ctx).Do())
}

func (p *bench) finish(ctx context.Context, operation string) error {
	return p.cloud.FinishWorkbench(ctx, operation)
}

// operated is the name of an operation that a call began.
func operated(o *workbench.Operation, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return o.Name, nil
}
