# Every cluster that this installation made, as `terraform query` shows them.
list "provisioner_single_user_cluster" "all" {
  provider = provisioner
}

# One person's, with all their attributes.
list "provisioner_single_user_cluster" "ana" {
  provider         = provisioner
  include_resource = true

  config {
    user_email = "ana.diaz@example.com"
  }
}
