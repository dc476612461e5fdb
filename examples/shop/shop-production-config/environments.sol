use std.data.Postgres

/// What customers see. Product and solutions come from the development repository, at the revision that was
/// promoted; here stands only what is production's own.
environment production {
  stage   = production
  account = prod
  network = 10.30.0.0/16
  release = manual { approvers = [releasers], from = preproduction }

  enforce Postgres { backup_retention = 35d }
  enforce settings { LOG_LEVEL = "warn" }
}
