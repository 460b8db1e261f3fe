locals {
  # What a person can get, and what can be said about each. A new kind of thing begins with a line here.
  kinds = {
    dataproc_template      = ["delete_leftover_clusters", "template"]
    personal_notebook      = ["data_disk", "deletion_protection", "environment", "identity", "idle_shutdown_minutes", "labels", "machine_type", "metadata", "on_destroy"]
    sliderule_cluster      = ["budget", "cluster", "is_public", "max_nodes", "min_nodes", "node_capacity", "nodes", "renew", "sleep", "time_to_live", "version", "when_expired"]
    single_user_cluster    = ["name", "on_destroy", "on_existing", "owner_level", "permissions", "pinned", "warm_up"]
    spark_session_template = ["delete_leftover_sessions", "idle_minutes", "kernel", "labels", "max_minutes", "properties", "runtime_version"]
  }
  # What can be said within these: Terraform drops anything else without a word.
  parts = {
    budget      = ["emails", "limit_usd", "start_hours"]
    data_disk   = ["size_gb", "type"]
    nodes       = ["instance_types", "spot_max_price", "spot_share", "volume_gb"]
    permissions = ["group_name", "permission_level", "service_principal_name", "user_name"]
    sleep       = ["down", "time_zone", "up"]
  }
  # What the module of notebooks refuses without a name, for it takes a list of people.
  words = {
    environment = ["managed", "workbench"]
    identity    = ["service_account", "user"]
    on_destroy  = ["abandon", "delete", "stop"]
  }

  text = replace(trimprefix(file(var.path), "\ufeff"), "/(?m)(^|\\s)#.*$/", "") # without comments

  # yamldecode fails on nothing, and reads null from "null".
  empty  = contains(["", "---"], trimspace(local.text))
  roster = yamldecode(local.empty ? "null" : file(var.path))

  # Terraform's addresses are case-sensitive and people are not: who is written with a capital keeps their cluster.
  spellings = { for email in try(keys(local.roster), []) : lower(trimspace(email)) => email... }
  people    = { for email, spellings in local.spellings : email => local.roster[spellings[0]] }

  # Of two equal keys yamldecode keeps the last and says nothing, so keys are counted in the text: wherever a line or
  # a flow map goes on with one, in quotes or plain.
  keys = {
    for key in regexall("(?m)(?:^|[{,])\\s*(?:\"([^\"]+)\"\\s*:|'([^']+)'\\s*:|([^\\s\"'{},][^\\s{},]*)\\s*:(?:\\s|$))", local.text) :
    coalesce(key...) => true...
  }

  # merge() makes an entry with nothing below it an empty one; null is an entry of another shape.
  entries = {
    for email, gets in local.people :
    email => try({ for kind, wish in merge(gets, {}) : kind => merge(wish, {}) }, null)
  }
  well_formed = { for email, gets in local.entries : email => gets if gets != null }

  sliderule = { for email, gets in local.well_formed : gets.sliderule_cluster.cluster => email... if can(length(gets.sliderule_cluster.cluster)) }

  problems = concat(
    local.roster == null ? ["It is empty: if nobody gets anything, write {} and run with -var at_least=0."] :
    !can(keys(local.roster)) ? ["It is not a map of people: begin a line with each e-mail and a colon, as in \"ana.diaz@example.com:\", and put below it what they get."] :
    length(local.people) < var.at_least ? ["It has fewer people (${length(local.people)}) than at_least (${var.at_least}): a file cut short would take away what everybody else has. If it is whole, run with -var at_least=${length(local.people)}."] :
    [],
    [
      for email in keys(local.people) : "\"${email}\" is not an e-mail address: write it as ana.diaz@example.com."
      if !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))
    ],
    [
      for email, spellings in local.spellings :
      "${join(" and ", spellings)} are one person: case does not matter. Keep one entry."
      if length(spellings) > 1
    ],
    [
      for email in flatten(values(local.spellings)) :
      "${email} stands there ${length(local.keys[email])} times, and only the last would count: keep one entry."
      if length(lookup(local.keys, email, [])) > 1
    ],
    [
      for email, gets in local.people :
      "${email} has nothing below it: write what they get, such as \"single_user_cluster: {}\", or take the person off the roster."
      if gets == null
    ],
    [
      for email, gets in local.entries : "What ${email} gets is not a map: list it below, such as \"single_user_cluster: {}\"."
      if gets == null
    ],
    flatten([
      for email, gets in local.well_formed : [
        for kind in keys(gets) : "${email} has the unknown key \"${kind}\": there are ${join(", ", keys(local.kinds))}."
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
    flatten([
      for email, gets in local.well_formed : [
        for wish in values(gets) : [
          for part, keys in local.parts : [
            for entry in try(wish[part][*], []) : [
              for key in setsubtract(try(keys(entry), []), keys) :
              "${email} has the unknown key \"${key}\" in ${part}: there are ${join(", ", keys)}."
            ]
          ]
        ]
      ]
    ]),
    flatten([
      for email, gets in local.well_formed : [
        for key, words in local.words : "${email} has a personal_notebook with another ${key} than there is: take ${join(" or ", words)}."
        if !contains(words, try(tostring(coalesce(gets.personal_notebook[key], words[0])), words[0]))
      ]
    ]),
    [
      for email, gets in local.well_formed : "${email} has a personal_notebook with idle_shutdown_minutes beyond 10 to 1440."
      if try(gets.personal_notebook.idle_shutdown_minutes < 10 || gets.personal_notebook.idle_shutdown_minutes > 1440, false)
    ],
    [
      for email, gets in local.well_formed : "${email} has a sliderule_cluster without a name: write cluster and the name below it, such as \"cluster: snow\"."
      if contains(keys(gets), "sliderule_cluster") && !can(length(gets.sliderule_cluster.cluster))
    ],
    [
      for name, people in local.sliderule : "${join(" and ", people)} have the same sliderule_cluster ${name}: give each a name of its own, or keep one entry."
      if length(people) > 1
    ],
    [
      for email, gets in local.well_formed :
      "${email} wants the template ${gets.dataproc_template.template}, and there is no such file beside main.tf: name one that is there, or leave template out for single-node.yaml."
      if !try(fileexists("${path.root}/${gets.dataproc_template.template}"), true)
    ],
  )
}
