# What fails an apply. What the message says is tested in ../../complete_test.go, with a real one.
# Each run has a state of its own, since a mock is made up only when it is created.

mock_provider "provisioner" {
  mock_resource "provisioner_single_user_cluster" {
    defaults = { managed = true, outcome = "created", warm_up_status = "succeeded" }
  }
}

variables {
  user_email    = "ana.diaz@example.com"
  defaults_json = "{\"autotermination_minutes\": 30, \"num_workers\": 1, \"spark_version\": \"15.4.x-scala2.12\"}"
}

run "a_warm_cluster_fails_nothing" {
  assert {
    condition     = output.outcome == "created"
    error_message = "A cluster whose warm-up succeeded must reach the outputs."
  }
}

run "a_failed_warm_up_fails_the_apply" {
  state_key = "failed"

  override_resource {
    target = provisioner_single_user_cluster.this
    values = { managed = true, outcome = "failed", warm_up_message = "The driver did not start.", warm_up_status = "failed" }
  }

  expect_failures = [provisioner_single_user_cluster.this]
}

run "a_warm_up_cut_short_fails_the_apply" {
  state_key = "interrupted"

  override_resource {
    target = provisioner_single_user_cluster.this
    values = { managed = true, outcome = "failed", warm_up_message = "The time was up.", warm_up_status = "interrupted" }
  }

  expect_failures = [provisioner_single_user_cluster.this]
}

# It would fail every plan of the roster for ever: nobody here may mend that cluster.
run "a_cluster_that_became_somebody_elses_fails_nothing" {
  state_key = "lost"

  override_resource {
    target = provisioner_single_user_cluster.this
    values = { managed = false, outcome = "failed" }
  }

  assert {
    condition     = output.outcome == "failed" && !output.managed
    error_message = "Somebody else's cluster must not fail the apply."
  }
}
