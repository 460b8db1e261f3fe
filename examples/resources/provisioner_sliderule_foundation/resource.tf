# Once in an account and region. Its roles, schedules, bucket and key are what clusters are made on.
resource "provisioner_sliderule_foundation" "this" {
  domain             = "sliderule.example.org"
  certificate_source = "s3://example-sliderule/cf/sliderule.example.org.pem"
  registry           = "123456789012.dkr.ecr.us-west-2.amazonaws.com"

  # Members of this organization may log in and deploy their own clusters.
  github_organization = "example-org"

  log_retention_days = 30

  tags = {
    team = "data-science"
  }
}
