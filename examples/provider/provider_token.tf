# Personal access tokens, read from a bucket when they are needed.
provider "provisioner" {
  installation = "data-access"

  aws = {
    region          = "eu-central-1"
    assume_role_arn = "arn:aws:iam::123456789012:role/read-data-access-secrets"
  }

  databricks = {
    host         = "https://dbc-1234abcd-5678.cloud.databricks.com"
    token_source = "s3://data-access-secrets/databricks/token"
  }

  slack = {
    token_source     = "s3://data-access-secrets/slack/token"
    fallback_channel = "C024BE91L" # for people whom Slack does not reach
  }
}
