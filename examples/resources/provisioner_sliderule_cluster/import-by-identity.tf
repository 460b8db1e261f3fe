import {
  to = provisioner_sliderule_cluster.dev
  identity = {
    cluster = "dev"

    # Optional: an import from another place is refused.
    region  = "us-west-2"
    account = "123456789012"
  }
}
