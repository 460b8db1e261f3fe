# One person's cluster file. It is made of the admin's by the provider: an unknown key in that is refused, with its line.
resource "provisioner_dataproc_template" "this" {
  user_email = var.user_email
  bucket     = var.bucket
  name       = trimsuffix(basename(var.file), ".yaml")
  template   = file(var.file)

  delete_leftover_clusters = var.delete_leftover_clusters
}
