package singleuser

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/service/compute"
)

// reader reads what a plan asks for a thousand times. The SDK's transport, credentials and errors serve it; its reply
// types do not: they take most of a millisecond of reflection for each cluster (docs/adr/0003).
type reader struct{ client *client.DatabricksClient }

// details is what a workspace says of a cluster: the few fields that are looked at, and the whole as it came.
type details struct {
	ClusterID              string                     `json:"cluster_id"`
	ClusterName            string                     `json:"cluster_name"`
	SingleUserName         string                     `json:"single_user_name"`
	State                  compute.State              `json:"state"`
	StateMessage           string                     `json:"state_message"`
	AutoterminationMinutes int                        `json:"autotermination_minutes"`
	Creator                string                     `json:"creator_user_name"`
	CustomTags             map[string]string          `json:"custom_tags"`
	StartTime              int64                      `json:"start_time"`
	TerminatedTime         int64                      `json:"terminated_time"`
	TerminationReason      *compute.TerminationReason `json:"termination_reason"`

	raw json.RawMessage
}

// UnmarshalJSON keeps the whole beside the fields.
func (d *details) UnmarshalJSON(text []byte) error {
	type fields details
	if err := json.Unmarshal(text, (*fields)(d)); err != nil {
		return err
	}
	d.raw = append(json.RawMessage(nil), text...)
	return nil
}

// libraryStatus is one library of a cluster.
type libraryStatus struct {
	Library  library                      `json:"library"`
	Status   compute.LibraryInstallStatus `json:"status"`
	Messages []string                     `json:"messages"`
	ForAll   bool                         `json:"is_library_for_all_clusters"`
}

func (r reader) get(ctx context.Context, path string, query, reply any) error {
	headers := map[string]string{"Accept": "application/json"}
	if id := r.client.Config.WorkspaceID; id != "" {
		headers["X-Databricks-Workspace-Id"] = id
	}
	return r.client.Do(ctx, http.MethodGet, path, headers, map[string]any{}, query, reply)
}

func (r reader) cluster(ctx context.Context, id string) (*details, error) {
	var reply details
	err := r.get(ctx, "/api/2.1/clusters/get", compute.GetClusterRequest{ClusterId: id}, &reply)
	return &reply, err
}

// clusters reads every page of a list. List items have no spec.
func (r reader) clusters(ctx context.Context, filter compute.ListClustersFilterBy) (all []*details, err error) {
	request := compute.ListClustersRequest{PageSize: pageSize, FilterBy: &filter}
	for {
		var page struct {
			Clusters      []*details `json:"clusters"`
			NextPageToken string     `json:"next_page_token"`
		}
		if err := r.get(ctx, "/api/2.1/clusters/list", request, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Clusters...)
		if request.PageToken = page.NextPageToken; request.PageToken == "" {
			return all, nil
		}
	}
}

// clusterLibraries is what the workspace says of one cluster's libraries.
type clusterLibraries struct {
	ClusterID string          `json:"cluster_id"`
	Statuses  []libraryStatus `json:"library_statuses"`
}

func (r reader) libraries(ctx context.Context, id string) ([]libraryStatus, error) {
	var reply clusterLibraries
	err := r.get(ctx, "/api/2.0/libraries/cluster-status", compute.ClusterStatus{ClusterId: id}, &reply)
	return reply.Statuses, err
}

// allLibraries reads the libraries of the whole workspace: the vendor has no paging for it.
func (r reader) allLibraries(ctx context.Context) ([]clusterLibraries, error) {
	var reply struct {
		Statuses []clusterLibraries `json:"statuses"`
	}
	err := r.get(ctx, "/api/2.0/libraries/all-cluster-statuses", nil, &reply)
	return reply.Statuses, err
}

func (r reader) permissions(ctx context.Context, id string) ([]Entry, error) {
	var reply accessControl
	err := r.get(ctx, "/api/2.0/permissions/clusters/"+id, nil, &reply)
	return reply.direct(), err
}

// accessControl is the reply to every call about permissions.
type accessControl struct {
	List []struct {
		User             string `json:"user_name"`
		Group            string `json:"group_name"`
		ServicePrincipal string `json:"service_principal_name"`
		All              []struct {
			Level     compute.ClusterPermissionLevel `json:"permission_level"`
			Inherited bool                           `json:"inherited"`
		} `json:"all_permissions"`
	} `json:"access_control_list"`
}

// direct are the entries that somebody wrote on the cluster itself; inherited ones come from the workspace.
func (a accessControl) direct() (entries []Entry) {
	for _, item := range a.List {
		e := Entry{Kind: User, Principal: item.User}
		switch {
		case item.Group != "":
			e = Entry{Kind: Group, Principal: item.Group}
		case item.ServicePrincipal != "":
			e = Entry{Kind: ServicePrincipal, Principal: item.ServicePrincipal}
		}
		for _, p := range item.All {
			if !p.Inherited {
				e.Level = p.Level
				entries = append(entries, e)
				break
			}
		}
	}
	return entries
}
