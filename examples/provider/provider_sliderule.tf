# SlideRule clusters on AWS. Who has the AWS credentials is administrator; a jwt_user would narrow that.
provider "provisioner" {
  installation = "data-access"

  aws = {
    region          = "us-west-2"
    assume_role_arn = "arn:aws:iam::123456789012:role/sliderule-provisioner"
  }

  sliderule = {
    domain = "sliderule.example.org"

    # Fewer and shorter clusters than members would otherwise have.
    limits = {
      organization_member = {
        node_capacity = 20
        time_to_live  = 480
      }
    }

    # What budgets are reckoned with. What is left out keeps its built-in price.
    prices = {
      date      = "2026-01-31"
      instances = { "t4g.2xlarge" = 0.2688 }
    }
  }
}
