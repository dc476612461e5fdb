use std.messaging.Topic

/// An alarm on one metric. It tells a topic when it goes off, and when it is over.
///
/// ```sol
/// use std.compute.Function
/// use std.platform.Alarm
///
/// solution shop {
///   biller: Function {
///     image = image("shop-biller", format: zip)
///     runtime = "python3.13"
///     handler = "biller.handle"
///   }
///   slow: Alarm {
///     description = "Bills take long: look at what the biller waits for"
///     namespace = "AWS/Lambda"
///     metric = "Duration"
///     dimensions = { FunctionName = biller.name }
///     above = 20000
///   }
/// }
/// ```
component Alarm {
  layer application

  /// What it means, and where to look first.
  param description: String
  /// The metric's namespace: `AWS/SQS`.
  param namespace: String
  /// The metric's name: `ApproximateAgeOfOldestMessage`.
  param metric: String
  /// What the metric is of.
  param dimensions: {String: deferred String}
  /// How the values of a period become one.
  param statistic: "Average" | "Maximum" | "Minimum" | "Sum" = "Average"
  /// Goes off above this.
  param above: Int?
  /// Goes off below this.
  param below: Int?
  /// How long each period is.
  param period: Duration = 5min
  /// How many periods in a row it takes.
  param periods: Int where 1..60 = 3
  /// What silence means.
  param missing: "breaching" | "notBreaching" | "ignore" | "missing" = "notBreaching"
  /// Who is told.
  param topic: Topic = platform.alarms

  ensure (above == none) != (below == none) else "an alarm needs either `above` or `below`"

  resource alarm: AWS.CloudWatch.Alarm {
    AlarmDescription   = description
    Namespace          = namespace
    MetricName         = metric
    Dimensions         = [{ Name = key, Value = value } for key, value in dimensions]
    Statistic          = statistic
    Period             = period.seconds
    EvaluationPeriods  = periods
    ComparisonOperator = if below == none then "GreaterThanThreshold" else "LessThanThreshold"
    Threshold          = above ?? below ?? 0
    TreatMissingData   = missing
    ActionsEnabled     = true
    AlarmActions       = [topic.arn]
    OKActions          = [topic.arn]
  }

  /// The alarm's name.
  attribute name: deferred String = alarm.ref
}
