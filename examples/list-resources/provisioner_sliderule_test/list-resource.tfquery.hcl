# Every test that this installation ran and that has left something, as `terraform query` shows them.
list "provisioner_sliderule_test" "all" {
  provider = provisioner
}

# Those that did not pass, with all their attributes.
list "provisioner_sliderule_test" "failed" {
  provider         = provisioner
  include_resource = true

  config {
    status = "failed"
  }
}
