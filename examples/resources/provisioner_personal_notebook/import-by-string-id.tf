import {
  to = provisioner_personal_notebook.ana
  id = "projects/example-project/locations/us-central1-a/instances/notebook-ana-diaz"
}
