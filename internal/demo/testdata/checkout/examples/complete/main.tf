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
  slack      = { token_source = "s3://data-access-secrets/slack/token" }
}

locals {
  users = yamldecode(file("${path.module}/users.yaml"))
}

module "cluster" {
  source   = "../../modules/cluster"
  for_each = local.users

  user_email    = each.key
  defaults_json = file("${path.module}/cluster-defaults.json")
}

output "people" {
  value = { for email, cluster in module.cluster : email => cluster.person }
}
