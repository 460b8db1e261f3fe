# Google Cloud by workload identity: the file says how the runner's own identity is exchanged for a token, and holds no
# secret. Where a runner puts its credentials into the environment, as HCP Terraform does, leave credentials_source out.
provider "provisioner" {
  installation = "data-access"

  google = {
    project            = "data-access-prod"
    location           = "europe-west1-b"
    credentials_source = "file:/run/identity/google.json"
  }
}
