package main

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// notebooks: one on Workbench for each person.
var notebooks = &kind{
	family:   "google",
	title:    "Notebooks on Google Cloud",
	settings: notebookSettings,
	person: required + inputs + `
locals {
  settings = jsondecode(var.settings)
}

resource "provisioner_personal_notebook" "notebook" {
  user_email   = var.email
  location     = local.settings.location
  machine_type = local.settings.machine_type
  network      = local.settings.network
  subnet       = local.settings.subnet
  labels       = local.settings.labels
  metadata     = local.settings.metadata
}
`,
	provider: plainProvider,
	floor:    one,
	speed:    atOnce,
	sorting:  sortGoogle,
	alone: &alone{
		slow: slowNotebook,
		note: "Create and wait until the notebook is ACTIVE, with the provider's own defaults. What is left after the cloud's time and Terraform's floor is ours. " +
			"The calls beyond those of the tables above are looks at the operation meanwhile.",
	},
	how: "A person has one `provisioner_personal_notebook` on Workbench, with labels, metadata and a network, and no notification. " +
		"The cloud settles at once, so that what is measured is ours and not its: the looks at an operation that takes its time are counted below, for one person.",
	callsNote:  "A person's share leaves out the lists, which a run makes once for everybody. In a plan, every call counts against the 15.",
	oneLatency: true,
	most:       100,
	limitsNote: "For changes of notebooks no limit is published; the sandbox takes 60 a minute, which is an assumption. " +
		"A roster of hundreds would wait that many minutes for its 60ths, whoever asks; so a small one is measured.",
}

// atOnce is a speed at which three minutes pass before the next call arrives.
const atOnce = "1000000"

const notebookSettings = `{
  "location": "us-central1-a",
  "machine_type": "e2-standard-4",
  "network": "default",
  "subnet": "default",
  "labels": {"cost-center": "data-access", "team": "data-science"},
  "metadata": {"notebook-disable-downloads": "true", "report-event-health": "true"}
}
`

// plainProvider: project, zone and credentials are in the environment.
func plainProvider(bool) string { return "\nprovider \"provisioner\" {}\n" }

func slowNotebook(ctx context.Context, sky *cloud, o options) (time.Duration, error) {
	return o.notebook, sky.ask(ctx, http.MethodPost, "/google/timings", map[string]string{"workbench_create": o.notebook.String()}, nil)
}

// sortGoogle reads a path such as /notebooks/v2/projects/P/locations/L/instances/N: below the version, names and ids
// take turns, and what ends in a name is a collection.
func sortGoogle(c call) class {
	path := c.Path
	switch c.Vendor {
	case "storage":
		path = strings.TrimPrefix(path, "/upload")
		path = strings.TrimPrefix(path, "/storage/v1/")
	case "google":
		_, path, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/") // the API
		_, path, _ = strings.Cut(path, "/")                          // its version
	default:
		return foreign(c)
	}
	parts := strings.Split(path, "/")
	if c.Vendor == "storage" && len(parts) > 4 { // the name of an object may have slashes
		parts = parts[:4]
	}
	collection := parts[(len(parts)-1)/2*2] // the last name
	switch {
	case c.Method == http.MethodGet && len(parts)%2 == 1:
		return class{list: true}
	case c.Vendor == "storage" && collection == "b":
		return class{name: c.Method + " buckets", once: true}
	case c.Vendor == "storage" && collection == "o":
		collection = "objects"
	}
	return class{name: c.Method + " " + collection}
}
