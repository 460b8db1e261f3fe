# What fails an apply. What the message says is tested in ../../notebooks_cloud_test.go, with a real one.
# Each run has a state of its own, since a mock is made up only when it is created.

mock_provider "provisioner" {
  mock_resource "provisioner_personal_notebook" {
    defaults = { outcome = "created", state = "ACTIVE" }
  }
}

variables {
  project_id          = "data-access"
  notebook_users_list = ["ana.diaz@example.com"]
}

run "a_notebook_that_is_up_fails_nothing" {
  assert {
    condition     = output.notebooks["ana.diaz@example.com"].outcome == "created"
    error_message = "A notebook that came up must reach the outputs."
  }
}

run "a_notebook_that_did_not_come_up_fails_the_apply" {
  state_key = "failed"

  override_resource {
    target = provisioner_personal_notebook.this
    values = { outcome = "failed", state = "STOPPED" }
  }

  expect_failures = [output.notebook_instances]
}
