# Every notebook that this installation made in the provider's project, as `terraform query` shows them.
list "provisioner_personal_notebook" "all" {
  provider = provisioner
}

# One person's in one zone, with all their attributes.
list "provisioner_personal_notebook" "ana" {
  provider         = provisioner
  include_resource = true

  config {
    user_email = "ana.diaz@example.com"
    location   = "us-central1-a"
  }
}
