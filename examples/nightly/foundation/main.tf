# Once, by hand, before the first night: what ends the clusters and runs of the nights, and where their logs stay.

provider "provisioner" {
  installation = "nightly"
}

resource "provisioner_sliderule_foundation" "nightly" {
  name               = "nightly-foundation"
  certificate_source = coalesce(var.certificate_source, "s3://data-access-sliderule/cf/${var.domain}.pem")
  domain             = var.domain
  log_retention_days = 30
  registry           = var.registry
}
