# The workspace has no package no-such-package: it cannot be installed.

variables {
  user_email    = "bo@example.com"
  defaults_json = <<-JSON
    {
      "autotermination_minutes": 30,
      "is_single_node": true,
      "kind": "CLASSIC_PREVIEW",
      "libraries": [{ "pypi": { "package": "no-such-package" } }],
      "node_type_id": "i3.xlarge",
      "spark_version": "15.4.x-scala2.12"
    }
  JSON
}

run "a_failed_library_fails_the_apply" {
  expect_failures = [provisioner_single_user_cluster.this]
}

# The id of a tainted cluster would be unknown here, and unknown is an error.
run "the_cluster_is_kept" {
  command = plan

  assert {
    condition     = output.cluster_id != ""
    error_message = "The next plan must keep the cluster."
  }
}

run "a_mended_library_makes_it_whole" {
  variables {
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
  }

  assert {
    condition     = output.outcome == "created" && output.warm_up_status == "succeeded" && output.warm_up_message == null
    error_message = "The warm-up must have been tried again; it ended ${output.warm_up_status}."
  }

  assert {
    condition     = output.cluster_id == run.the_cluster_is_kept.cluster_id
    error_message = "The cluster was replaced, where its warm-up was to be tried again."
  }
}
