# The smallest: four nodes for eight hours, from now, and from every change of them.
resource "provisioner_sliderule_cluster" "dev" {
  cluster       = "dev"
  node_capacity = 4
  time_to_live  = 480

  # Another text gives it its whole time to live again, and brings it back when it has expired.
  renew = "2026-01-12"
}

# A team's, on spot instances, asleep at night, and within a budget.
resource "provisioner_sliderule_cluster" "ice" {
  cluster       = "ice"
  version       = "v5.5.0"
  node_capacity = 10
  time_to_live  = 43200

  # What people's own requests may scale it between.
  min_nodes = 1
  max_nodes = 20

  nodes = {
    instance_types = ["r8g.2xlarge", "r7g.2xlarge", "m8g.2xlarge"]
    spot_share     = 80
  }

  budget = {
    limit_usd = 1500
    emails    = ["ana.diaz@example.com"]
  }

  sleep = {
    down      = ["0 20 * * 1-5"]
    up        = ["0 7 * * 1-5"]
    time_zone = "America/New_York"
  }
}

# One for nightly tests: the apply that finds it expired deploys it again.
resource "provisioner_sliderule_cluster" "nightly" {
  cluster       = "nightly"
  node_capacity = 2
  time_to_live  = 120
  when_expired  = "redeploy"
}
