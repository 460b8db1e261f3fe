output "gets" {
  description = "What the roster says about each thing: by kind, and then by the e-mail, in lower case, of those who get one."
  value = {
    for kind in keys(local.kinds) : kind => {
      for email, gets in local.well_formed : email => gets[kind] if contains(keys(gets), kind)
    }
  }

  # A wish that is misspelt would otherwise be a wish not granted.
  precondition {
    condition     = length(local.problems) == 0
    error_message = "The roster ${var.path} cannot be used:\n${join("\n", local.problems)}"
  }
}

output "people" {
  description = "The e-mails, in lower case, of everybody on the roster."
  value       = keys(local.people)
}
