output "clusters" {
  description = "Address and state of each person's cluster."
  value       = { for email, cluster in module.cluster : email => { state = cluster.state, url = cluster.url } }
}
