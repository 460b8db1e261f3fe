# Every foundation that this installation made in the provider's project, as `terraform query` shows them.
list "provisioner_google_foundation" "all" {
  provider = provisioner
}

# Those of another project, with all their attributes.
list "provisioner_google_foundation" "other" {
  provider         = provisioner
  include_resource = true

  config {
    project = "example-other"
  }
}
