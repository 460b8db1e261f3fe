# By the id of the cluster.
terraform import provisioner_single_user_cluster.ana 0101-120000-abcd1234

# By the person, when the cluster has the default name.
terraform import provisioner_single_user_cluster.ana ana.diaz@example.com

# By the person and the name.
terraform import provisioner_single_user_cluster.ana "ana.diaz@example.com/my cluster"
