# Every SlideRule cluster that this installation made, as `terraform query` shows them.
list "provisioner_sliderule_cluster" "all" {
  provider = provisioner
}

# Those that run, with all their attributes.
list "provisioner_sliderule_cluster" "running" {
  provider         = provisioner
  include_resource = true

  config {
    status = "running"
  }
}
