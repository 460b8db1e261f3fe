import {
  to = provisioner_sliderule_release.v5_5_1
  id = "release-20260112090000-0a1b2c3d4e"
}
