use std.compute.Service
use std.data.Postgres
use std.platform.Platform

/// A shop on the internet.
product shop {
  domain = "shop.example"
  teams  = { developers = github("acme/shop-dev"), releasers = github("acme/shop-release") }

  // `default` gives way to anything more specific: an environment, a solution, the instance itself.
  default Service  { cpu = 0.25 vcpu, memory = 512MiB }
  default Platform { notify = ["shop-alarms@acme.example"] }
  default Postgres { backup_retention = 14d }
  default settings { CACHE_SECONDS = 600 }
  default tags     { owner = "shop", cost_centre = "4711" }

  // `enforce` does not: an instance that says otherwise is an error that points at both places.
  enforce Postgres { deletion_protection = true }
}
