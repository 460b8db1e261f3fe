# The real provider, against the workspace that the environment names.

variables {
  user_email    = "ana.diaz@example.com"
  defaults_json = <<-JSON
    {
      "autotermination_minutes": 30,
      "is_single_node": true,
      "kind": "CLASSIC_PREVIEW",
      "libraries": [{ "pypi": { "package": "pandas==2.2.3" } }],
      "node_type_id": "i3.xlarge",
      "spark_version": "15.4.x-scala2.12"
    }
  JSON
  notification  = { faq_links = [{ title = "How to use your cluster", url = "https://wiki.example.com/clusters" }] }
}

run "a_cluster_is_made_warm_and_stopped" {
  assert {
    condition     = output.outcome == "created" && output.managed
    error_message = "The cluster must be created and ours; got ${output.outcome}."
  }

  assert {
    condition     = output.state == "TERMINATED" && output.warm_up_status == "succeeded" && output.warm_up_message == null
    error_message = "A warm cluster must be at rest; it is ${output.state}, its warm-up ${output.warm_up_status}."
  }

  assert {
    condition     = [for library in output.libraries : "${library.name} ${library.status}"] == ["pypi:pandas==2.2.3 INSTALLED"]
    error_message = "Not every library is installed: ${jsonencode(output.libraries)}."
  }

  assert {
    condition     = output.notified_at != null && startswith(output.name, "single-user-ana-diaz-") && strcontains(output.url, output.cluster_id)
    error_message = "The person must be told, of a cluster with a readable name and its address."
  }
}

# Where something were left to do, the planned outcome would be unknown, and unknown is an error here.
run "nothing_is_left_to_do" {
  command = plan

  assert {
    condition     = output.outcome == "created" && output.warm_up_status == "succeeded"
    error_message = "A second plan must keep what the first apply came to."
  }
}

run "a_second_apply_changes_nothing" {
  assert {
    condition = (
      output.cluster_id == run.a_cluster_is_made_warm_and_stopped.cluster_id
      && output.notified_at == run.a_cluster_is_made_warm_and_stopped.notified_at
      && output.outcome == "created"
    )
    error_message = "A second apply must leave the cluster alone and tell nobody again."
  }
}

run "a_cluster_that_is_already_there_is_no_action" {
  state_key = "lost" # as after a lost state

  assert {
    condition = (
      output.cluster_id == run.a_cluster_is_made_warm_and_stopped.cluster_id
      && output.outcome == "no_action"
      && output.notified_at == null
    )
    error_message = "A cluster that is there must be found, not doubled; got ${output.outcome}."
  }
}
