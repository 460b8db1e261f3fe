# One person's template for Spark sessions, which read data as whoever starts them and end by themselves.
resource "provisioner_spark_session_template" "this" {
  user_email = var.user_email

  delete_leftover_sessions = var.delete_leftover_sessions
  idle_minutes             = var.idle_minutes
  kernel                   = var.kernel
  labels                   = var.labels
  max_minutes              = var.max_minutes
  properties               = var.properties
  runtime_version          = var.runtime_version
}
