# Two people, and what the module takes by default.
# The credentials come from the environment: GOOGLE_CREDENTIALS, or any other that Google's own tools find.

provider "provisioner" {
  installation = "data-science"
}

module "notebooks" {
  source = "../.."

  project_id          = "data-access"
  notebook_users_list = ["ana.diaz@example.com", "bruna.costa@example.com"]
  labels              = { team = "data-science" }
}

output "notebooks" {
  description = "Address and state of each person's notebook."
  value       = { for email, notebook in module.notebooks.notebooks : email => { address = notebook.proxy_url, state = notebook.state } }
}
