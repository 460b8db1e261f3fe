locals {
  # One person, one key: case does not tell two people apart. The grouping lets the rules of the variable speak first.
  people = keys({ for email in var.notebook_users_list : lower(trimspace(email)) => email... })

  legacy   = var.environment == "managed"
  location = local.legacy ? var.region : coalesce(var.zone, "${var.region}-a") # a managed notebook lives in a region

  names = { for email, name in var.names : lower(trimspace(email)) => name }
}

resource "provisioner_personal_notebook" "this" {
  for_each = toset(local.people)

  user_email  = each.key
  environment = var.environment
  project     = var.project_id
  location    = local.location
  name        = contains(keys(local.names), each.key) ? local.names[each.key] : provider::provisioner::resource_name(each.key, var.managed_instance_prefix, 63)

  data_disk             = var.data_disk
  deletion_protection   = var.deletion_protection
  desired_state         = var.desired_state
  identity              = var.identity
  idle_shutdown_minutes = var.idle_shutdown_minutes
  labels                = length(var.labels) > 0 ? var.labels : null
  machine_type          = var.machine_type
  metadata              = length(var.metadata) > 0 ? var.metadata : null
  network               = var.network_name
  notification          = var.notification
  on_destroy            = var.on_destroy
  public_ip             = var.public_ip
  service_account       = var.service_account
  subnet                = var.sub_network_name
  timeouts              = var.timeouts
}
