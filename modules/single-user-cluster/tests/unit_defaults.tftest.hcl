# What the module hands to the resource when little or much is given.

mock_provider "provisioner" {}

variables {
  user_email    = "ana.diaz@example.com"
  defaults_json = "{\"autotermination_minutes\": 30, \"num_workers\": 1, \"spark_version\": \"15.4.x-scala2.12\"}"
}

run "what_is_not_given_is_left_to_the_provider" {
  command = plan

  assert {
    condition = (
      provisioner_single_user_cluster.this.user_email == "ana.diaz@example.com"
      && provisioner_single_user_cluster.this.notification == null
      && provisioner_single_user_cluster.this.permissions == null
      && provisioner_single_user_cluster.this.pinned == null
      && provisioner_single_user_cluster.this.timeouts == null
    )
    error_message = "Something was given that nobody asked for."
  }
}

run "the_safe_choice_is_the_default" {
  command = plan

  assert {
    condition = (
      provisioner_single_user_cluster.this.on_destroy == "delete"
      && provisioner_single_user_cluster.this.on_existing == "no_action"
      && provisioner_single_user_cluster.this.owner_level == "CAN_RESTART"
      && provisioner_single_user_cluster.this.warm_up
    )
    error_message = "A default is not what the variable's description says."
  }
}

# A roster passes null for what a person's entry leaves out.
run "null_means_the_default" {
  command = plan

  variables {
    on_destroy  = null
    on_existing = null
    owner_level = null
    permissions = null
    warm_up     = null
  }

  assert {
    condition = (
      provisioner_single_user_cluster.this.on_destroy == "delete"
      && provisioner_single_user_cluster.this.on_existing == "no_action"
      && provisioner_single_user_cluster.this.owner_level == "CAN_RESTART"
      && provisioner_single_user_cluster.this.permissions == null
      && provisioner_single_user_cluster.this.warm_up
    )
    error_message = "null reached the resource in place of a default."
  }
}

run "everything_given_arrives" {
  command = plan

  variables {
    name         = "ana"
    notification = { text = "Welcome.", faq_links = [{ title = "FAQ", url = "https://wiki.example.com/faq" }] }
    on_destroy   = "stop"
    on_existing  = "adopt"
    owner_level  = "CAN_MANAGE"
    permissions = [
      { user_name = "bo@example.com", permission_level = "CAN_ATTACH_TO" },
      { group_name = "data-access", permission_level = "CAN_MANAGE" },
    ]
    pinned   = true
    timeouts = { create = "1h30m" }
    warm_up  = false
  }

  assert {
    condition = (
      provisioner_single_user_cluster.this.name == "ana"
      && provisioner_single_user_cluster.this.notification.text == "Welcome."
      && provisioner_single_user_cluster.this.notification.faq_links[0].title == "FAQ"
      && provisioner_single_user_cluster.this.on_destroy == "stop"
      && provisioner_single_user_cluster.this.on_existing == "adopt"
      && provisioner_single_user_cluster.this.owner_level == "CAN_MANAGE"
      && length(provisioner_single_user_cluster.this.permissions) == 2
      && provisioner_single_user_cluster.this.pinned
      && provisioner_single_user_cluster.this.timeouts.create == "1h30m"
      && !provisioner_single_user_cluster.this.warm_up
    )
    error_message = "A variable does not reach its argument."
  }
}
