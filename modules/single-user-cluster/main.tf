resource "provisioner_single_user_cluster" "this" {
  user_email    = var.user_email
  defaults_json = var.defaults_json

  name         = var.name
  notification = var.notification
  on_destroy   = var.on_destroy
  on_existing  = var.on_existing
  owner_level  = var.owner_level
  permissions  = length(var.permissions) > 0 ? var.permissions : null
  pinned       = var.pinned
  timeouts     = var.timeouts
  warm_up      = var.warm_up

  lifecycle {
    # The resource only warns of a failed warm-up: an error would taint a healthy cluster. A postcondition fails the
    # apply and taints nothing. Somebody else's cluster fails nothing: nobody here could mend it.
    postcondition {
      condition = self.outcome != "failed" || !self.managed
      error_message = format(
        "The cluster %s of %s is not ready. %s It is stopped and kept. Mend the cause and apply again, which tries the warm-up again.",
        self.name, self.user_email, coalesce(self.warm_up_message, "Its warm-up ended \"${self.warm_up_status}\".")
      )
    }
  }
}
