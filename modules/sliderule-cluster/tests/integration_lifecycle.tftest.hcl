# The real provider, against the account and region that the environment names.

run "an_account_gets_its_foundation" {
  module {
    source = "./tests/foundation"
  }
}

run "a_cluster_is_deployed" {
  variables {
    cluster       = "snow"
    node_capacity = 2
    time_to_live  = 120
  }

  assert {
    condition     = output.status == "running" && provisioner_sliderule_cluster.this.current_nodes == 2 && endswith(output.endpoint, "snow.sliderule.example.org")
    error_message = "The cluster must be up with its nodes; it is ${output.status} with ${provisioner_sliderule_cluster.this.current_nodes}."
  }

  assert {
    condition     = timecmp(output.expires_at, timeadd(plantimestamp(), "115m")) > 0 && timecmp(output.expires_at, timeadd(plantimestamp(), "125m")) < 0
    error_message = "It must end two hours from now, and ends ${output.expires_at}."
  }
}

# Where something were left to do, the planned end would be unknown, and unknown is an error here.
run "nothing_is_left_to_do" {
  command = plan

  variables {
    cluster       = "snow"
    node_capacity = 2
    time_to_live  = 120
  }

  assert {
    condition     = output.expires_at == run.a_cluster_is_deployed.expires_at
    error_message = "A second plan must keep what the first apply came to."
  }
}

run "it_is_resized_in_place" {
  variables {
    cluster       = "snow"
    node_capacity = 3
    time_to_live  = 120
  }

  assert {
    condition     = provisioner_sliderule_cluster.this.current_nodes == 3 && output.stack_id == run.a_cluster_is_deployed.stack_id
    error_message = "The same cluster must have three nodes; it has ${provisioner_sliderule_cluster.this.current_nodes}."
  }

  assert {
    condition     = timecmp(output.expires_at, run.a_cluster_is_deployed.expires_at) >= 0
    error_message = "A resize must renew the end."
  }
}

run "it_is_extended" {
  variables {
    cluster       = "snow"
    node_capacity = 3
    time_to_live  = 600
    renew         = "once more"
  }

  assert {
    condition     = timecmp(output.expires_at, timeadd(plantimestamp(), "595m")) > 0 && output.stack_id == run.a_cluster_is_deployed.stack_id
    error_message = "The same cluster must end ten hours from now, and ends ${output.expires_at}."
  }
}
