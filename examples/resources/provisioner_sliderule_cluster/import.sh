# The name of the cluster. The first apply takes its time to live from the configuration, and leaves its end where it is.
terraform import provisioner_sliderule_cluster.dev dev
