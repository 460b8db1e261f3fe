output "bucket" {
  description = "Name of the bucket with the templates; null when there are none."
  value       = local.bucket
}

output "bucket_self_link" {
  description = "Google's link to the bucket that this module made for the templates; null when it made none."
  value       = one(provisioner_google_foundation.this[*].bucket_self_link)
}

output "notebook_instances" {
  description = "Names of the notebooks, in the order of their people's e-mails; with `session_template` there are none."
  value       = tolist([for email in sort(keys(provisioner_personal_notebook.this)) : provisioner_personal_notebook.this[email].name])

  # The resource only warns of a notebook that did not come up: an error would taint it, and the next apply would destroy
  # it with the person's files. This fails the apply and taints nothing. It is no postcondition of the resource: after
  # any other error Terraform has no self among many, and says so once for each person.
  precondition {
    condition = alltrue([for notebook in values(provisioner_personal_notebook.this) : notebook.outcome != "failed"])
    error_message = join(" ", concat([
      for email, notebook in provisioner_personal_notebook.this :
      "The notebook ${notebook.name} of ${email} is not ready: it is ${coalesce(notebook.state, "in no known state")}." if notebook.outcome == "failed"
    ], ["It is kept. Mend the cause, which a warning tells, and apply again: that goes on with the same notebook."]))
  }
}

output "people" {
  description = "What each person has, by e-mail in lower case: name, address, who it reads data as, state and id of the notebook, what the last apply came to, the addresses of the cluster files, and the id of the session template."
  value = { for email in local.people : email => {
    effective_identity  = local.sessions ? provisioner_spark_session_template.this[email].effective_identity : provisioner_personal_notebook.this[email].effective_identity
    id                  = local.sessions ? null : provisioner_personal_notebook.this[email].id
    name                = local.names[email]
    outcome             = local.sessions ? provisioner_spark_session_template.this[email].outcome : provisioner_personal_notebook.this[email].outcome
    proxy_url           = local.sessions ? null : provisioner_personal_notebook.this[email].proxy_url
    session_template_id = local.sessions ? provisioner_spark_session_template.this[email].id : null
    state               = local.sessions ? null : provisioner_personal_notebook.this[email].state
    template_uris       = { for name in keys(local.templates) : name => provisioner_dataproc_template.this["${email}/${name}"].uri }
  } }
}

output "service_account" {
  description = "E-mail of the service account that the machines run as; null when they have none of their own."
  value       = local.account
}
