resource "provisioner_sliderule_cluster" "this" {
  cluster       = var.cluster
  node_capacity = var.node_capacity
  time_to_live  = var.time_to_live

  availability_zones = var.availability_zones
  budget             = var.budget
  is_public          = var.is_public
  max_nodes          = var.max_nodes
  min_nodes          = var.min_nodes
  nodes              = var.nodes
  renew              = var.renew
  sleep              = var.sleep
  timeouts           = var.timeouts
  version            = var.cluster_version
  wait               = var.wait
  when_expired       = var.when_expired
}
