/// Who the members of a team are: a team of a GitHub organisation.
type TeamSource = github_team {
  /// The team, with its organisation: `acme/shop-dev`.
  team: String where /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/
}

/// The GitHub team `organisation/team`.
fn github(team: String) -> TeamSource = github_team { team }

/// People who approve, release or develop.
type Team = {
  /// Its name: that of its block, or of its entry in `teams`.
  name: String
  /// Where its members are listed.
  members: TeamSource
}

/// A product: what is released together.
type Product = {
  /// Its name: that of its block.
  name: String
  /// The domain under which the world finds it.
  domain: HostName
  /// Its teams.
  teams: {String: TeamSource} = {}
}
