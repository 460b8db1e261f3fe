import {
  to = provisioner_personal_notebook.ana
  identity = {
    id          = "projects/example-project/locations/us-central1-a/instances/notebook-ana-diaz"
    environment = "workbench"
  }
}
