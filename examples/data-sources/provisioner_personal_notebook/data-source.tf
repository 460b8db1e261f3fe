data "provisioner_personal_notebook" "ana" {
  user_email = "ana.diaz@example.com"
  location   = "us-central1-a"
}

output "ana" {
  description = "Where Ana's notebook is, how it is, and who it reads data as."
  value       = "${data.provisioner_personal_notebook.ana.proxy_url} is ${data.provisioner_personal_notebook.ana.state} and reads as ${data.provisioner_personal_notebook.ana.effective_identity}"
}
