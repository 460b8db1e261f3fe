import {
  to = provisioner_sliderule_foundation.this
  id = "sliderule-foundation"
}
