# PROJECT/BUCKET/SERVICE_ACCOUNT_ID, with - for what there is none of.
terraform import provisioner_google_foundation.notebooks example/example-notebook-templates/personal-notebooks
