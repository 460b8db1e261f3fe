package notebook

import (
	"context"

	notebooks "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// hub is the product of the environment [DataprocHub]: an instance of Notebooks v1, in a zone, that runs JupyterHub and
// starts Dataproc clusters from the files that its owner may pick. Nobody's notebook runs on it.
//
// Who data is read as is therefore decided by those files: with personal authentication, which our templates set, a
// cluster reads as the hub's owner (user:e-mail), and only Cloud Storage unless the project widened the boundary. The
// hub's own machine, which starts the clusters, runs as its service account.
//
// Google deprecated it together with the instances that it runs on; a hub cannot be built on Notebooks v2.
type hub struct{ legacy }

func newHub(cloud *google.Cloud) product {
	return &hub{legacy: legacy{cloud: cloud, named: "Dataproc Hub"}}
}

func (p *hub) calls() *notebooks.ProjectsLocationsInstancesService {
	return google.Notebooks(p.cloud).Projects.Locations.Instances
}

func (p *hub) get(ctx context.Context, id string) (*Notebook, error) {
	i, err := p.calls().Get(id).Context(ctx).Do()
	if err != nil {
		return nil, gone(id, err)
	}
	return describeHub(id, i), nil
}

// list has instances that are no hubs too: they take names.
func (p *hub) list(ctx context.Context, project, location string) (map[string]*Notebook, error) {
	all := map[string]*Notebook{}
	err := p.elsewhere(ctx, project, location, google.IsZone, func(location string) error {
		return p.calls().List(parentOf(project, location)).Pages(ctx, func(page *notebooks.ListInstancesResponse) error {
			for _, i := range page.Instances {
				id := describedIn(DataprocHub, project, i.Name)
				all[id] = describeHub(id, i)
			}
			return whole(page.Unreachable)
		})
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// create has no use for a request id: the API takes none. The name makes a second call fail, and never a second hub.
func (p *hub) create(ctx context.Context, w Wanted, _ string) (string, error) {
	if len(w.Templates) == 0 {
		return "", lacking("templates: a hub starts nothing but what they describe")
	}
	o, err := p.calls().Create(parentOf(w.Project, w.Location), p.instance(w)).InstanceId(w.Name).Context(ctx).Do()
	operation, err := operationName(o, err)
	return operation, p.refused(ctx, w, err)
}

func (p *hub) start(ctx context.Context, id, _ string) (string, error) {
	o, err := p.calls().Start(id, &notebooks.StartInstanceRequest{}).Context(ctx).Do()
	return operationName(o, err)
}

func (p *hub) stop(ctx context.Context, id, _ string) (string, error) {
	o, err := p.calls().Stop(id, &notebooks.StopInstanceRequest{}).Context(ctx).Do()
	return operationName(o, err)
}

func (p *hub) remove(ctx context.Context, id, _ string) (string, error) {
	o, err := p.calls().Delete(id).Context(ctx).Do()
	return operationName(o, gone(id, err))
}
