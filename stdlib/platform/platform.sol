use std.messaging.Topic
use std.platform.LogBucket
use std.security.Key

/// What every solution has once in each environment: key, logs, alarms, cluster. Only what is used is built.
///
/// A solution that declares one itself configures it.
///
/// ```sol
/// use std.data.Bucket
/// use std.platform.Platform
///
/// solution shop {
///   platform: Platform { notify = ["on-call@shop.example"], keep_logs = 90d }
///   receipts: Bucket {}
/// }
/// ```
component Platform {
  layer foundation

  /// Who gets an e-mail when an alarm goes off, and when it is over.
  param notify: [String where /^[^@ ]+@[^@ ]+$/] = []
  /// How long access logs are kept.
  param keep_logs: Duration = 365d

  encryption:  Key       {}
  access_logs: LogBucket { keep = keep_logs }
  alarm_topic: Topic     { subscribers = notify, from_alarms = true }

  resource compute: AWS.ECS.Cluster {
    CapacityProviders               = ["FARGATE"]
    DefaultCapacityProviderStrategy = [{ CapacityProvider = "FARGATE", Weight = 1 }]
    ClusterSettings                 = [{ Name = "containerInsights", Value = "enhanced" }]
  }

  /// Encrypts everything that says no other key.
  attribute key: Key = encryption
  /// Where buckets and load balancers write who came.
  attribute log_bucket: LogBucket = access_logs
  /// Where alarms go.
  attribute alarms: Topic = alarm_topic
  /// The name of the cluster that services run in.
  attribute cluster: deferred String = compute.ref
  /// The ARN of the cluster that services run in.
  attribute cluster_arn: deferred Arn = compute.Arn
}
