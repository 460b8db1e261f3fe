import {
  to = provisioner_sliderule_cluster.dev
  id = "dev"
}
