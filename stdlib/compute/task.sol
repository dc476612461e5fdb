use std.compute.{Architecture, UserId, fargate_has, scratch_name}
use std.network.Network
use std.platform.Alarm
use std.security.Key

/// When a task runs.
type Recurrence =
  /// Again and again.
  | every {
    /// How long from one start to the next.
    interval: Duration where 1min..365d
  }
  /// At a time of the calendar.
  | at {
    /// `0 3 * * ? *`: minute, hour, day of month, month, day of week, year.
    cron: String where /^[^ ]+( [^ ]+){5}$/
    /// The zone that the hour is meant in.
    timezone: String = "UTC"
  }

private fn expression(recurrence: Recurrence) -> String = match recurrence {
  every { interval } => if interval == 1min
    then "rate(1 minute)"
    else "rate(${interval.minutes} minutes)"
  at { cron } => "cron(${cron})"
}

private fn timezone_of(recurrence: Recurrence) -> String = match recurrence {
  every => "UTC"
  at { timezone } => timezone
}

/// A container that runs when it is time, and ends.
///
/// ```sol
/// use std.compute.Task
/// use std.data.Bucket
/// use std.network.Network
///
/// solution shop {
///   network: Network {}
///   reports: Bucket {}
///   nightly: Task {
///     network
///     image = image("shop-api")
///     command = ["report", "--yesterday"]
///     schedule = at { cron = "0 3 * * ? *", timezone = "Australia/Sydney" }
///     link reports.write
///   }
/// }
/// ```
component Task {
  layer application
  accepts link, setting, secret

  /// Where it runs.
  param network: Network
  /// What runs.
  param image: Image
  /// When it runs.
  param schedule: Recurrence
  /// What starts it, where the image's own command is not meant.
  param command: [String] = []
  /// Processor.
  param cpu: Vcpu = 0.25 vcpu
  /// Memory.
  param memory: Size = 512MiB
  /// The processor's kind.
  param architecture: Architecture = arm64
  /// Who it runs as.
  param user: UserId = "10001"
  /// Directories that it may write to; everything else is read-only.
  param scratch: [String where /^\/[A-Za-z0-9_\/-]+$/] = ["/tmp"]
  /// How long it gets to stop.
  param timeout: Duration where 1s..2min = 30s
  /// How long logs are kept.
  param log_retention: Duration = 365d
  /// What encrypts starts that failed.
  param key: Key = platform.key

  private let here = "${env.account.region}:${env.account.id}"
  private let managed_secrets = [s.policy_arn for s in secrets if s.store == secrets_manager]
  private let secret_parameters = [s.policy_arn for s in secrets if s.store == parameter_store]

  ensure image.format == docker
    else "a task runs docker images, and ${image.unit} is ${image.format.name}"
  ensure fargate_has(cpu, memory)
    else "Fargate has no machine with ${cpu.cpu_units} CPU units and ${memory.mib} MiB"

  resource group: AWS.EC2.SecurityGroup {
    VpcId            = network.vpc_id
    GroupDescription = "Task"
  }
  on network group in network
  connect tcp 443 to aws("ecr.api") because "the image is pulled"
  connect tcp 443 to aws("ecr.dkr") because "the image is pulled"
  connect tcp 443 to aws("s3") because "the image's layers are in S3"
  connect tcp 443 to aws("logs") because "what it prints is kept"
  connect tcp 443 to aws("secretsmanager")
    if managed_secrets.count > 0
    because "secrets are fetched when it starts"
  connect tcp 443 to aws("ssm")
    if secret_parameters.count > 0
    because "secrets are fetched when it starts"

  principal role for "ecs-tasks.amazonaws.com"
    when { ArnLike = { "aws:SourceArn" = "arn:${env.account.partition}:ecs:${here}:*" } } {}
  principal starter for "ecs-tasks.amazonaws.com" when {
    ArnLike = { "aws:SourceArn" = "arn:${env.account.partition}:ecs:${here}:*" }
  } {
    allow ecr.GetAuthorizationToken because "the image is pulled"
    allow ecr.BatchCheckLayerAvailability, ecr.GetDownloadUrlForLayer, ecr.BatchGetImage
      on image.repository_arn
      because "the image is pulled"
    allow logs.CreateLogStream, logs.PutLogEvents on log.Arn because "what it prints is kept"
    allow secretsmanager.GetSecretValue
      on managed_secrets
      because "secrets are fetched when it starts"
    allow ssm.GetParameters
      on secret_parameters
      because "secrets are fetched when it starts"
  }
  principal scheduler for "scheduler.amazonaws.com" {
    allow ecs.RunTask
      on task.ref
      when { ArnEquals = { "ecs:cluster" = platform.cluster_arn } }
      because "the schedule starts the task"
    allow ecs.TagResource
      on "arn:${env.account.partition}:ecs:${here}:task/${platform.cluster}/*"
      when { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      because "the task gets its definition's tags"
    allow iam.PassRole
      on [role.Arn, starter.Arn]
      when { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      because "the task runs under its own roles"
    allow sqs.SendMessage on failed_starts.Arn because "starts that fail are kept"
    allow kms.GenerateDataKey, kms.Decrypt
      on key.arn
      when { StringEquals = { "kms:ViaService" = "sqs.${env.account.region}.amazonaws.com" } }
      because "starts that fail are kept encrypted"
    allow kms.Decrypt
      on key.arn
      when { StringEquals = { "kms:ViaService" = "scheduler.${env.account.region}.amazonaws.com" } }
      because "the schedule is encrypted"
  }

  resource log: AWS.Logs.LogGroup {
    RetentionInDays = log_retention.days
    KmsKeyId        = platform.key.arn
  }
  resource task: AWS.ECS.TaskDefinition {
    RequiresCompatibilities = ["FARGATE"]
    NetworkMode             = "awsvpc"
    RuntimePlatform         = { OperatingSystemFamily = "LINUX", CpuArchitecture = architecture.name.upper }
    Cpu                     = "${cpu.cpu_units}"
    Memory                  = "${memory.mib}"
    TaskRoleArn             = role.Arn
    ExecutionRoleArn        = starter.Arn
    Volumes                 = [{ Name = scratch_name(path) } for path in scratch]
    ContainerDefinitions = [{
      Name = self.name
      Image = image.uri
      VersionConsistency = "enabled"
      Essential = true
      Command = if command.count == 0 then none else command
      User = user
      Privileged = false
      ReadonlyRootFilesystem = true
      LinuxParameters = { InitProcessEnabled = true, Capabilities = { Drop = ["ALL"] } }
      MountPoints = [
        { SourceVolume = scratch_name(path), ContainerPath = path, ReadOnly = false }
          for path in scratch
      ]
      Environment = [{ Name = name, Value = value } for name, value in settings]
      Secrets = [{ Name = s.name, ValueFrom = s.arn } for s in secrets]
      StopTimeout = timeout.seconds
      LogConfiguration = {
        LogDriver = "awslogs"
        Options = {
          "awslogs-group" = log.ref
          "awslogs-region" = env.account.region
          "awslogs-stream-prefix" = self.name
          mode = "non-blocking"
          "max-buffer-size" = "25m"
        }
      }
    }]
  }

  resource failed_starts: AWS.SQS.Queue {
    MessageRetentionPeriod       = 14d.seconds
    KmsMasterKeyId               = key.id
    KmsDataKeyReusePeriodSeconds = 300
  }
  deny sqs.All
    to everyone
    on failed_starts
    when { Bool = { "aws:SecureTransport" = "false" } }
    because "TLS only"
  resource timetable: AWS.Scheduler.Schedule {
    Description                = "Starts ${self.path}"
    ScheduleExpression         = expression(schedule)
    ScheduleExpressionTimezone = timezone_of(schedule)
    FlexibleTimeWindow         = { Mode = "OFF" }
    KmsKeyArn                  = key.arn
    State                      = "ENABLED"
    Target = {
      Arn = platform.cluster_arn
      RoleArn = scheduler.Arn
      DeadLetterConfig = { Arn = failed_starts.Arn }
      RetryPolicy = { MaximumRetryAttempts = 3, MaximumEventAgeInSeconds = 900 }
      EcsParameters = {
        TaskDefinitionArn = task.ref
        TaskCount = 1
        LaunchType = "FARGATE"
        PlatformVersion = "LATEST"
        EnableECSManagedTags = true
        EnableExecuteCommand = false
        PropagateTags = "TASK_DEFINITION"
        NetworkConfiguration = {
          AwsvpcConfiguration = {
            AssignPublicIp = "DISABLED"
            Subnets = network.private_subnets
            SecurityGroups = [group.GroupId]
          }
        }
      }
    }
  }

  failing: Alarm {
    description = "The schedule could not start the task"
    namespace   = "AWS/SQS"
    metric      = "ApproximateNumberOfMessagesVisible"
    dimensions  = { QueueName = failed_starts.QueueName }
    statistic   = "Maximum"
    above       = 0
    periods     = 1
  }
}
