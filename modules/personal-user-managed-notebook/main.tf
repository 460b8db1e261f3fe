locals {
  # One person, one key: case does not tell two people apart. The grouping lets the rules of the variable speak first.
  people = keys({ for email in var.notebook_users_list : lower(trimspace(email)) => email... })

  hub      = var.environment == "dataproc_hub"
  sessions = var.environment == "session_template"
  zone     = coalesce(var.zone, "${coalesce(var.region, "us-central1")}-a")
  region   = coalesce(var.region, replace(local.zone, "/-[a-z]$/", ""))

  # A name that is free in all of Google Cloud: two instances of this module, or two projects, never want the same. The
  # hash tells project "a" with prefix "b-c" from project "a-b" with prefix "c".
  hash     = substr(sha256("${var.project_id}/${var.user_managed_instance_prefix}"), 0, 8)
  readable = trim(substr(replace(lower("${var.project_id}-${var.user_managed_instance_prefix}"), "/[^a-z0-9]+/", "-"), 0, 54), "-")
  free     = can(regex("^goog|g[o0][o0]g[l1]e", local.readable)) ? "personal-notebooks-${local.hash}" : "${local.readable}-${local.hash}" # Google takes no name like its own

  # Without templates there is no need of a bucket, and without a machine that runs as it, none of a service account.
  make_bucket  = length(local.templates) > 0 && var.existing_bucket == null
  make_account = var.existing_service_account == null && (local.hub || (var.identity == "service_account" && !local.sessions))
  bucket_name  = coalesce(var.personal_dataproc_notebooks_bucket_name, local.free)
  account_id   = coalesce(var.service_account_id, format("%s-%s", trim(substr(var.user_managed_instance_prefix, 0, 21), "-"), substr(sha256(var.user_managed_instance_prefix), 0, 8)))
  roles        = var.service_acct_roles != null ? var.service_acct_roles : toset(local.hub ? ["roles/dataproc.hubAgent", "roles/dataproc.worker"] : ["roles/dataproc.worker"])

  foundation = one(provisioner_google_foundation.this)
  bucket     = local.make_bucket ? local.foundation.bucket : one(var.existing_bucket[*].name)
  account    = local.make_account ? local.foundation.service_account_email : one(var.existing_service_account[*].email)

  labels = length(var.labels) > 0 ? var.labels : null
}

# What all of them share.
resource "provisioner_google_foundation" "this" {
  count = local.make_bucket || local.make_account ? 1 : 0

  project            = var.project_id
  bucket             = local.make_bucket ? local.bucket_name : null
  bucket_location    = local.make_bucket ? local.region : null
  labels             = local.make_bucket ? local.labels : null
  roles              = local.make_account && length(local.roles) > 0 ? local.roles : null
  service_account_id = local.make_account ? local.account_id : null
  users              = local.make_account && length(local.people) > 0 ? local.people : null
}

resource "provisioner_personal_notebook" "this" {
  for_each = toset(local.sessions ? [] : local.people)

  user_email  = each.key
  environment = var.environment
  project     = var.project_id
  location    = local.zone
  name        = local.names[each.key]

  deletion_protection   = var.deletion_protection
  desired_state         = var.desired_state
  identity              = var.identity
  idle_shutdown_minutes = local.hub ? null : var.idle_shutdown_minutes # a hub's clusters end as their templates say
  labels                = local.labels
  machine_type          = var.machine_type
  metadata              = length(local.metadata) > 0 ? local.metadata : null
  network               = var.network_name
  notification          = var.notification
  on_destroy            = var.on_destroy
  public_ip             = !var.no_public_ip
  service_account       = local.hub || var.identity == "service_account" ? local.account : null
  subnet                = var.sub_network_name
  tags                  = length(var.networking_tags) > 0 ? var.networking_tags : null
  templates             = local.hub ? [for name in sort(keys(local.templates)) : provisioner_dataproc_template.this["${each.key}/${name}"].uri] : null
  timeouts              = var.timeouts

  # Google refuses a machine whose owner may not act as its account yet, and a hub without its roles starts nothing.
  depends_on = [provisioner_google_foundation.this]
}

resource "provisioner_spark_session_template" "this" {
  for_each = toset(local.sessions ? local.people : [])

  user_email = each.key
  project    = var.project_id
  location   = local.region
  name       = local.names[each.key]

  delete_leftover_sessions = var.delete_leftover_clusters
  idle_minutes             = var.idle_shutdown_minutes
  kernel                   = var.session_template.kernel
  labels                   = local.labels
  max_minutes              = var.session_template.max_minutes
  network_tags             = length(var.networking_tags) > 0 ? var.networking_tags : null
  properties               = length(var.session_template.properties) > 0 ? var.session_template.properties : null
  runtime_version          = var.session_template.runtime_version
  subnet                   = var.sub_network_name
}
