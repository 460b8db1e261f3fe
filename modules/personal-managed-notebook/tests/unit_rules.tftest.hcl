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

run "a_disk_is_not_too_small" {
  command = plan

  variables {
    data_disk = { size_gb = 9 }
  }

  expect_failures = [var.data_disk]
}

run "a_disk_is_not_too_big" {
  command = plan

  variables {
    data_disk = { size_gb = 64001 }
  }

  expect_failures = [var.data_disk]
}

run "environment_is_one_of_two" {
  command = plan

  variables {
    environment = "dataproc_hub"
  }

  expect_failures = [var.environment]
}

run "a_prefix_begins_a_name" {
  command = plan

  variables {
    managed_instance_prefix = "Team"
  }

  expect_failures = [var.managed_instance_prefix]
}

run "a_prefix_leaves_room" {
  command = plan

  variables {
    managed_instance_prefix = format("a%053d", 0)
  }

  expect_failures = [var.managed_instance_prefix]
}

run "a_region_is_no_zone" {
  command = plan

  variables {
    region = "us-central1-a"
  }

  expect_failures = [var.region]
}

run "an_account_needs_its_identity" {
  command = plan

  variables {
    service_account = "notebooks@data-access.iam.gserviceaccount.com"
  }

  expect_failures = [var.service_account]
}

run "a_managed_notebook_needs_an_account_to_be" {
  command = plan

  variables {
    environment = "managed"
    identity    = "service_account"
  }

  expect_failures = [var.service_account]
}

run "a_zone_is_in_the_region" {
  command = plan

  variables {
    zone = "europe-west1-b"
  }

  expect_failures = [var.zone]
}

run "a_managed_notebook_has_no_zone" {
  command = plan

  variables {
    environment = "managed"
    zone        = "us-central1-a"
  }

  expect_failures = [var.zone]
}
