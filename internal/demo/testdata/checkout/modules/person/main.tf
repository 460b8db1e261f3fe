terraform {
  required_providers {
    provisioner = {
      source = "data-access/provisioner"
    }
  }
}

variable "user_email" {
  type = string
}

variable "gets" {
  type = any
}

variable "defaults_json" {
  type = string
}

variable "bucket" {
  type = string
}

resource "provisioner_single_user_cluster" "this" {
  count = can(var.gets.single_user_cluster) ? 1 : 0

  user_email    = var.user_email
  defaults_json = var.defaults_json

  notification = {}
}

resource "provisioner_personal_notebook" "this" {
  count = can(var.gets.personal_notebook) ? 1 : 0

  user_email = var.user_email
  labels     = lookup(var.gets.personal_notebook, "labels", null)

  notification = {}
}

resource "provisioner_dataproc_template" "this" {
  count = can(var.gets.dataproc_template) ? 1 : 0

  user_email = var.user_email
  bucket     = var.bucket
  template   = <<-EOT
    clusterName: small
    config:
      softwareConfig: {imageVersion: 2.3-debian12, optionalComponents: [JUPYTER]}
      endpointConfig: {enableHttpPortAccess: true}
      lifecycleConfig: {idleDeleteTtl: 7200s}
  EOT

  delete_leftover_clusters = true
}

resource "provisioner_spark_session_template" "this" {
  count = can(var.gets.spark_session_template) ? 1 : 0

  user_email = var.user_email
}

locals {
  cluster = provisioner_single_user_cluster.this[*]
}

output "has" {
  value = {
    cluster     = one(local.cluster[*].name)
    cluster_id  = one(local.cluster[*].cluster_id)
    outcome     = one(local.cluster[*].outcome)
    state       = one(local.cluster[*].state)
    libraries   = one(local.cluster[*].libraries)
    url         = one(local.cluster[*].url)
    notified_at = one(local.cluster[*].notified_at)

    personal_notebook      = one(provisioner_personal_notebook.this)
    dataproc_template      = one(provisioner_dataproc_template.this)
    spark_session_template = one(provisioner_spark_session_template.this)
  }
}
