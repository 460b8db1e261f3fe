import {
  to = provisioner_sliderule_release.v5_5_1
  identity = {
    run_id = "release-20260112090000-0a1b2c3d4e"

    # Optional: an import from another place is refused.
    region  = "us-west-2"
    account = "123456789012"
  }
}
