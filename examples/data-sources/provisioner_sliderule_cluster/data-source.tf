data "provisioner_sliderule_cluster" "dev" {
  cluster        = "dev"
  probe          = true
  client_version = "v5.2.1"

  # A pipeline that needs the cluster ends here when it is down, with the reason and the remedy.
  lifecycle {
    postcondition {
      condition     = self.up
      error_message = self.message
    }
  }
}

output "dev" {
  description = "How the cluster is, and until when."
  value       = "${data.provisioner_sliderule_cluster.dev.message} It ends at ${coalesce(data.provisioner_sliderule_cluster.dev.expires_at, "a time that nobody knows")}."
}
