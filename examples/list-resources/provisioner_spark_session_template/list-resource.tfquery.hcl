# Every session template of this installation in the provider's project and location.
list "provisioner_spark_session_template" "all" {
  provider = provisioner
}

# One person's, elsewhere, with all their attributes.
list "provisioner_spark_session_template" "ana" {
  provider         = provisioner
  include_resource = true

  config {
    project    = "example"
    location   = "europe-west1"
    user_email = "ana.diaz@example.com"
  }
}
