import {
  to = provisioner_single_user_cluster.ana
  id = "ana.diaz@example.com" # or the id of the cluster, or ana.diaz@example.com/NAME
}
