# The real provider, against the project that the environment names.

variables {
  project_id          = "data-access"
  notebook_users_list = ["Ana.Diaz@example.com", "ana.diaz@example.org"]
  notification        = { faq_links = [{ title = "How to use your notebook", url = "https://wiki.example.com/notebooks" }] }
}

run "everybody_gets_a_notebook" {
  assert {
    condition     = output.notebook_instances == tolist(["managed-instance-ana-diaz-6idqd22h", output.notebooks["ana.diaz@example.org"].name]) && length(distinct(output.notebook_instances)) == 2
    error_message = "The names are ${jsonencode(output.notebook_instances)}."
  }

  assert {
    condition     = alltrue([for notebook in output.notebooks : notebook.outcome == "created" && notebook.state == "ACTIVE" && startswith(notebook.proxy_url, "https://")])
    error_message = "Not everybody has a notebook: ${jsonencode(output.notebooks)}."
  }

  assert {
    condition     = alltrue([for email, notebook in output.notebooks : notebook.effective_identity == "user:${email}"])
    error_message = "Somebody reads data as somebody else: ${jsonencode(output.notebooks)}."
  }
}

# Where something were left to do, the planned outcome would be unknown, and unknown is an error here.
run "nothing_is_left_to_do" {
  command = plan

  assert {
    condition     = output.notebooks["ana.diaz@example.com"].outcome == "created"
    error_message = "A second plan must keep what the first apply came to."
  }
}

run "who_stays_keeps_their_notebook" {
  variables {
    notebook_users_list = ["ana.diaz@example.org", "bo@example.com"]
  }

  assert {
    condition     = keys(output.notebooks) == ["ana.diaz@example.org", "bo@example.com"]
    error_message = "There are notebooks of ${join(", ", keys(output.notebooks))}."
  }

  assert {
    condition     = output.notebooks["ana.diaz@example.org"] == run.everybody_gets_a_notebook.notebooks["ana.diaz@example.org"]
    error_message = "Somebody's notebook changed when somebody else left."
  }
}

run "what_is_already_there_is_no_action" {
  state_key = "lost" # as after a lost state

  variables {
    notebook_users_list = ["bo@example.com"]
  }

  assert {
    condition     = output.notebooks["bo@example.com"].outcome == "no_action" && output.notebooks["bo@example.com"].id == run.who_stays_keeps_their_notebook.notebooks["bo@example.com"].id
    error_message = "A notebook that is there must be found, not doubled; got ${output.notebooks["bo@example.com"].outcome}."
  }
}
