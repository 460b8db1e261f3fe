package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// clusters: one on Databricks for each person.
var clusters = &kind{
	family:   "databricks",
	title:    "Clusters on Databricks",
	settings: settings,
	person:   clusterPerson(false),
	provider: clusterProvider,
	floor:    one,
	speed:    "600", // nobody waits here; what is created shall come to rest soon
	sorting:  sortDatabricks,
	alone: &alone{
		person: clusterPerson(true),
		slow:   slowWarmUp,
		note:   "Create, start, install, stop, with the provider's own defaults. What is left after the cloud's time and Terraform's floor is ours.",
	},
	how:       "A person has one `provisioner_single_user_cluster`: a settings file with one library, `warm_up = false` and no notification, unless said otherwise.",
	callsNote: "A person's share leaves out the lists and the discovery, which a run makes once for everybody. In a plan, everything but the permission reads counts against the 15.",
	limitsNote: "The limits are the vendor's published ones, 100 permission reads and 30 permission changes a second. " +
		"For calls about clusters and libraries none is published; the sandbox takes 30 a second, which is an assumption.",
	permissions: true,
	peer:        databricksPeer,
	peerNote:    databricksPeerNote,
}

// settings is the shared settings file: a clusters/create body and one library.
const settings = `{
  "spark_version": "16.4.x-scala2.12",
  "node_type_id": "i3.xlarge",
  "num_workers": 1,
  "data_security_mode": "SINGLE_USER",
  "autotermination_minutes": 30,
  "spark_conf": {"spark.databricks.delta.preview.enabled": "true"},
  "custom_tags": {"cost-center": "data-access"},
  "libraries": [{"pypi": {"package": "geopandas==1.0.1"}}]
}
`

// clusterPerson has no notification: Slack is not counted.
func clusterPerson(warmUp bool) string {
	return required + inputs + fmt.Sprintf(`
resource "provisioner_single_user_cluster" "cluster" {
  user_email    = var.email
  defaults_json = var.settings
  warm_up       = %t
}
`, warmUp)
}

// unlimited is a rate that nothing here reaches.
const unlimited = 1_000_000

// clusterProvider calls as fast as it can, or as the vendor's published limits have it.
func clusterProvider(limited bool) string {
	if limited {
		return "\nprovider \"provisioner\" {}\n"
	}
	return fmt.Sprintf("\nprovider \"provisioner\" {\n  databricks = { rate_limit_per_second = %d }\n}\n", unlimited)
}

// timings are how long the cloud takes for each step of a warm-up.
type timings struct{ Start, Library, Stop time.Duration }

func (t timings) whole() time.Duration { return t.Start + t.Library + t.Stop }

func slowWarmUp(ctx context.Context, sky *cloud, o options) (time.Duration, error) {
	return o.warm.whole(), sky.ask(ctx, http.MethodPost, "/databricks/timings",
		map[string]string{"start": o.warm.Start.String(), "library": o.warm.Library.String(), "stop": o.warm.Stop.String()}, nil)
}

// discovery is how an SDK finds out what kind of workspace it talks to.
const discovery = "discovery"

func sortDatabricks(c call) class {
	permission := strings.HasPrefix(c.Path, "/api/2.0/permissions/")
	switch {
	case c.Method == http.MethodGet && (strings.HasSuffix(c.Path, "/list") || strings.HasSuffix(c.Path, "/all-cluster-statuses")):
		return class{list: true}
	case c.Method == http.MethodGet && permission:
		return class{permissionRead: true}
	case permission:
		return class{name: c.Method + " permissions"}
	case strings.HasPrefix(c.Path, "/.well-known/"), strings.HasPrefix(c.Path, "/oidc/"):
		return class{name: discovery, once: true}
	case strings.HasPrefix(c.Path, "/api/"):
		parts := strings.SplitN(c.Path, "/", 4) // "", "api", version, operation
		return class{name: parts[len(parts)-1]}
	}
	return foreign(c)
}
