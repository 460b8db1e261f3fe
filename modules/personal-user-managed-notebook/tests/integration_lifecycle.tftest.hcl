# The real provider, against the project that the environment names.

variables {
  project_id          = "data-access"
  notebook_users_list = ["Ana.Diaz@example.com", "ana.diaz@example.org"]
}

run "everybody_gets_a_notebook_and_templates" {
  assert {
    condition     = alltrue([for person in output.people : person.outcome == "created" && person.state == "ACTIVE" && startswith(person.proxy_url, "https://") && person.session_template_id == null])
    error_message = "Not everybody has a notebook: ${jsonencode(output.people)}."
  }

  assert {
    condition     = length(distinct(flatten([for person in output.people : values(person.template_uris)]))) == 4 && length(distinct(output.notebook_instances)) == 2
    error_message = "Somebody shares a template, or a name: ${jsonencode(output.people)}."
  }

  assert {
    condition     = alltrue([for uri in flatten([for person in output.people : values(person.template_uris)]) : startswith(uri, "gs://${output.bucket}/dataproc_generated_templates/")])
    error_message = "A template is elsewhere: ${jsonencode(output.people)}."
  }
}

# Where something were left to do, the planned outcome would be unknown, and unknown is an error here.
run "nothing_is_left_to_do" {
  command = plan

  assert {
    condition     = output.people["ana.diaz@example.com"].outcome == "created" && strcontains(output.bucket_self_link, output.bucket)
    error_message = "A second plan must keep what the first apply came to."
  }
}

run "who_stays_keeps_what_they_have" {
  variables {
    notebook_users_list = ["ana.diaz@example.org", "bo@example.com"]
  }

  assert {
    condition     = output.people["ana.diaz@example.org"] == run.everybody_gets_a_notebook_and_templates.people["ana.diaz@example.org"] && keys(output.people) == ["ana.diaz@example.org", "bo@example.com"]
    error_message = "What somebody has changed when somebody else left: ${jsonencode(output.people)}."
  }
}
