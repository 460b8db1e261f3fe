data "provisioner_single_user_cluster" "ana" {
  user_email = "ana.diaz@example.com"
}

output "ana" {
  description = "Where Ana's cluster is, and how it is."
  value       = "${data.provisioner_single_user_cluster.ana.url} is ${data.provisioner_single_user_cluster.ana.state}"
}
