import {
  to = provisioner_sliderule_foundation.this
  identity = {
    name    = "sliderule-foundation"
    region  = "us-west-2"
    account = "123456789012"
  }
}
