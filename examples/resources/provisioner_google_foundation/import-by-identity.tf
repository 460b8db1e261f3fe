import {
  to = provisioner_google_foundation.notebooks
  identity = {
    project            = "example"
    bucket             = "example-notebook-templates"
    service_account_id = "personal-notebooks"
  }
}
