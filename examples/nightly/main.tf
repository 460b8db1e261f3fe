# One night: a cluster that nobody else uses, a version's tests against it, and both are gone in the morning.
# The region and the credentials come from the environment, as in .github/workflows/nightly.yml.

provider "provisioner" {
  installation = "nightly" # what the foundation was made with: another installation's foundation ends no runs of ours
  sliderule    = { foundation = var.foundation }
}

module "cluster" {
  source = "../../modules/sliderule-cluster"

  cluster         = var.cluster
  cluster_version = var.cluster_version
  is_public       = false
  node_capacity   = var.node_capacity

  # Longer than the cluster needs to come up and its tests to end, and not much: it is what a night costs at most.
  time_to_live = 180
  budget       = { limit_usd = var.budget_usd, start_hours = 3 }

  # Should the destroy of last night have been lost with its state, tonight's cluster is made all the same.
  when_expired = "redeploy"
}

resource "provisioner_sliderule_test" "nightly" {
  depends_on = [module.cluster]

  cluster = module.cluster.cluster
  version = var.version_to_test

  # Two attempts and the deployment fit into the cluster's time to live.
  time_limit = 60 # minutes
  retries    = 1  # should AWS take the spot machine back

  lifecycle {
    precondition {
      condition     = module.cluster.status == "running"
      error_message = "The cluster ${module.cluster.cluster} is ${module.cluster.status}: there is nothing to test against. It ends by itself at ${coalesce(module.cluster.expires_at, "its time")}."
    }
  }
}
