# The ruleset is built into tflint: nothing is downloaded.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# A folder holds the files it needs; an example without outputs needs no empty outputs.tf.
rule "terraform_standard_module_structure" {
  enabled = false
}
