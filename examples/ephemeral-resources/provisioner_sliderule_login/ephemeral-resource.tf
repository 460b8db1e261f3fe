# Who runs this is logged in with the GitHub token in SLIDERULE_GITHUB_TOKEN.
ephemeral "provisioner_sliderule_login" "me" {}

# A provider cannot configure itself: a second configuration acts with the login, and has its limits.
provider "provisioner" {
  alias = "me"

  sliderule = {
    jwt_user = ephemeral.provisioner_sliderule_login.me.jwt_user
  }
}

resource "provisioner_sliderule_cluster" "mine" {
  provider = provisioner.me

  cluster       = "dev"
  node_capacity = 4
  time_to_live  = 120
}
