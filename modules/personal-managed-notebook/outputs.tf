output "notebook_instances" {
  description = "Names of the notebooks, in the order of their people's e-mails."
  value       = tolist([for email in sort(local.people) : provisioner_personal_notebook.this[email].name])

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

output "notebooks" {
  description = "Each person's notebook, by e-mail in lower case: name, address, who it reads data as, state, id, and what the last apply came to."
  value = { for email, notebook in provisioner_personal_notebook.this : email => {
    effective_identity = notebook.effective_identity
    id                 = notebook.id
    name               = notebook.name
    outcome            = notebook.outcome
    proxy_url          = notebook.proxy_url
    state              = notebook.state
  } }
}
