import {
  to = provisioner_spark_session_template.ana
  identity = {
    id = "projects/example/locations/us-central1/sessionTemplates/spark-ana-diaz-6idqd22h"
  }
}
