# A JupyterHub that starts Dataproc clusters from templates, for projects that still have Dataproc Hub.
resource "provisioner_personal_notebook" "hub" {
  user_email  = "ana.diaz@example.com"
  environment = "dataproc_hub"
  location    = "us-central1-a"

  service_account = "notebooks@example-project.iam.gserviceaccount.com"
  templates       = ["gs://example-templates/dataproc_generated_templates/ana/single-node.yaml"]

  # People's work is on it: neither a destroy nor a replacement is planned by accident.
  deletion_protection = true
}
