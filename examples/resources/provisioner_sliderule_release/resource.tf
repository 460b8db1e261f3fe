# The images of a tag, built and pushed under that tag.
resource "provisioner_sliderule_release" "v5_5_1" {
  cluster = "dev"
  version = "v5.5.1"
}

# Only some of them, and latest moves along.
resource "provisioner_sliderule_release" "node" {
  cluster     = "dev"
  version     = "v5.5.2"
  image_names = ["sliderule", "ams"]
  move_latest = true
  time_limit  = 90 # minutes
}

output "digests" {
  description = "What was pushed: the digest of each image, by its name."
  value       = provisioner_sliderule_release.v5_5_1.images
}
