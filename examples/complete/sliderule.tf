# SlideRule on AWS, for those who get a cluster there: without them none of this is made.

# Once for everybody: what ends the clusters, and what they may do.
resource "provisioner_sliderule_foundation" "this" {
  count = length(module.roster.gets.sliderule_cluster) > 0 ? 1 : 0

  certificate_source  = coalesce(var.sliderule.certificate_source, "s3://data-access-sliderule/cf/${var.sliderule.domain}.pem")
  domain              = var.sliderule.domain
  github_organization = var.sliderule.github_organization
  registry            = var.sliderule.registry
}

module "sliderule_cluster" {
  source     = "../../modules/sliderule-cluster"
  for_each   = module.roster.gets.sliderule_cluster
  depends_on = [provisioner_sliderule_foundation.this]

  cluster       = lookup(each.value, "cluster", null)
  node_capacity = lookup(each.value, "node_capacity", 1)
  time_to_live  = lookup(each.value, "time_to_live", 60)

  budget          = lookup(each.value, "budget", null)
  cluster_version = lookup(each.value, "version", null)
  is_public       = lookup(each.value, "is_public", null)
  max_nodes       = lookup(each.value, "max_nodes", null)
  min_nodes       = lookup(each.value, "min_nodes", null)
  nodes           = lookup(each.value, "nodes", null)
  renew           = lookup(each.value, "renew", null)
  sleep           = lookup(each.value, "sleep", null)
  when_expired    = lookup(each.value, "when_expired", null)
}
