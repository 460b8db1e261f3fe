# The name of its stack, in the provider's account and region.
terraform import provisioner_sliderule_foundation.this sliderule-foundation
