# Every foundation that this installation made in the provider's account and region, as `terraform query` shows them.
list "provisioner_sliderule_foundation" "all" {
  provider = provisioner
}
