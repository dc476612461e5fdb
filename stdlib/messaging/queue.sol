use std.platform.Alarm
use std.security.Key

/// What can take messages from a queue.
interface Poller {
  timeout: Duration
}

/// A queue, with another one for messages that fail again and again.
///
/// ```sol
/// use std.compute.Function
/// use std.messaging.Queue
///
/// solution shop {
///   orders: Queue { visibility = 3min, dead_letter_after = 5 }
///   biller: Function {
///     image = image("shop-biller", format: zip)
///     runtime = "python3.13"
///     handler = "biller.handle"
///     trigger = orders.consume(batch: 10)
///   }
/// }
/// ```
component Queue {
  layer data
  stateful

  /// How long a message waits at most.
  param retention: Duration where 1min..14d = 4d
  /// After how many attempts a message is put aside.
  param dead_letter_after: Int where 1..1000 = 5
  /// How long a message that somebody works on is hidden from others.
  param visibility: Duration where 0s..12h = 3min
  /// How long a new message is held back.
  param delay: Duration where 0s..15min = 0s
  /// Whether order is kept, and doubles are dropped.
  param fifo: Bool = false
  /// How old the oldest message may be before an alarm goes off.
  param alarm_after: Duration = 15min
  /// A topic whose messages come here.
  param subscription: Grant<subscribe, { source: deferred Arn }>?
  /// What encrypts it.
  param key: Key = platform.key

  resource dead_letters: AWS.SQS.Queue {
    MessageRetentionPeriod       = 14d.seconds
    KmsMasterKeyId               = key.id
    KmsDataKeyReusePeriodSeconds = 300
    FifoQueue                    = if fifo then true else none
  }
  resource queue: AWS.SQS.Queue {
    MessageRetentionPeriod        = retention.seconds
    VisibilityTimeout             = visibility.seconds
    DelaySeconds                  = delay.seconds
    ReceiveMessageWaitTimeSeconds = 20
    KmsMasterKeyId                = key.id
    KmsDataKeyReusePeriodSeconds  = 300
    FifoQueue                     = if fifo then true else none
    ContentBasedDeduplication     = if fifo then true else none
    RedrivePolicy                 = { deadLetterTargetArn = dead_letters.Arn, maxReceiveCount = dead_letter_after }
  }
  deny sqs.All
    to everyone
    on queue
    when { Bool = { "aws:SecureTransport" = "false" } }
    because "TLS only"
  deny sqs.All
    to everyone
    on dead_letters
    when { Bool = { "aws:SecureTransport" = "false" } }
    because "TLS only"

  permit sqs.SendMessage to "sns.amazonaws.com" on queue
    when {
      ArnEquals = { "aws:SourceArn" = subscription.source }
      StringEquals = { "aws:SourceAccount" = env.account.id }
    }
    if subscription != none
    because "the topic delivers here"
  resource delivery: AWS.SNS.Subscription if subscription != none {
    TopicArn           = subscription.source
    Protocol           = "sqs"
    Endpoint           = queue.Arn
    RawMessageDelivery = true
  }

  dying: Alarm {
    description = "Messages were put aside: read them, mend what they met, and send them back"
    namespace   = "AWS/SQS"
    metric      = "ApproximateNumberOfMessagesVisible"
    dimensions  = { QueueName = dead_letters.QueueName }
    statistic   = "Maximum"
    above       = 0
    periods     = 1
  }
  waiting: Alarm {
    description = "Messages wait too long: whoever takes them is slow, or stopped"
    namespace   = "AWS/SQS"
    metric      = "ApproximateAgeOfOldestMessage"
    dimensions  = { QueueName = queue.QueueName }
    statistic   = "Maximum"
    above       = alarm_after.seconds
  }

  /// The queue's address.
  attribute url: deferred String = queue.ref
  /// The queue's ARN.
  attribute arn: deferred Arn = queue.Arn
  /// The ARN of the queue for messages put aside.
  attribute dead_letter_arn: deferred Arn = dead_letters.Arn

  /// Send messages.
  grant send {
    allow sqs.SendMessage on queue.Arn
    encrypt with key
    connect tcp 443 to aws("sqs")
    env URL = queue.ref
  }
  /// Take messages. As a function's `trigger`, Lambda takes them for it.
  grant consume(
    batch: Int where 1..10000 = 10,
    window: Duration where 0s..5min = 0s,
  ) for consumer: Poller {
    ensure visibility >= consumer.timeout
      else "a message is hidden for ${visibility.seconds}s, and work on it may take ${consumer.timeout.seconds}s: others would take it meanwhile"
    ensure batch <= 10 or window > 0s
      else "a batch of more than 10 needs a `window` to collect it in"
    allow sqs.ReceiveMessage, sqs.DeleteMessage, sqs.ChangeMessageVisibility, sqs.GetQueueAttributes
      on queue.Arn
    decrypt with key
    connect tcp 443 to aws("sqs")
    env URL = queue.ref
    /// Where messages come from.
    attribute source: deferred Arn = queue.Arn
  }
}
