output "cluster_id" {
  description = "Id of the cluster."
  value       = provisioner_single_user_cluster.this.cluster_id
}

output "libraries" {
  description = "The cluster's libraries as the last start left them: name, status and message of each."
  value       = provisioner_single_user_cluster.this.libraries
}

output "managed" {
  description = "Whether the cluster is this installation's own, rather than one that somebody else made."
  value       = provisioner_single_user_cluster.this.managed
}

output "name" {
  description = "Name of the cluster."
  value       = provisioner_single_user_cluster.this.name
}

output "notified_at" {
  description = "When the person was told by Slack (RFC 3339); null when they were not."
  value       = provisioner_single_user_cluster.this.notified_at
}

output "outcome" {
  description = "What the last apply that had something to do came to: `created`, `no_action` or `failed`."
  value       = provisioner_single_user_cluster.this.outcome
}

output "state" {
  description = "State of the cluster; `TERMINATED` is its normal rest."
  value       = provisioner_single_user_cluster.this.state
}

output "url" {
  description = "Page of the cluster in the workspace."
  value       = provisioner_single_user_cluster.this.url
}

output "warm_up_message" {
  description = "Why the last warm-up did not end well; null when it did."
  value       = provisioner_single_user_cluster.this.warm_up_message
}

output "warm_up_status" {
  description = "How the last warm-up ended: `succeeded`, `failed`, `interrupted` or `not_requested`."
  value       = provisioner_single_user_cluster.this.warm_up_status
}
