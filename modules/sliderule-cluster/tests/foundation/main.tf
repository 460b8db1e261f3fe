# What an account and region need once.

resource "provisioner_sliderule_foundation" "this" {
  certificate_source = "s3://data-access-sliderule/cf/sliderule.example.org.pem"
  domain             = "sliderule.example.org"
  registry           = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
}
