import {
  to = provisioner_sliderule_test.main
  id = "test-20260112090000-0a1b2c3d4e"
}
