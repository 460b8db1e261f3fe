package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

// Whichever of the two sides Terraform asks about first; notebooks have a test of their own, for more is at stake.
func TestTwoResourcesForOneThingAreToldOfInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		resourceType, kind, named string
		connect                   func(t testing.TB, w *world) *protocol
		seed                      func(w *world) (id string)
		config                    map[string]tftypes.Value
		state                     func(id string) map[string]tftypes.Value
	}{
		{
			resourceType: clusterType, kind: "cluster", named: "single-user-ana-diaz-6idqd22h", connect: newProtocol,
			seed: func(w *world) string {
				return w.Databricks.Seed(compute.CreateCluster{ClusterName: "single-user-ana-diaz-6idqd22h", SingleUserName: ana, SparkVersion: "15.4.x-scala2.12", NumWorkers: 1}, "boss@example.com")
			},
			config: map[string]tftypes.Value{"user_email": text(ana), "defaults_json": text(settings)},
			state: func(id string) map[string]tftypes.Value {
				return map[string]tftypes.Value{"user_email": text("Ana.Diaz@example.com"), "defaults_json": text(settings), "name": text("single-user-ana-diaz-6idqd22h"), "cluster_id": text(id)}
			},
		},
		{
			resourceType: "provisioner_dataproc_template", kind: "file", named: "gs://" + templateBucket + "/" + anaFile, connect: newGoogleProtocol,
			seed: func(w *world) string {
				if _, err := w.Storage.PutObject(storage.Object{Bucket: templateBucket, Name: anaFile, Content: "x: 1"}); err != nil {
					w.t.Fatal(err)
				}
				return "gs://" + templateBucket + "/" + anaFile
			},
			config: map[string]tftypes.Value{"user_email": text(ana), "bucket": text(templateBucket), "template": text(adminFile(t))},
			state: func(id string) map[string]tftypes.Value {
				return map[string]tftypes.Value{"user_email": text(ana), "bucket": text(templateBucket), "path": text(anaFile), "uri": text(id)}
			},
		},
		{
			resourceType: "provisioner_spark_session_template", kind: "session template", named: anaSession, connect: newGoogleProtocol,
			seed: func(w *world) string {
				if err := w.Google.Seed(fake.SessionTemplate, anaSession, map[string]any{"jupyterSession": map[string]any{"kernel": "PYTHON"}}, ""); err != nil {
					w.t.Fatal(err)
				}
				return anaSession
			},
			config: map[string]tftypes.Value{"user_email": text(ana)},
			state: func(id string) map[string]tftypes.Value {
				return map[string]tftypes.Value{"user_email": text(ana), "project": text(sandbox.GoogleProject), "location": text("us-central1"), "name": text("spark-" + anaLabel), "id": text(id)}
			},
		},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			w := newGoogleWorld(t)
			state := c.state(c.seed(w))
			plans := func(p *protocol) string { return p.warningsOf(c.resourceType, c.config) }
			reads := func(p *protocol) string { return p.readsOf(c.resourceType, state) }
			for name, steps := range map[string][]func(*protocol) string{
				"read, then planned":         {reads, plans},
				"planned, then read":         {plans, reads},
				"twice in the state":         {reads, reads},
				"planned, and nobody else's": {plans},
			} {
				p := c.connect(t, w)
				for i, step := range steps {
					said := step(p)
					if strings.Contains(said, "ERROR") || strings.Contains(said, "WARNING: Two resources for one "+c.kind+":") != (i == 1) {
						t.Errorf("%s, step %d: %q", name, i, said)
					}
					if i == 1 {
						if err := contains(said, c.named, "moved block", "terraform state rm"); err != nil {
							t.Errorf("%s: %v", name, err)
						}
					}
				}
			}
		})
	}
}

// readsOf is what a read of a resource with these attributes tells.
func (p *protocol) readsOf(resourceType string, state map[string]tftypes.Value) string {
	p.t.Helper()
	of := p.schemas.ResourceSchemas[resourceType].ValueType()
	reply, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: resourceType, CurrentState: p.dynamic(object(of, state))})
	if err != nil {
		p.t.Fatal(err)
	}
	return told(reply.Diagnostics)
}
