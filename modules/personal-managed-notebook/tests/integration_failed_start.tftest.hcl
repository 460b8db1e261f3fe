# The zone has no machine for unlucky@example.com, once: a notebook that was stopped for a larger one does not come up.

variables {
  project_id          = "data-access"
  notebook_users_list = ["unlucky@example.com"]
}

run "a_notebook_is_there" {
  assert {
    condition     = output.notebooks["unlucky@example.com"].state == "ACTIVE"
    error_message = "The notebook must be up."
  }
}

run "a_notebook_that_does_not_come_up_fails_the_apply" {
  variables {
    machine_type = "n1-standard-8"
  }

  expect_failures = [output.notebook_instances]
}

# The id of a tainted notebook would be unknown here, and unknown is an error.
run "the_notebook_is_kept" {
  command = plan

  variables {
    machine_type = "n1-standard-8"
  }

  assert {
    condition     = output.notebooks["unlucky@example.com"].id == run.a_notebook_is_there.notebooks["unlucky@example.com"].id
    error_message = "The next plan must keep the notebook."
  }
}

run "the_next_apply_starts_it" {
  variables {
    machine_type = "n1-standard-8"
  }

  assert {
    condition     = output.notebooks["unlucky@example.com"].state == "ACTIVE" && output.notebooks["unlucky@example.com"].outcome != "failed"
    error_message = "The notebook is ${output.notebooks["unlucky@example.com"].state}."
  }
}
