import {
  to = provisioner_google_foundation.notebooks
  id = "example/example-notebook-templates/personal-notebooks"
}
