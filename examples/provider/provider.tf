# A service principal (OAuth). Its secret is named, never written.
provider "provisioner" {
  installation = "data-access"

  aws = { region = "eu-central-1" }

  databricks = {
    host                 = "https://dbc-1234abcd-5678.cloud.databricks.com"
    client_id            = "8c1f2a7e-3f0b-4c5e-9a55-2f1f6f0f6d51"
    client_secret_source = "secretsmanager://data-access/databricks#client_secret"
  }

  slack = { token_source = "secretsmanager://data-access/slack#bot_token" }
}
