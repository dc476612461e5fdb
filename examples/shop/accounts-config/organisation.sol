use std.data.Bucket
use std.network.Gateway

/// The organisation that owns the accounts. What it says by default holds until somebody closer knows better.
organisation acme {
  id = "o-a1b2c3d4e5"

  // Whoever finds something without an owner asks the platform team.
  default tags     { owner = "platform", cost_centre = "0000" }
  default settings { LOG_LEVEL = "info" }
  default Bucket   { keep_versions = 180d }

  // What it enforces holds whatever an account, a product or a solution says.
  enforce tags    { managed_by = "solc" }
  enforce Gateway { deletion_protection = true }
}
