output "cluster_expires_at" {
  description = "When the cluster ends by itself, should nobody destroy it."
  value       = module.cluster.expires_at
}

output "log_uri" {
  description = "Where the log of the run is, and stays."
  value       = provisioner_sliderule_test.nightly.log_uri
}

output "suites" {
  description = "What each suite came to: status, counts and seconds."
  value       = provisioner_sliderule_test.nightly.suites
}
