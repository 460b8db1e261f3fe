package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// aCluster is a running cluster in us-central1 that bears these labels.
func (w *world) aCluster(name, owner, installation string) {
	w.t.Helper()
	err := w.Google.Seed(fake.Cluster, "projects/"+sandbox.GoogleProject+"/regions/us-central1/clusters/"+name, map[string]any{
		"clusterName": name, "projectId": sandbox.GoogleProject, "config": map[string]any{},
		"labels": map[string]string{"provisioner_owner": owner, "provisioner_managed_by": installation},
	}, "RUNNING")
	if err != nil {
		w.t.Fatal(err)
	}
	w.Google.SetTimings(func(t *fake.Timings) { t.ClusterDelete, t.SessionEnd = 50*time.Millisecond, 50*time.Millisecond })
}

func (w *world) clusterNames() string {
	var names []string
	for _, c := range w.Google.Clusters() {
		names = append(names, c.ClusterName)
	}
	return strings.Join(names, " ")
}

// aSession is a session of a template in us-central1.
func (w *world) aSession(name, template string) {
	w.t.Helper()
	place := "projects/" + sandbox.GoogleProject + "/locations/us-central1"
	err := w.Google.Seed(fake.Session, place+"/sessions/"+name, map[string]any{
		"sessionTemplate": place + "/sessionTemplates/" + template, "jupyterSession": map[string]any{"kernel": "PYTHON"},
	}, "ACTIVE")
	if err != nil {
		w.t.Fatal(err)
	}
	w.Google.SetTimings(func(t *fake.Timings) { t.ClusterDelete, t.SessionEnd = 50*time.Millisecond, 50*time.Millisecond })
}

func TestClustersOfAPersonWhoLeaves(t *testing.T) {
	t.Parallel()
	for extra, left := range map[string]string{"": "alien hers his", "delete_leftover_clusters = true": "alien his"} {
		t.Run(fmt.Sprintf("%q", extra), func(t *testing.T) {
			t.Parallel()
			w := newGoogleWorld(t)
			w.aCluster("hers", anaLabel, "default")
			w.aCluster("his", "bob-22222222", "default")
			w.aCluster("alien", anaLabel, "prod")
			w.run(w.on(templateOf(adminFile(t), extra)))
			if got := w.clusterNames(); got != left {
				t.Errorf("the clusters are %s, want %s", got, left)
			}
			if files := w.Storage.Objects(templateBucket); len(files) != 0 {
				t.Errorf("destroy left %v", files)
			}
		})
	}
}

// Moving a person's file is no reason to take their cluster away, unless it was asked for; the plan says which.
func TestThePlanOfADestroyListsLeftoverClusters(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	w.aCluster("hers", anaLabel, "default")
	p := newGoogleProtocol(t, w)
	prior := func(deletes bool, region tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{
			"user_email": text(ana), "bucket": text(templateBucket), "path": text(anaFile), "uri": text("gs://" + templateBucket + "/" + anaFile),
			"delete_leftover_clusters": tftypes.NewValue(tftypes.Bool, deletes), "region": region,
		}
	}
	anywhere := tftypes.NewValue(tftypes.String, nil)
	for name, c := range map[string]struct {
		prior map[string]tftypes.Value
		want  []string
	}{
		"left":      {prior(false, anywhere), []string{"WARNING: Leftovers will run on", ana + " still has the cluster hers (RUNNING) in " + sandbox.GoogleProject + ", us-central1", "set delete_leftover_clusters = true"}},
		"deleted":   {prior(true, anywhere), []string{"WARNING: Leftovers will be deleted", "the cluster hers (RUNNING)", "delete_leftover_clusters is true"}},
		"elsewhere": {prior(true, text("europe-west1")), nil},
	} {
		got := p.destroyWarnings("provisioner_dataproc_template", c.prior)
		if err := contains(got, c.want...); err != nil || (c.want == nil && got != "") {
			t.Errorf("%s: %v, got %q", name, err, got)
		}
	}
	if err := w.Wire.AddFault(wire.Fault{Vendor: "google", Path: "/dataproc/*", Kind: wire.Status, Status: 403, Times: -1}); err != nil {
		t.Fatal(err)
	}
	if err := contains(p.destroyWarnings("provisioner_dataproc_template", prior(false, anywhere)), "WARNING: Leftovers could not be looked for", ana); err != nil {
		t.Error(err)
	}
	if again := p.destroyWarnings("provisioner_dataproc_template", prior(false, anywhere)); again != "" {
		t.Errorf("told again: %s", again)
	}
}

func TestALeftoverThatCannotBeDeletedIsTold(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	w.aCluster("hers", anaLabel, "default")
	config := templateOf(adminFile(t), "delete_leftover_clusters = true")
	w.run(
		w.on(config),
		w.on(config, func(s *resource.TestStep) { s.Destroy = true },
			w.fault(wire.Fault{Vendor: "google", Method: "DELETE", Path: "/dataproc/*", Kind: wire.Status, Status: 403}), fails("A leftover could not be deleted", "cluster hers", ana)),
	)
	if got := w.clusterNames(); got != "" { // the test's own destroy, at the end
		t.Errorf("the clusters are %s", got)
	}
}

func TestSessionsOfAPersonWhoLeaves(t *testing.T) {
	t.Parallel()
	for extra, left := range map[string]int{"": 2, "delete_leftover_sessions = true": 1} {
		t.Run(fmt.Sprintf("%q", extra), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(
				w.on(sessionOf(extra)),
				w.on(sessionOf(extra), first(func() {
					if err := w.Google.Seed(fake.SessionTemplate, anaSession+"-2", map[string]any{"jupyterSession": map[string]any{"kernel": "PYTHON"}}, ""); err != nil {
						t.Error(err)
					}
					w.aSession("hers", "spark-"+anaLabel)
					w.aSession("another", "spark-"+anaLabel+"-2")
				}), nothing),
			)
			if got := w.Google.Sessions(); len(got) != left {
				t.Errorf("%d sessions are left, want %d", len(got), left)
			}
		})
	}
}

func TestThePlanOfADestroyListsLeftoverSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Google.Seed(fake.SessionTemplate, anaSession, map[string]any{"jupyterSession": map[string]any{"kernel": "PYTHON"}}, ""); err != nil {
		t.Fatal(err)
	}
	w.aSession("hers", "spark-"+anaLabel)
	got := newGoogleProtocol(t, w).destroyWarnings("provisioner_spark_session_template", map[string]tftypes.Value{
		"user_email": text(ana), "project": text(sandbox.GoogleProject), "location": text("us-central1"), "id": text(anaSession),
	})
	if err := contains(got, "WARNING: Leftovers will run on", "the session hers (ACTIVE)", "delete_leftover_sessions"); err != nil {
		t.Error(err)
	}
}

func TestLeftoversNeedAPlace(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	step := w.on(templateOf(adminFile(t), "delete_leftover_clusters = true"), fails("Leftovers cannot be looked for", "project", "region"))
	step.Config = strings.Replace(step.Config, fmt.Sprintf("project      = %q", sandbox.GoogleProject), "", 1)
	w.run(step)
}
