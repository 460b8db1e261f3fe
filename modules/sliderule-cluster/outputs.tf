output "accrued_cost_usd" {
  description = "What the cluster has cost this calendar month (UTC), when it has a budget; null when that is not known."
  value       = provisioner_sliderule_cluster.this.accrued_cost_usd
}

output "cluster" {
  description = "Name of the cluster."
  value       = provisioner_sliderule_cluster.this.cluster
}

output "current_nodes" {
  description = "How many nodes there are now; 0 while it sleeps."
  value       = provisioner_sliderule_cluster.this.current_nodes
}

output "endpoint" {
  description = "Address of the cluster, which clients are given."
  value       = provisioner_sliderule_cluster.this.endpoint
}

output "expires_at" {
  description = "When the cluster ends, or ended, by itself (RFC 3339)."
  value       = provisioner_sliderule_cluster.this.expires_at
}

output "hourly_cost_usd" {
  description = "What it costs an hour as it is now; null when the price of its machines is not known."
  value       = provisioner_sliderule_cluster.this.hourly_cost_usd
}

output "image_digest" {
  description = "Digest of the image that the nodes were made from, by which a version such as `latest` can be traced."
  value       = provisioner_sliderule_cluster.this.image_digest
}

output "stack_id" {
  description = "ARN of the cluster's CloudFormation stack."
  value       = provisioner_sliderule_cluster.this.stack_id
}

output "status" {
  description = "`not running`, `in-progress deployment`, `running` or `in-progress destruction`."
  value       = provisioner_sliderule_cluster.this.status
}
