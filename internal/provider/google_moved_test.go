package provider_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger/ledgertest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

// gate lets calls through to a vendor, but for one that it holds when armed.
type gate struct {
	url     string
	armed   atomic.Bool
	reached chan struct{} // closed when a call is held
	release chan struct{} // to be closed
}

func newGate(t *testing.T, vendor string) *gate {
	t.Helper()
	at, err := url.Parse(vendor)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{reached: make(chan struct{}), release: make(chan struct{})}
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = at.Scheme, at.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.armed.CompareAndSwap(true, false) {
			close(g.reached)
			<-g.release
		}
		through.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.url = server.URL + at.Path
	return g
}

// A resource that got another address is destroyed at the old one while it is created at the new one. The thing stays,
// and so does all that its person runs: they have not left. The test tells who waits by the whole process, so that no
// other test may run beside it.
func TestWhatAMovedTemplateLeftRunningRunsOn(t *testing.T) { //nolint:paralleltest // see above
	for name, c := range map[string]struct {
		resourceType string
		seed         func(w *world)
		hold         func(at *google.Endpoints) *string
		config, old  map[string]tftypes.Value
		running      func(w *world) int
	}{
		"file": {
			resourceType: "provisioner_dataproc_template",
			seed: func(w *world) {
				if _, err := w.Storage.PutObject(storage.Object{
					Bucket: templateBucket, Name: anaFile, Content: "old: 1", Metadata: map[string]string{"provisioner_owner": anaLabel, "provisioner_managed_by": "default"},
				}); err != nil {
					t.Fatal(err)
				}
				w.aCluster("hers", anaLabel, "default")
			},
			hold:   func(at *google.Endpoints) *string { return &at.Storage },
			config: map[string]tftypes.Value{"user_email": text(ana), "bucket": text(templateBucket), "template": text(adminFile(t))},
			old: map[string]tftypes.Value{
				"user_email": text(ana), "bucket": text(templateBucket), "path": text(anaFile), "uri": text("gs://" + templateBucket + "/" + anaFile), "managed_by": text("default"),
				"delete_leftover_clusters": tftypes.NewValue(tftypes.Bool, true),
			},
			running: func(w *world) int { return len(w.Google.Clusters()) },
		},
		"session template": {
			resourceType: "provisioner_spark_session_template",
			seed: func(w *world) {
				err := w.Google.Seed(fake.SessionTemplate, anaSession, map[string]any{
					"jupyterSession": map[string]any{"kernel": "PYTHON"}, "labels": map[string]string{"provisioner_owner": anaLabel, "provisioner_managed_by": "default"},
				}, "")
				if err != nil {
					t.Fatal(err)
				}
				w.aSession("hers", "spark-"+anaLabel)
			},
			hold:   func(at *google.Endpoints) *string { return &at.Dataproc },
			config: map[string]tftypes.Value{"user_email": text(ana)},
			old: map[string]tftypes.Value{
				"user_email": text(ana), "project": text(sandbox.GoogleProject), "location": text("us-central1"), "id": text(anaSession), "managed_by": text("default"),
				"delete_leftover_sessions": tftypes.NewValue(tftypes.Bool, true),
			},
			running: func(w *world) int { return len(w.Google.Sessions()) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newGoogleWorld(t)
			c.seed(w)
			at := w.googleEndpoints()
			held := c.hold(&at)
			g := newGate(t, *held)
			*held = g.url
			p := googleProtocolOf(t, w, provider.Server("0.0.0-test", provider.WithGoogle(at))())
			of := p.schemas.ResourceSchemas[c.resourceType].ValueType()
			null, config := p.dynamic(tftypes.NewValue(of, nil)), p.dynamic(object(of, c.config))
			planned, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{TypeName: c.resourceType, PriorState: null, ProposedNewState: config, Config: config})
			if err != nil || strings.Contains(told(planned.Diagnostics), "ERROR") {
				t.Fatal(err, told(planned.Diagnostics))
			}
			apply := func(req *tfprotov6.ApplyResourceChangeRequest) (said *string, ended chan struct{}) {
				req.TypeName, said, ended = c.resourceType, new(string), make(chan struct{})
				go func() {
					defer close(ended)
					reply, err := p.ApplyResourceChange(context.Background(), req)
					if err != nil {
						*said = err.Error()
						return
					}
					*said = told(reply.Diagnostics)
				}()
				return said, ended
			}

			g.armed.Store(true)
			created, madeAnew := apply(&tfprotov6.ApplyResourceChangeRequest{PriorState: null, PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate, Config: config})
			<-g.reached
			destroyed, gone := apply(&tfprotov6.ApplyResourceChangeRequest{PriorState: p.dynamic(object(of, c.old)), PlannedState: null, Config: null})
			if !ledgertest.Waiting(gone) {
				t.Errorf("the destroy did not wait: %s", *destroyed)
			}
			close(g.release)
			<-madeAnew
			<-gone
			if *created != "" {
				t.Errorf("create says %s", *created)
			}
			if err := contains(*destroyed, "WARNING: A template was left in place", ana, "another resource of this configuration has it now"); err != nil {
				t.Error(err)
			}
			if n := c.running(w); n != 1 {
				t.Errorf("%d things run on, want one", n)
			}
		})
	}
}
