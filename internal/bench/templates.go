package main

import (
	"context"
	"net/http"
)

// templates: a Dataproc cluster file and a Spark session template for each person.
var templates = &kind{
	family:   "google",
	title:    "Templates on Google Cloud",
	settings: clusterFile,
	person: required + inputs + `
resource "provisioner_dataproc_template" "file" {
  user_email = var.email
  bucket     = "` + templateBucket + `"
  name       = "single-node"
  template   = var.settings
}

resource "provisioner_spark_session_template" "session" {
  user_email      = var.email
  location        = "us-central1"
  runtime_version = "2.3"
  properties      = { "spark.executor.instances" = "2" }
  labels          = { cost-center = "data-access" }
}
`,
	provider: plainProvider,
	floor:    two,
	speed:    atOnce,
	begin:    makeBucket,
	sorting:  sortGoogle,
	how: "A person has one `provisioner_dataproc_template` and one `provisioner_spark_session_template`, so that the floor has two `terraform_data` a person. " +
		"Of a larger roster the first 500 people are taken: a thousand resources, as of the other kinds, and judged like theirs.",
	oneLatency: true,
	callsNote:  "A person's share, for both, leaves out the lists and the look at the bucket, which a run makes once for everybody. In a plan, every call counts against the 15.",
	most:       -1, // one write a second to the same file, and thousands of calls a minute
}

const templateBucket = "bench-templates"

// clusterFile is the admin's template.
const clusterFile = `clusterName: single-node
config:
  softwareConfig:
    imageVersion: "2.3-debian12"
    optionalComponents: [JUPYTER]
    properties:
      "dataproc:dataproc.allow.zero.workers": "true"
  masterConfig:
    machineTypeUri: n1-standard-4
    diskConfig:
      bootDiskSizeGb: 500
  endpointConfig:
    enableHttpPortAccess: true
  lifecycleConfig:
    idleDeleteTtl: "7200s"
`

func makeBucket(ctx context.Context, sky *cloud) error {
	return sky.ask(ctx, http.MethodPost, "/storage/buckets", map[string]string{"name": templateBucket}, nil)
}
