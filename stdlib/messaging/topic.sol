use std.security.Key

/// A topic: one message, many readers.
///
/// ```sol
/// use std.messaging.{Queue, Topic}
///
/// solution shop {
///   paid: Topic {}
///   invoices: Queue { subscription = paid.subscribe }
///   statistics: Queue { subscription = paid.subscribe }
/// }
/// ```
component Topic {
  layer foundation

  /// People who get every message by e-mail.
  param subscribers: [String where /^[^@ ]+@[^@ ]+$/] = []
  /// Whether alarms may publish here.
  param from_alarms: Bool = false
  /// What encrypts it.
  param key: Key = platform.key

  resource topic: AWS.SNS.Topic {
    KmsMasterKeyId   = key.id
    SignatureVersion = "2"
    TracingConfig    = "Active"
  }
  deny sns.Publish
    to everyone
    when { Bool = { "aws:SecureTransport" = "false" } }
    because "TLS only"
  permit sns.Publish to "cloudwatch.amazonaws.com"
    when {
      StringEquals = { "aws:SourceAccount" = env.account.id }
      ArnLike = {
        "aws:SourceArn" = "arn:${env.account.partition}:cloudwatch:${env.account.region}:${env.account.id}:alarm:*"
      }
    }
    if from_alarms
    because "alarms are sent here"

  resource mail: AWS.SNS.Subscription for address in subscribers {
    TopicArn = topic.ref
    Protocol = "email"
    Endpoint = address
  }

  /// The topic's ARN.
  attribute arn: deferred Arn = topic.ref

  /// Publish messages.
  grant publish {
    allow sns.Publish on topic.ref
    encrypt with key
    connect tcp 443 to aws("sns")
    env ARN = topic.ref
  }
  /// Receive messages: as a queue's `subscription`.
  grant subscribe {
    /// Where messages come from.
    attribute source: deferred Arn = topic.ref
  }
}
