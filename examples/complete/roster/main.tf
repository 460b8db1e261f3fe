locals {
  # What a person can get, and what can be said about each. A new kind of thing begins with a line here.
  kinds = {
    single_user_cluster = ["name", "on_destroy", "on_existing", "owner_level", "permissions", "pinned", "warm_up"]
  }

  # merge() makes an entry with nothing below it an empty one; null is an entry of another shape.
  people = {
    for email, gets in yamldecode(file(var.path)) :
    email => try({ for kind, wish in merge(gets, {}) : kind => merge(wish, {}) }, null)
  }
  well_formed = { for email, gets in local.people : email => gets if gets != null }

  problems = concat(
    [
      for email in keys(local.people) : "\"${email}\" is not an e-mail address: write it as ana.diaz@example.com."
      if !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))
    ],
    [
      for email, spellings in { for email in keys(local.people) : lower(email) => email... } :
      "${join(" and ", spellings)} are one person: case does not matter. Keep one entry."
      if length(spellings) > 1
    ],
    [
      for email, gets in local.people : "What ${email} gets is not a map: list it below, such as \"single_user_cluster: {}\"."
      if gets == null
    ],
    flatten([
      for email, gets in local.well_formed : [
        for kind in keys(gets) : "${email} has the unknown key \"${kind}\": there is ${join(", ", keys(local.kinds))}."
        if !contains(keys(local.kinds), kind)
      ]
    ]),
    flatten([
      for email, gets in local.well_formed : [
        for kind, keys in local.kinds : [
          for key in setsubtract(try(keys(gets[kind]), []), keys) :
          "${email} has the unknown key \"${key}\" in ${kind}: there are ${join(", ", keys)}."
        ]
      ]
    ]),
  )
}
