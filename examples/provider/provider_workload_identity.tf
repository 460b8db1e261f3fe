# Workload identity: no secret anywhere. The runner puts its identity token into DATABRICKS_OIDC_TOKEN, and the
# workspace trusts its issuer for this service principal.
provider "provisioner" {
  installation = "data-access"

  databricks = {
    host      = "https://dbc-1234abcd-5678.cloud.databricks.com"
    client_id = "8c1f2a7e-3f0b-4c5e-9a55-2f1f6f0f6d51"
    auth_type = "env-oidc"
  }
}
