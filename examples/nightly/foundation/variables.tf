variable "certificate_source" {
  description = "The `s3://` address of the domain's certificate and key. Null: `s3://data-access-sliderule/cf/<domain>.pem`."
  type        = string
  default     = null
}

variable "domain" {
  description = "Domain of the clusters, which has a hosted zone in Route 53."
  type        = string
  default     = "sliderule.example.org"
  nullable    = false
}

variable "registry" {
  description = "Registry with SlideRule's images."
  type        = string
  default     = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
  nullable    = false
}
