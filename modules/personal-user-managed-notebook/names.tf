# What each person's notebook or session template is called.

locals {
  given = { for email, name in var.names : lower(trimspace(email)) => name }

  # A hub names its owner's cluster hub-NOTEBOOK-LOCAL, of at most 51 characters, LOCAL being the e-mail before the @.
  room = { for email in local.people : email => local.hub ? 51 - 5 - length(split("@", email)[0]) : 63 }

  # A name is the prefix and at least ten characters that tell people apart. A prefix that leaves a person no room for
  # them is shortened, and keeps four characters of a hash: two instances of this module still share no name.
  prefixes = { for email, room in local.room : email => (
    length(var.user_managed_instance_prefix) + 10 <= room
    ? var.user_managed_instance_prefix
    : "${substr(var.user_managed_instance_prefix, 0, max(1, room - 10 - 4))}${substr(sha256(var.user_managed_instance_prefix), 0, max(0, min(4, room - 10 - 1)))}"
  ) }

  # Where there is no room at all, the rule of notebook_users_list has spoken.
  names = { for email in local.people : email => (
    contains(keys(local.given), email)
    ? local.given[email]
    : provider::provisioner::resource_name(email, local.prefixes[email], max(11, local.room[email]))
  ) }
}
