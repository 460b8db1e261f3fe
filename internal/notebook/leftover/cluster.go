package leftover

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

const deleting = "DELETING"

// Clusters are the person's clusters in a region, found by the owner's label and this installation's. Those on their
// way out are not told; those that failed or were stopped are, because their disks cost money.
func Clusters(ctx context.Context, cloud *google.Cloud, project, region string, who person.Person) ([]Leftover, error) {
	if who == (person.Person{}) { // nobody's labels would be everybody's
		return nil, nil
	}
	filter := fmt.Sprintf("labels.%s = %s AND labels.%s = %s", google.LabelOwner, who.Label(), google.LabelManagedBy, cloud.Installation)
	var found []Leftover
	for token := ""; ; {
		var page *dataproc.ListClustersResponse
		err := cloud.Ask(ctx, func(ctx context.Context) (err error) {
			page, err = google.Dataproc(cloud).Projects.Regions.Clusters.List(project, region).Filter(filter).PageToken(token).Context(ctx).Do()
			return err
		})
		if err != nil {
			return nil, google.Failed("looking for clusters that were left over in "+region, who, err)
		}
		for _, c := range page.Clusters {
			state := ""
			if c.Status != nil {
				state = c.Status.State
			}
			if state == deleting || !cloud.Ours(c.Labels, who) { // a filter that was not understood would list everybody's
				continue
			}
			id := fmt.Sprintf("projects/%s/regions/%s/clusters/%s", project, region, c.ClusterName)
			found = append(found, Leftover{Kind: Cluster, ID: id, Name: c.ClusterName, UUID: c.ClusterUuid, State: state, Person: who})
		}
		if token = page.NextPageToken; token == "" {
			return found, nil
		}
	}
}

var clusterForm = regexp.MustCompile(`^projects/([^/]+)/regions/([^/]+)/clusters/([^/]+)$`)

// deleteCluster names the very cluster by its UUID: Google answers 404 when another one bears its name by now.
func deleteCluster(ctx context.Context, cloud *google.Cloud, l Leftover) error {
	p, err := parse(clusterForm, l.ID)
	if err != nil {
		return err
	}
	id := request()
	var begun *dataproc.Operation
	err = cloud.Repeat(ctx, func(ctx context.Context) (err error) {
		call := google.Dataproc(cloud).Projects.Regions.Clusters.Delete(p.project, p.place, p.name).RequestId(id)
		if l.UUID != "" {
			call = call.ClusterUuid(l.UUID)
		}
		begun, err = call.Context(ctx).Do()
		return err
	})
	if google.IsGone(err) {
		return err
	}
	if err == nil {
		err = cloud.FinishDataproc(ctx, begun.Name)
	}
	if err == nil || errors.Is(err, google.ErrInterrupted) {
		return err
	}
	return awaitCluster(ctx, cloud, p, l, notGone(err))
}

// awaitCluster looks what a refusal or a failed operation means: a cluster that somebody else is deleting already is
// waited for.
func awaitCluster(ctx context.Context, cloud *google.Cloud, p parts, l Leftover, cause error) error {
	err := await.Until(ctx, cloud.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		var is *dataproc.Cluster
		err := cloud.Ask(ctx, func(ctx context.Context) (err error) {
			is, err = google.Dataproc(cloud).Projects.Regions.Clusters.Get(p.project, p.place, p.name).Context(ctx).Do()
			return err
		})
		switch {
		case google.IsGone(err):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("%w; what became of it could not be found out: %w", cause, err)
		case l.UUID != "" && is.ClusterUuid != l.UUID: // a successor: ours is gone
			return true, nil
		case is.Status == nil || is.Status.State != deleting:
			return false, cause
		}
		return false, nil
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", google.ErrInterrupted, err)
	}
	return err
}
