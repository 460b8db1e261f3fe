resource "provisioner_personal_notebook" "ana" {
  user_email = "ana.diaz@example.com"
  location   = "us-central1-a"

  machine_type          = "e2-standard-4"
  network               = "default"
  subnet                = "default"
  idle_shutdown_minutes = 120

  labels   = { team = "data-science" }
  metadata = { notebook-disable-downloads = "true" }

  notification = {
    faq_links = [
      { title = "How to use your notebook", url = "https://wiki.example.com/notebooks" },
    ]
  }
}
