output "effective_identity" {
  description = "As whom sessions read data: `user`, whoever starts them."
  value       = provisioner_spark_session_template.this.effective_identity
}

output "id" {
  description = "Full name of the template: `projects/P/locations/L/sessionTemplates/N`."
  value       = provisioner_spark_session_template.this.id
}

output "name" {
  description = "Name of the template."
  value       = provisioner_spark_session_template.this.name
}

output "outcome" {
  description = "What the apply that made the template came to: `created` or `no_action`."
  value       = provisioner_spark_session_template.this.outcome
}
