/// How far a release has come. Availability follows it.
enum Stage { integration < test < preproduction < production }

/// What an environment survives: nothing, or the loss of a zone.
enum Availability { single_az < multi_az }

/// How an environment is released to.
type Release =
  /// Whatever is built, at once.
  | continuous
  /// When somebody asks for it and others approve.
  | manual {
    /// Who may approve.
    approvers: [Team]
    /// Where releases are promoted from.
    from: Environment?
  }

/// A running copy of the product.
type Environment = {
  /// Its name: that of its block.
  name: String
  /// How far a release has come when it arrives here.
  stage: Stage
  /// The account it runs in.
  account: Account
  /// Its addresses. Each of three tiers takes an eighth part of a quarter of it for every zone.
  network: Cidr
  /// What it survives.
  availability: Availability = if stage >= preproduction then multi_az else single_az
  /// The domain under which it is found.
  domain: HostName = if stage == production then product.domain else "${name}.${product.domain}"
  /// How it is released to.
  release: Release
  /// What was looked up: from `facts.json`, never set by hand.
  facts: Facts
}

/// The id of a hosted zone in Route 53.
type HostedZoneId = String where /^Z[A-Z0-9]{1,31}$/

/// The id of a prefix list.
type PrefixListId = String where /^pl-[0-9a-f]{8,17}$/

/// What cannot be known without asking AWS, written down in `facts.json`.
type Facts = {
  /// Ids of public hosted zones by domain.
  hosted_zones: {String: HostedZoneId} = {}
  /// Ids of AWS-managed prefix lists by service.
  prefix_lists: {String: PrefixListId} = {}
}
