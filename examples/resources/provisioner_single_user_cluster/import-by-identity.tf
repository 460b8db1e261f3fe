import {
  to = provisioner_single_user_cluster.ana
  identity = {
    cluster_id = "0101-120000-abcd1234"
  }
}
