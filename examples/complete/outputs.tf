output "people" {
  description = "What each person of the roster has, by e-mail in lower case."
  value = {
    for email, cluster in module.single_user_cluster : email => {
      cluster     = cluster.name
      cluster_id  = cluster.cluster_id
      libraries   = cluster.libraries
      managed     = cluster.managed
      notified_at = cluster.notified_at
      outcome     = cluster.outcome
      state       = cluster.state
      url         = cluster.url
    }
  }
}
