# The smallest checkout that fulfils what the demo expects of examples/complete.
terraform {
  required_version = ">= 1.11"
  required_providers {
    provisioner = {
      source = "data-access/provisioner"
    }
  }
}

provider "provisioner" {
  databricks = { token_source = "s3://data-access-secrets/databricks/token" }
  google     = { project = "data-access", location = "us-central1-a" }
  slack      = { token_source = "s3://data-access-secrets/slack/token" }
}

locals {
  users = yamldecode(file("${path.module}/users.yaml"))
}

resource "provisioner_google_foundation" "this" {
  bucket = "data-access-templates"
}

resource "provisioner_sliderule_foundation" "this" {
  count = anytrue([for gets in values(local.users) : can(gets.sliderule_cluster)]) ? 1 : 0

  domain             = "sliderule.example.org"
  certificate_source = "s3://data-access-sliderule/cf/sliderule.example.org.pem"
  registry           = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
}

resource "provisioner_sliderule_cluster" "this" {
  for_each   = { for email, gets in local.users : email => gets.sliderule_cluster if can(gets.sliderule_cluster) }
  depends_on = [provisioner_sliderule_foundation.this]

  cluster       = each.value.cluster
  node_capacity = each.value.node_capacity
  time_to_live  = each.value.time_to_live
  renew         = lookup(each.value, "renew", null)
  budget        = { limit_usd = 500 }
}

module "person" {
  source   = "../../modules/person"
  for_each = local.users

  user_email    = each.key
  gets          = each.value
  defaults_json = file("${path.module}/cluster-defaults.json")
  bucket        = provisioner_google_foundation.this.bucket
}

output "people" {
  value = { for email, person in module.person : email => merge(person.has, { sliderule_cluster = lookup(provisioner_sliderule_cluster.this, email, null) }) }
}
