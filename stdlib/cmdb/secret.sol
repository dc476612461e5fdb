/// Where a secret is kept.
enum SecretStore { secrets_manager, parameter_store }

/// A secret that somebody else looks after; its value never comes here.
type SecretReference = {
  /// The name by which the program knows it.
  name: String
  /// Where it is kept.
  store: SecretStore
  /// What ECS is to read.
  arn: Arn
  /// What a policy names: the same, with `-??????` where only the secret's name is known.
  policy_arn: Arn
}
