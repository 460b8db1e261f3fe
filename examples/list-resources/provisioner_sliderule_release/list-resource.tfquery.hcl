# Every release that this installation ran and that has left something, as `terraform query` shows them.
list "provisioner_sliderule_release" "all" {
  provider = provisioner
}

# Those that passed, with the digests of their images.
list "provisioner_sliderule_release" "passed" {
  provider         = provisioner
  include_resource = true

  config {
    status = "passed"
  }
}
