output "people" {
  description = "What each person of the roster has, by e-mail in lower case. A thing that a person does not have is null."
  value = {
    for email, has in local.has : email => {
      # The cluster, on Databricks.
      cluster     = one(has.cluster[*].name)
      cluster_id  = one(has.cluster[*].cluster_id)
      libraries   = one(has.cluster[*].libraries)
      managed     = one(has.cluster[*].managed)
      notified_at = one(has.cluster[*].notified_at)
      outcome     = one(has.cluster[*].outcome)
      state       = one(has.cluster[*].state)
      url         = one(has.cluster[*].url)

      # On Google Cloud.
      dataproc_template      = has.dataproc_template
      personal_notebook      = one(has.notebook[*].notebooks[email])
      spark_session_template = has.spark_session_template

      # On AWS.
      sliderule_cluster = has.sliderule_cluster
    }
  }
}

locals {
  has = {
    for email in module.roster.people : email => {
      cluster                = lookup(module.single_user_cluster, email, null)
      dataproc_template      = lookup(module.dataproc_template, email, null)
      notebook               = lookup(module.personal_notebook, email, null)
      sliderule_cluster      = lookup(module.sliderule_cluster, email, null)
      spark_session_template = lookup(module.spark_session_template, email, null)
    }
  }
}
