# Builds the images of a version and pushes them. Nothing triggers it:
# terraform apply -invoke=action.provisioner_sliderule_release.v5_5_0
action "provisioner_sliderule_release" "v5_5_0" {
  config {
    cluster     = "snow"
    version     = "v5.5.0" # the images' own tag
    move_latest = true     # and latest is this one now
  }
}
