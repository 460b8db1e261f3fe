resource "provisioner_google_foundation" "notebooks" {
  project            = "example"
  bucket             = "example-notebook-templates"
  bucket_location    = "us-central1"
  service_account_id = "personal-notebooks"

  # In the whole project, and so for everybody who may act as the account: only what notebooks need.
  roles = ["roles/dataproc.worker"]

  # Who owns a notebook must be allowed to act as its service account.
  users = ["ana.diaz@example.com", "bob@example.com"]

  labels = {
    team = "data-science"
  }
}
