output "outcome" {
  description = "What the apply that made the file came to: `created` or `no_action`."
  value       = provisioner_dataproc_template.this.outcome
}

output "uri" {
  description = "Address of the person's file: `gcloud dataproc clusters import` and a Dataproc Hub take it."
  value       = provisioner_dataproc_template.this.uri
}
