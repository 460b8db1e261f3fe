# The id of the run, which also names the folder of its log. What cannot be read back is taken from the configuration, and runs nothing again.
terraform import provisioner_sliderule_test.main test-20260112090000-0a1b2c3d4e
