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

module "person" {
  source   = "../../modules/person"
  for_each = local.users

  user_email    = each.key
  gets          = each.value
  defaults_json = file("${path.module}/cluster-defaults.json")
  bucket        = provisioner_google_foundation.this.bucket
}

output "people" {
  value = { for email, person in module.person : email => person.has }
}
