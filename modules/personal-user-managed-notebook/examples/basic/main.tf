# Two people: a notebook each, and cluster files of their own to start Spark from.
# The credentials come from the environment: GOOGLE_CREDENTIALS, or any other that Google's own tools find.

provider "provisioner" {
  installation = "data-science"
}

module "notebooks" {
  source = "../.."

  project_id          = "data-access"
  notebook_users_list = ["ana.diaz@example.com", "bruna.costa@example.com"]
  machine_type        = "e2-standard-4"
  labels              = { team = "data-science" }
}

output "people" {
  description = "Address of each person's notebook, and of their cluster files."
  value       = { for email, person in module.notebooks.people : email => { notebook = person.proxy_url, templates = person.template_uris } }
}
