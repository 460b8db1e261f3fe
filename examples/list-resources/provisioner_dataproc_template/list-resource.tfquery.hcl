# Every template of this installation in a bucket, as `terraform query` shows them.
list "provisioner_dataproc_template" "all" {
  provider = provisioner

  config {
    bucket = "example-notebook-templates"
  }
}

# One person's, with all their attributes.
list "provisioner_dataproc_template" "ana" {
  provider         = provisioner
  include_resource = true

  config {
    bucket     = "example-notebook-templates"
    prefix     = "dataproc_generated_templates"
    user_email = "ana.diaz@example.com"
  }
}
