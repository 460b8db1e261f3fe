# Another person replaces the cluster of the one before, which shows what a destroy leaves behind.

variables {
  user_email    = "carla@example.com"
  on_destroy    = "stop"
  defaults_json = <<-JSON
    {
      "autotermination_minutes": 30,
      "is_single_node": true,
      "kind": "CLASSIC_PREVIEW",
      "node_type_id": "i3.xlarge",
      "spark_version": "15.4.x-scala2.12"
    }
  JSON
  warm_up       = false
}

run "carla_gets_a_cluster_to_keep" {
  assert {
    condition     = output.outcome == "created" && output.warm_up_status == "not_requested"
    error_message = "Carla's cluster must be made, cold; got ${output.outcome}, ${output.warm_up_status}."
  }
}

run "dan_takes_her_place_and_does_not_keep_his" {
  variables {
    user_email = "dan@example.com"
    on_destroy = "delete"
  }

  assert {
    condition     = output.outcome == "created" && output.cluster_id != run.carla_gets_a_cluster_to_keep.cluster_id
    error_message = "Another person must get another cluster."
  }
}

run "what_was_stopped_is_still_there" {
  variables {
    on_destroy = "delete"
  }

  assert {
    condition     = output.outcome == "no_action" && output.cluster_id == run.carla_gets_a_cluster_to_keep.cluster_id
    error_message = "Carla's cluster must have been kept and found again; got ${output.outcome}."
  }
}

run "what_was_deleted_is_gone" {
  variables {
    user_email = "dan@example.com"
    on_destroy = "delete"
  }

  assert {
    condition     = output.outcome == "created" && output.cluster_id != run.dan_takes_her_place_and_does_not_keep_his.cluster_id
    error_message = "Dan's cluster must have been deleted, and made anew; got ${output.outcome}."
  }
}
