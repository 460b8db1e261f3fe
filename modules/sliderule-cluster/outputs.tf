output "ami" {
  description = "Machine image that the cluster was made from; updates keep it."
  value       = provisioner_sliderule_cluster.this.ami
}

output "cluster" {
  description = "Name of the cluster."
  value       = provisioner_sliderule_cluster.this.cluster
}

output "endpoint" {
  description = "Address of the cluster, which clients are given."
  value       = provisioner_sliderule_cluster.this.endpoint
}

output "expires_at" {
  description = "When the cluster ends, or ended, by itself (RFC 3339)."
  value       = provisioner_sliderule_cluster.this.expires_at
}

output "group_name" {
  description = "Auto Scaling group of its nodes."
  value       = provisioner_sliderule_cluster.this.group_name
}

output "ilb_address" {
  description = "Public address of its load balancer; null when it is not up."
  value       = provisioner_sliderule_cluster.this.ilb_address
}

output "image_digest" {
  description = "Digest of the image that the nodes were made from, by which a version such as `latest` can be traced."
  value       = provisioner_sliderule_cluster.this.image_digest
}

output "reason" {
  description = "Why it is not as it should be: the first failing event of its stack, or that it expired; null when all is well."
  value       = provisioner_sliderule_cluster.this.reason
}

output "stack_id" {
  description = "ARN of the cluster's CloudFormation stack."
  value       = provisioner_sliderule_cluster.this.stack_id
}

output "status" {
  description = "`not running`, `in-progress deployment`, `running` or `in-progress destruction`."
  value       = provisioner_sliderule_cluster.this.status
}
