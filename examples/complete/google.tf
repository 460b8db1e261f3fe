# Google Cloud, for those who get something there: without them none of this is made, and no credentials are needed.

locals {
  on_google = merge(module.roster.gets.personal_notebook, module.roster.gets.dataproc_template, module.roster.gets.spark_session_template)
  region    = regex("^(.+)-[a-z]$", var.google_location)[0]
}

# A list of one person each: Terraform is fast with a thousand modules, and slow with a thousand instances of a resource.
module "personal_notebook" {
  source   = "../../modules/personal-managed-notebook"
  for_each = module.roster.gets.personal_notebook

  notebook_users_list     = [each.key]
  managed_instance_prefix = "notebook"
  notification            = var.notebook_notification
  project_id              = var.google_project
  region                  = local.region
  zone                    = lookup(each.value, "environment", null) == "managed" ? null : var.google_location

  data_disk             = lookup(each.value, "data_disk", null)
  deletion_protection   = lookup(each.value, "deletion_protection", null)
  environment           = lookup(each.value, "environment", null)
  identity              = lookup(each.value, "identity", null)
  idle_shutdown_minutes = lookup(each.value, "idle_shutdown_minutes", null)
  labels                = lookup(each.value, "labels", null)
  machine_type          = lookup(each.value, "machine_type", null)
  metadata              = lookup(each.value, "metadata", null)
  on_destroy            = lookup(each.value, "on_destroy", null)
}

# Once for everybody: the bucket in which the cluster files are.
resource "provisioner_google_foundation" "templates" {
  count = length(local.on_google) > 0 ? 1 : 0

  bucket          = coalesce(var.google_bucket, "${var.google_project}-dataproc-templates")
  bucket_location = local.region
}

module "dataproc_template" {
  source   = "./dataproc-template"
  for_each = module.roster.gets.dataproc_template

  bucket     = provisioner_google_foundation.templates[0].bucket
  file       = "${path.module}/${lookup(each.value, "template", "single-node.yaml")}"
  user_email = each.key

  delete_leftover_clusters = lookup(each.value, "delete_leftover_clusters", null)
}

module "spark_session_template" {
  source   = "./spark-session-template"
  for_each = module.roster.gets.spark_session_template

  user_email = each.key

  delete_leftover_sessions = lookup(each.value, "delete_leftover_sessions", null)
  idle_minutes             = lookup(each.value, "idle_minutes", null)
  kernel                   = lookup(each.value, "kernel", null)
  labels                   = lookup(each.value, "labels", null)
  max_minutes              = lookup(each.value, "max_minutes", null)
  properties               = lookup(each.value, "properties", null)
  runtime_version          = lookup(each.value, "runtime_version", null)
}
