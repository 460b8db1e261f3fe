# One run for each rule about the input, each just beyond it.

mock_provider "provisioner" {}

variables {
  project_id          = "data-access"
  notebook_users_list = ["ana.diaz@example.com"]
}

run "desired_state_is_one_of_two" {
  command = plan

  variables {
    desired_state = "RUNNING"
  }

  expect_failures = [var.desired_state]
}

run "identity_is_one_of_two" {
  command = plan

  variables {
    identity = "owner"
  }

  expect_failures = [var.identity]
}

run "idle_time_is_not_too_short" {
  command = plan

  variables {
    idle_shutdown_minutes = 9
  }

  expect_failures = [var.idle_shutdown_minutes]
}

run "idle_time_is_not_too_long" {
  command = plan

  variables {
    idle_shutdown_minutes = 1441
  }

  expect_failures = [var.idle_shutdown_minutes]
}

run "idle_time_is_whole" {
  command = plan

  variables {
    idle_shutdown_minutes = 10.5
  }

  expect_failures = [var.idle_shutdown_minutes]
}

run "names_are_of_people_on_the_list" {
  command = plan

  variables {
    names = { "bo@example.com" = "bo" }
  }

  expect_failures = [var.names]
}

run "names_have_a_form" {
  command = plan

  variables {
    names = { "ana.diaz@example.com" = "Ana" }
  }

  expect_failures = [var.names]
}

run "nobody_shares_a_name" {
  command = plan

  variables {
    notebook_users_list = ["ana@example.com", "bo@example.com"]
    names               = { "ana@example.com" = "one", "bo@example.com" = "one" }
  }

  expect_failures = [var.names]
}

run "people_are_emails" {
  command = plan

  variables {
    notebook_users_list = ["ana.diaz"]
  }

  expect_failures = [var.notebook_users_list]
}

# Case does not tell two people apart.
run "nobody_is_there_twice" {
  command = plan

  variables {
    notebook_users_list = ["ana@example.com", "Ana@example.com"]
  }

  expect_failures = [var.notebook_users_list]
}

run "links_are_few" {
  command = plan

  variables {
    notification = { faq_links = [for i in range(21) : { title = "FAQ", url = "https://wiki.example.com/${i}" }] }
  }

  expect_failures = [var.notification]
}

run "links_have_titles" {
  command = plan

  variables {
    notification = { faq_links = [{ title = "", url = "https://wiki.example.com" }] }
  }

  expect_failures = [var.notification]
}

run "links_lead_somewhere" {
  command = plan

  variables {
    notification = { faq_links = [{ title = "FAQ", url = "wiki.example.com" }] }
  }

  expect_failures = [var.notification]
}

run "a_text_says_something" {
  command = plan

  variables {
    notification = { text = "" }
  }

  expect_failures = [var.notification]
}

run "on_destroy_is_one_of_three" {
  command = plan

  variables {
    on_destroy = "keep"
  }

  expect_failures = [var.on_destroy]
}

run "timeouts_have_units" {
  command = plan

  variables {
    timeouts = { create = "45" }
  }

  expect_failures = [var.timeouts]
}

run "a_master_template_is_there" {
  command = plan

  variables {
    dataproc_yaml_template_file_name = "none.yaml"
  }

  expect_failures = [var.dataproc_yaml_template_file_name]
}

run "environment_is_one_of_three" {
  command = plan

  variables {
    environment = "managed"
  }

  expect_failures = [var.environment]
}

run "a_bucket_is_there_or_made" {
  command = plan

  variables {
    existing_bucket                         = { name = "theirs" }
    personal_dataproc_notebooks_bucket_name = "ours"
  }

  expect_failures = [var.existing_bucket]
}

run "an_account_is_there_or_made" {
  command = plan

  variables {
    environment              = "dataproc_hub"
    existing_service_account = { email = "theirs@data-access.iam.gserviceaccount.com" }
    service_account_id       = "ours-of-today"
  }

  expect_failures = [var.existing_service_account]
}

run "an_account_has_its_roles" {
  command = plan

  variables {
    environment              = "dataproc_hub"
    existing_service_account = { email = "theirs@data-access.iam.gserviceaccount.com" }
    service_acct_roles       = ["roles/dataproc.worker"]
  }

  expect_failures = [var.existing_service_account]
}

run "an_account_is_used" {
  command = plan

  variables {
    existing_service_account = { email = "theirs@data-access.iam.gserviceaccount.com" }
  }

  expect_failures = [var.existing_service_account]
}

run "only_workbench_has_an_identity_to_choose" {
  command = plan

  variables {
    environment = "dataproc_hub"
    identity    = "service_account"
  }

  expect_failures = [var.identity]
}

run "a_hub_can_name_its_cluster" {
  command = plan

  variables {
    environment         = "dataproc_hub"
    notebook_users_list = ["${format("a%035d", 0)}@example.com"]
  }

  expect_failures = [var.notebook_users_list]
}

run "a_hubs_cluster_has_an_end" {
  command = plan

  variables {
    environment         = "dataproc_hub"
    notebook_users_list = ["ana_@example.com"]
  }

  expect_failures = [var.notebook_users_list]
}

run "a_bucket_has_a_form" {
  command = plan

  variables {
    personal_dataproc_notebooks_bucket_name = "gs://ours"
  }

  expect_failures = [var.personal_dataproc_notebooks_bucket_name]
}

run "a_zone_is_in_the_region" {
  command = plan

  variables {
    region = "europe-west1"
    zone   = "us-central1-a"
  }

  expect_failures = [var.region]
}

run "an_account_has_a_form" {
  command = plan

  variables {
    environment        = "dataproc_hub"
    service_account_id = "short"
  }

  expect_failures = [var.service_account_id]
}

run "a_kernel_is_one_of_three" {
  command = plan

  variables {
    session_template = { kernel = "R" }
  }

  expect_failures = [var.session_template]
}

run "a_session_ends" {
  command = plan

  variables {
    session_template = { max_minutes = 20161 }
  }

  expect_failures = [var.session_template]
}

run "templates_have_names" {
  command = plan

  variables {
    templates = { "a b" = "config: {}" }
  }

  expect_failures = [var.templates]
}

run "templates_have_names_of_their_own" {
  command = plan

  variables {
    templates = { "a" = "config: {}", "a.yaml" = "config: {}" }
  }

  expect_failures = [var.templates]
}

run "a_hub_has_a_template" {
  command = plan

  variables {
    environment = "dataproc_hub"
    templates   = {}
  }

  expect_failures = [var.templates]
}

run "a_prefix_begins_a_name" {
  command = plan

  variables {
    user_managed_instance_prefix = "1st"
  }

  expect_failures = [var.user_managed_instance_prefix]
}

run "a_prefix_leaves_room" {
  command = plan

  variables {
    user_managed_instance_prefix = format("a%053d", 0)
  }

  expect_failures = [var.user_managed_instance_prefix]
}

run "a_zone_has_a_form" {
  command = plan

  variables {
    zone = "us-central1"
  }

  expect_failures = [var.zone]
}

run "a_region_is_no_zone" {
  command = plan

  variables {
    region = "us-central1-a"
  }

  expect_failures = [var.region]
}
