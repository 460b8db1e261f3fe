# One run for each rule about the input, each just beyond it.

mock_provider "provisioner" {}

variables {
  user_email    = "ana.diaz@example.com"
  defaults_json = "{\"autotermination_minutes\": 30, \"num_workers\": 1, \"spark_version\": \"15.4.x-scala2.12\"}"
}

run "a_name_is_not_empty" {
  command = plan

  variables {
    name = ""
  }

  expect_failures = [var.name]
}

run "a_name_is_not_too_long" {
  command = plan

  variables {
    name = format("%0101d", 0)
  }

  expect_failures = [var.name]
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

run "on_existing_is_one_of_three" {
  command = plan

  variables {
    on_existing = "import"
  }

  expect_failures = [var.on_existing]
}

run "owner_level_is_one_of_three" {
  command = plan

  variables {
    owner_level = "can_restart"
  }

  expect_failures = [var.owner_level]
}

run "permission_level_is_one_of_three" {
  command = plan

  variables {
    permissions = [{ user_name = "bo@example.com", permission_level = "CAN_USE" }]
  }

  expect_failures = [var.permissions]
}

run "a_permission_names_somebody" {
  command = plan

  variables {
    permissions = [{ permission_level = "CAN_MANAGE" }]
  }

  expect_failures = [var.permissions]
}

run "a_permission_names_one_alone" {
  command = plan

  variables {
    permissions = [{ user_name = "bo@example.com", group_name = "data-access", permission_level = "CAN_MANAGE" }]
  }

  expect_failures = [var.permissions]
}

# Case does not tell two users apart.
run "nobody_has_two_permissions" {
  command = plan

  variables {
    permissions = [
      { user_name = "bo@example.com", permission_level = "CAN_ATTACH_TO" },
      { user_name = "Bo@example.com", permission_level = "CAN_MANAGE" },
    ]
  }

  expect_failures = [var.permissions]
}

run "the_owner_has_a_level_of_their_own" {
  command = plan

  variables {
    permissions = [{ user_name = "Ana.Diaz@example.com", permission_level = "CAN_MANAGE" }]
  }

  expect_failures = [var.permissions]
}

run "timeouts_have_units" {
  command = plan

  variables {
    timeouts = { create = "45" }
  }

  expect_failures = [var.timeouts]
}

run "a_person_is_an_email" {
  command = plan

  variables {
    user_email = "ana.diaz"
  }

  expect_failures = [var.user_email]
}
