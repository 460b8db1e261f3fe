# The other things that people can get. Each run has a state of its own, and things of its own name.

variables {
  project_id          = "data-access"
  notebook_users_list = ["ana.diaz@example.com"]
}

run "a_hub" {
  variables {
    environment                  = "dataproc_hub"
    user_managed_instance_prefix = "hub"
  }

  assert {
    condition     = output.people["ana.diaz@example.com"].outcome == "created" && output.people["ana.diaz@example.com"].effective_identity == "user:ana.diaz@example.com"
    error_message = "Ana has ${jsonencode(output.people)}."
  }

  assert {
    condition     = startswith(output.service_account, "hub-") && length(output.people["ana.diaz@example.com"].template_uris) == 2
    error_message = "The hub runs as ${output.service_account}."
  }
}

run "a_session_template" {
  state_key = "sessions"

  variables {
    environment = "session_template"
  }

  assert {
    condition     = output.people["ana.diaz@example.com"].effective_identity == "user" && strcontains(output.people["ana.diaz@example.com"].session_template_id, "/locations/us-central1/sessionTemplates/")
    error_message = "Ana has ${jsonencode(output.people)}."
  }
}

run "a_notebook_that_reads_as_an_account" {
  state_key = "account"

  variables {
    identity                     = "service_account"
    templates                    = {}
    user_managed_instance_prefix = "account"
  }

  assert {
    condition     = output.people["ana.diaz@example.com"].effective_identity == "serviceAccount:${output.service_account}" && output.bucket == null
    error_message = "Ana's notebook reads as ${output.people["ana.diaz@example.com"].effective_identity}."
  }
}
