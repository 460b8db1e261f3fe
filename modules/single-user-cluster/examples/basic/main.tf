# One person, the team's settings file, and what the module takes by default.
# The workspace comes from the environment: DATABRICKS_HOST and DATABRICKS_TOKEN, or any other DATABRICKS_* variables.

provider "provisioner" {
  installation = "data-science"
}

module "cluster" {
  source = "../.."

  user_email    = "ana.diaz@example.com"
  defaults_json = file("${path.module}/cluster-defaults.json")
}

output "url" {
  description = "Page of the cluster in the workspace."
  value       = module.cluster.url
}
