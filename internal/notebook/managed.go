package notebook

import (
	"context"

	notebooks "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// managed is the product of the environment [Managed]: a runtime of Notebooks v1, in a region. With single-user access
// all that runs in it runs as its owner, without anybody's consent.
//
// Google stopped making runtimes on 2025-04-14 and promised those that exist until 2026-03-30: this is for projects
// where the API still answers, and for moving off it.
type managed struct{ legacy }

func newManaged(cloud *google.Cloud) product {
	return &managed{legacy: legacy{cloud: cloud, named: "managed notebook"}}
}

func (p *managed) calls() *notebooks.ProjectsLocationsRuntimesService {
	return google.Notebooks(p.cloud).Projects.Locations.Runtimes
}

func (p *managed) get(ctx context.Context, id string) (*Notebook, error) {
	r, err := p.calls().Get(id).Context(ctx).Do()
	if err != nil {
		return nil, gone(id, err)
	}
	return describeRuntime(id, r), nil
}

func (p *managed) list(ctx context.Context, project, location string) (map[string]*Notebook, error) {
	all := map[string]*Notebook{}
	err := p.elsewhere(ctx, project, location, google.IsRegion, func(location string) error {
		return p.calls().List(parentOf(project, location)).Pages(ctx, func(page *notebooks.ListRuntimesResponse) error {
			for _, r := range page.Runtimes {
				id := describedIn(Managed, project, r.Name)
				all[id] = describeRuntime(id, r)
			}
			return whole(page.Unreachable)
		})
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (p *managed) create(ctx context.Context, w Wanted, request string) (string, error) {
	body, err := p.runtime(w)
	if err != nil {
		return "", err
	}
	operation, err := p.post(ctx, w, request, body)
	if machine := body.VirtualMachine.VirtualMachineConfig; err != nil && machine.Network != "" && dislikesBoth(err) {
		machine.Network = "" // a refusal made nothing, and the subnetwork implies its network
		operation, err = p.post(ctx, w, request, body)
	}
	return operation, p.refused(ctx, w, err)
}

func (p *managed) post(ctx context.Context, w Wanted, request string, body *notebooks.Runtime) (string, error) {
	o, err := p.calls().Create(parentOf(w.Project, w.Location), body).RuntimeId(w.Name).RequestId(request).Context(ctx).Do()
	return operationName(o, err)
}

func (p *managed) start(ctx context.Context, id, request string) (string, error) {
	o, err := p.calls().Start(id, &notebooks.StartRuntimeRequest{RequestId: request}).Context(ctx).Do()
	return operationName(o, err)
}

func (p *managed) stop(ctx context.Context, id, request string) (string, error) {
	o, err := p.calls().Stop(id, &notebooks.StopRuntimeRequest{RequestId: request}).Context(ctx).Do()
	return operationName(o, err)
}

func (p *managed) remove(ctx context.Context, id, request string) (string, error) {
	o, err := p.calls().Delete(id).RequestId(request).Context(ctx).Do()
	return operationName(o, gone(id, err))
}

func operationName(o *notebooks.Operation, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return o.Name, nil
}
