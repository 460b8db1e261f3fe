# What the module hands to the resource when little or much is given.

mock_provider "provisioner" {}

variables {
  cluster       = "snow"
  node_capacity = 2
  time_to_live  = 120
}

run "what_is_not_given_is_left_to_the_provider" {
  command = plan

  assert {
    condition = (
      provisioner_sliderule_cluster.this.cluster == "snow"
      && provisioner_sliderule_cluster.this.node_capacity == 2
      && provisioner_sliderule_cluster.this.time_to_live == 120
      && provisioner_sliderule_cluster.this.budget == null
      && provisioner_sliderule_cluster.this.renew == null
      && provisioner_sliderule_cluster.this.sleep == null
      && provisioner_sliderule_cluster.this.timeouts == null
    )
    error_message = "Something was given that nobody asked for."
  }
}

run "the_safe_choice_is_the_default" {
  command = plan

  assert {
    condition = (
      !provisioner_sliderule_cluster.this.is_public
      && provisioner_sliderule_cluster.this.wait
      && provisioner_sliderule_cluster.this.when_expired == "stay_down"
    )
    error_message = "A default is not what the variable's description says."
  }
}

# A roster passes null for what a person's entry leaves out.
run "null_means_the_default" {
  command = plan

  variables {
    is_public    = null
    wait         = null
    when_expired = null
  }

  assert {
    condition = (
      !provisioner_sliderule_cluster.this.is_public
      && provisioner_sliderule_cluster.this.wait
      && provisioner_sliderule_cluster.this.when_expired == "stay_down"
    )
    error_message = "null reached the resource in place of a default."
  }
}

run "everything_given_arrives" {
  command = plan

  variables {
    availability_zones = ["us-west-2a", "us-west-2b"]
    budget             = { limit_usd = 500, start_hours = 8, emails = ["snow-team@example.com"] }
    cluster_version    = "v5.5.0"
    is_public          = true
    max_nodes          = 6
    min_nodes          = 1
    nodes              = { instance_types = ["r8g.2xlarge", "r7g.2xlarge"], spot_share = 80, spot_max_price = 0.2, volume_gb = 64 }
    renew              = "2026-11-01"
    sleep              = { down = ["0 20 * * 1-5"], up = ["0 7 * * 1-5"], time_zone = "Europe/Oslo" }
    timeouts           = { create = "1h30m" }
    wait               = false
    when_expired       = "redeploy"
  }

  assert {
    condition = (
      tolist(provisioner_sliderule_cluster.this.availability_zones) == tolist(["us-west-2a", "us-west-2b"])
      && provisioner_sliderule_cluster.this.budget.limit_usd == 500
      && provisioner_sliderule_cluster.this.budget.start_hours == 8
      && length(provisioner_sliderule_cluster.this.budget.emails) == 1
      && provisioner_sliderule_cluster.this.version == "v5.5.0"
      && provisioner_sliderule_cluster.this.is_public
      && provisioner_sliderule_cluster.this.max_nodes == 6
      && provisioner_sliderule_cluster.this.min_nodes == 1
      && provisioner_sliderule_cluster.this.nodes.instance_types[0] == "r8g.2xlarge"
      && provisioner_sliderule_cluster.this.nodes.spot_share == 80
      && provisioner_sliderule_cluster.this.nodes.spot_max_price == 0.2
      && provisioner_sliderule_cluster.this.nodes.volume_gb == 64
      && provisioner_sliderule_cluster.this.renew == "2026-11-01"
      && provisioner_sliderule_cluster.this.sleep.down[0] == "0 20 * * 1-5"
      && provisioner_sliderule_cluster.this.sleep.up[0] == "0 7 * * 1-5"
      && provisioner_sliderule_cluster.this.sleep.time_zone == "Europe/Oslo"
      && provisioner_sliderule_cluster.this.timeouts.create == "1h30m"
      && !provisioner_sliderule_cluster.this.wait
      && provisioner_sliderule_cluster.this.when_expired == "redeploy"
    )
    error_message = "A variable does not reach its argument."
  }
}
