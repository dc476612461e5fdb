use std.compute.Architecture
use std.network.Network
use std.platform.Alarm
use std.security.Key

/// The languages that Lambda runs.
type Runtime = "dotnet10"
  | "java21"
  | "java25"
  | "nodejs22.x"
  | "nodejs24.x"
  | "provided.al2023"
  | "python3.13"
  | "python3.14"
  | "ruby3.4"

/// A program that runs when something happens.
///
/// Of a secret `STRIPE_KEY` it is told the ARN, as `STRIPE_KEY_SECRET_ARN`, and it may read it.
///
/// ```sol
/// use std.compute.Function
/// use std.data.Bucket
///
/// solution shop {
///   receipts: Bucket {}
///   biller: Function {
///     image = image("shop-biller", format: zip)
///     runtime = "python3.13"
///     handler = "biller.handle"
///     memory = 512MiB
///     link receipts.read
///   }
/// }
/// ```
component Function {
  layer application
  accepts link, setting, secret

  /// What runs.
  param image: Image
  /// Its language; none for a docker image.
  param runtime: Runtime?
  /// What is called; none for a docker image.
  param handler: String?
  /// Memory; processor comes with it.
  param memory: Size where 128MiB..10GiB = 256MiB
  /// How long a call may take.
  param timeout: Duration where 1s..15min = 30s
  /// How many calls may run at once.
  param concurrency: Int where 2..1000 = 10
  /// The processor's kind.
  param architecture: Architecture = arm64
  /// What calls it: `orders.consume(batch: 10)`. Its answer says which messages of a batch failed.
  param trigger: Grant<consume, { source: deferred Arn, batch: Int, window: Duration }>?
  /// A network to run in; needed only to reach what is inside one.
  param network: Network?
  /// How long logs are kept.
  param log_retention: Duration = 365d
  /// What encrypts settings and failed calls.
  param key: Key = platform.key

  private let here = "${env.account.region}:${env.account.id}"
  private let managed_secrets = [s.policy_arn for s in secrets if s.store == secrets_manager]
  private let secret_parameters = [s.policy_arn for s in secrets if s.store == parameter_store]
  private let packed = image.format != docker

  ensure image.format != site and image.format != openapi
    else "a function runs docker, zip or jar images, and ${image.unit} is ${image.format.name}"
  ensure packed == (runtime != none) and packed == (handler != none)
    else "a ${image.format.name} image ${if packed then "needs `runtime` and `handler`" else "has its own runtime and handler"}"

  principal role for "lambda.amazonaws.com" {
    allow logs.CreateLogStream, logs.PutLogEvents on log.Arn because "what it prints is kept"
    allow xray.PutTraceSegments, xray.PutTelemetryRecords because "calls are traced"
    allow kms.Decrypt
      on key.arn
      when { StringEquals = { "kms:ViaService" = "lambda.${env.account.region}.amazonaws.com" } }
      because "its settings are encrypted"
    allow sqs.SendMessage on failures.Arn if failures != none because "calls that fail are kept"
    allow kms.GenerateDataKey, kms.Decrypt
      on key.arn
      when { StringEquals = { "kms:ViaService" = "sqs.${env.account.region}.amazonaws.com" } }
      if failures != none
      because "calls that fail are kept encrypted"
    allow secretsmanager.GetSecretValue
      on managed_secrets
      because "it fetches its secrets"
    allow ssm.GetParameter
      on secret_parameters
      because "it fetches its secrets"
    allow ec2.DescribeNetworkInterfaces, ec2.DescribeSubnets
      if network != none
      because "Lambda puts it into the network"
    allow ec2.CreateNetworkInterface, ec2.DeleteNetworkInterface, ec2.AssignPrivateIpAddresses, ec2.UnassignPrivateIpAddresses
      on [
        "arn:${env.account.partition}:ec2:${here}:network-interface/*"
        "arn:${env.account.partition}:ec2:${here}:subnet/*"
        "arn:${env.account.partition}:ec2:${here}:security-group/*"
      ]
      if network != none
      because "Lambda puts it into the network"
  }

  resource group: AWS.EC2.SecurityGroup if network != none {
    VpcId            = network.vpc_id
    GroupDescription = "Function"
  }
  on network group in network
  connect tcp 443 to aws("secretsmanager")
    if managed_secrets.count > 0
    because "it fetches its secrets"
  connect tcp 443 to aws("ssm") if secret_parameters.count > 0 because "it fetches its secrets"

  resource log: AWS.Logs.LogGroup {
    RetentionInDays = log_retention.days
    KmsKeyId        = platform.key.arn
  }
  resource failures: AWS.SQS.Queue if trigger == none {
    MessageRetentionPeriod       = 14d.seconds
    KmsMasterKeyId               = key.id
    KmsDataKeyReusePeriodSeconds = 300
  }
  deny sqs.All
    to everyone
    on failures
    when { Bool = { "aws:SecureTransport" = "false" } }
    if failures != none
    because "TLS only"

  resource function: AWS.Lambda.Function {
    PackageType = if packed then "Zip" else "Image"
    Code = if packed
      then { S3Bucket = image.bucket, S3Key = image.key }
      else { ImageUri = image.uri }
    Runtime                      = runtime
    Handler                      = handler
    Architectures                = [architecture.name]
    MemorySize                   = memory.mib
    Timeout                      = timeout.seconds
    ReservedConcurrentExecutions = concurrency
    Role                         = role.Arn
    KmsKeyArn                    = key.arn
    Environment                  = { Variables = merge(settings, {"${s.name}_SECRET_ARN": s.arn for s in secrets}) }
    LoggingConfig = {
      LogGroup = log.ref
      LogFormat = "JSON"
      ApplicationLogLevel = "INFO"
      SystemLogLevel = "INFO"
    }
    TracingConfig    = { Mode = "Active" }
    RecursiveLoop    = "Terminate"
    DeadLetterConfig = if failures == none then none else { TargetArn = failures.Arn }
    VpcConfig = if network == none or group == none
      then none
      else { SubnetIds = network.private_subnets, SecurityGroupIds = [group.GroupId] }
  }
  resource source: AWS.Lambda.EventSourceMapping if trigger != none {
    EventSourceArn                 = trigger.source
    FunctionName                   = function.ref
    BatchSize                      = trigger.batch
    MaximumBatchingWindowInSeconds = trigger.window.seconds
    FunctionResponseTypes          = ["ReportBatchItemFailures"]
    ScalingConfig                  = { MaximumConcurrency = concurrency }
  }

  failing: Alarm {
    description = "Calls fail: its log says why"
    namespace   = "AWS/Lambda"
    metric      = "Errors"
    dimensions  = { FunctionName = function.ref }
    statistic   = "Sum"
    above       = 0
  }
  throttled: Alarm {
    description = "Calls are turned away: raise `concurrency`"
    namespace   = "AWS/Lambda"
    metric      = "Throttles"
    dimensions  = { FunctionName = function.ref }
    statistic   = "Sum"
    above       = 0
  }

  /// The function's name.
  attribute name: deferred String = function.ref
  /// The function's ARN.
  attribute arn: deferred Arn = function.Arn

  /// Call it.
  grant invoke {
    allow lambda.InvokeFunction on function.Arn
    connect tcp 443 to aws("lambda")
    env NAME = function.ref
  }
}
