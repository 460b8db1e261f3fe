terraform {
  required_version = ">= 1.11"

  required_providers {
    provisioner = {
      source  = "data-access/provisioner"
      version = ">= 0.1.0"
    }
  }
}
