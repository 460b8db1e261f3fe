output "single_user_clusters" {
  description = "What the roster says about the cluster of each person who gets one, by e-mail in lower case."
  value = {
    for email, gets in local.well_formed : email => gets.single_user_cluster if contains(keys(gets), "single_user_cluster")
  }

  # A wish that is misspelt would otherwise be a wish not granted.
  precondition {
    condition     = length(local.problems) == 0
    error_message = "The roster ${var.path} cannot be used:\n${join("\n", local.problems)}"
  }
}
