resource "provisioner_spark_session_template" "ana" {
  user_email      = "ana.diaz@example.com"
  location        = "us-central1"
  display_name    = "Spark for Ana"
  runtime_version = "2.3"

  properties = {
    "spark.executor.instances" = "2"
  }
  labels = {
    cost-center = "research"
  }

  # A session ends after half an hour without work, and after eight hours whatever happens.
  idle_minutes = 30
  max_minutes  = 480

  subnet = "projects/example/regions/us-central1/subnetworks/notebooks"
}
