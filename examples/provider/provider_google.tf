# Google Cloud, acting as a service account that only has the roles which notebooks and templates need. Who runs this is
# allowed to act as it (roles/iam.serviceAccountTokenCreator), and no key is anywhere.
provider "provisioner" {
  installation = "data-access"

  google = {
    project  = "data-access-prod"
    location = "us-central1-a" # of notebooks; templates are in its region

    impersonate_service_account = "provisioner@data-access-prod.iam.gserviceaccount.com"
    quota_project               = "data-access-billing"
  }
}
