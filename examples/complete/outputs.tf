output "people" {
  description = "What each person of the roster has, by e-mail."
  value = {
    for email, cluster in module.single_user_cluster : email => {
      cluster     = cluster.name
      cluster_id  = cluster.cluster_id
      libraries   = cluster.libraries
      notified_at = cluster.notified_at
      outcome     = cluster.outcome
      state       = cluster.state
      url         = cluster.url
    }
  }
}
