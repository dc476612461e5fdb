use std.compute.{Architecture, UserId, fargate_has, scratch_name}
use std.network.Network
use std.platform.Alarm

/// A container that runs all the time, on as many machines as there is work, spread over the zones.
///
/// Settings and the names that links publish reach it as environment variables, secrets as what ECS fetches when a task
/// starts. It is a target of a `Gateway` where it has a `port` and a `route`.
///
/// ```sol
/// use std.compute.Service
/// use std.network.{Gateway, Network}
///
/// solution shop {
///   network: Network {}
///   entry: Gateway { network, certificate = "arn:aws:acm:ap-southeast-2:111122223333:certificate/shop" }
///   api: Service {
///     network
///     image = image("shop-api")
///     port = 8080
///     scale = 2..10
///     health = "/healthz"
///     route = entry.path("/api/*")
///     setting LOG_LEVEL: "debug" | "info" = "info"
///   }
/// }
/// ```
component Service {
  layer application
  accepts link, setting, secret

  /// Where it runs.
  param network: Network
  /// What runs.
  param image: Image
  /// What starts it, where the image's own command is not meant.
  param command: [String] = []
  /// Processor of each task.
  param cpu: Vcpu = 0.25 vcpu
  /// Memory of each task.
  param memory: Size = 512MiB
  /// The processor's kind.
  param architecture: Architecture = arm64
  /// Who it runs as.
  param user: UserId = "10001"
  /// Directories that it may write to; everything else is read-only.
  param scratch: [String where /^\/[A-Za-z0-9_\/-]+$/] = ["/tmp"]
  /// How many tasks there are, at least and at most.
  param scale: Range = if env.availability == multi_az
    then max(2, env.account.zones.count)..4 * max(2, env.account.zones.count)
    else 1..2
  /// The processor load, in percent, that scaling aims at.
  param target_load: Int where 10..90 = 60
  /// The port it listens on, if it does.
  param port: Port?
  /// Where the gateway's requests come in: `entry.path("/api/*")`.
  param route: Grant<path | host, {
    listener: deferred Arn
    load_balancer_name: deferred String
    hosts: [String]
    paths: [String]
    priority: Int?
    place: Int
  }>?
  /// The path that answers 200 while all is well.
  param health: String where /^\/[^ ]*$/ = "/"
  /// How long a starting task may fail that.
  param start_time: Duration = 60s
  /// How long work may take: a task that is to stop gets this long.
  param timeout: Duration where 1s..2min = 30s
  /// How long logs are kept.
  param log_retention: Duration = 365d

  private let here = "${env.account.region}:${env.account.id}"
  private let managed_secrets = [s.policy_arn for s in secrets if s.store == secrets_manager]
  private let secret_parameters = [s.policy_arn for s in secrets if s.store == parameter_store]
  private let autoscaled = scale.min < scale.max
  private let container_port: Int = port ?? 80

  ensure image.format == docker
    else "a service runs docker images, and ${image.unit} is ${image.format.name}"
  ensure fargate_has(cpu, memory)
    else "Fargate has no machine with ${cpu.cpu_units} CPU units and ${memory.mib} MiB"
  ensure scale.min >= 1 and scale.min <= scale.max
    else "`scale` goes from at least one task upwards, and ${scale.min}..${scale.max} does not"
  ensure env.availability == single_az or scale.min >= 2
    else "one task cannot survive the loss of its zone: `scale` starts at 2 where availability is multi_az"

  resource group: AWS.EC2.SecurityGroup {
    VpcId            = network.vpc_id
    GroupDescription = "Service"
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
      PortMappings = if port == none then [] else [{ ContainerPort = port, Protocol = "tcp" }]
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

  resource target: AWS.ElasticLoadBalancingV2.TargetGroup if route != none {
    VpcId                      = network.vpc_id
    TargetType                 = "ip"
    Protocol                   = "HTTP"
    Port                       = port
    HealthCheckProtocol        = "HTTP"
    HealthCheckPath            = health
    HealthCheckIntervalSeconds = 15
    HealthCheckTimeoutSeconds  = 5
    HealthyThresholdCount      = 2
    UnhealthyThresholdCount    = 3
    Matcher                    = { HttpCode = "200" }
    TargetGroupAttributes = [
      { Key = "deregistration_delay.timeout_seconds", Value = "${timeout.seconds}" }
      { Key = "load_balancing.algorithm.type", Value = "least_outstanding_requests" }
    ]
  }
  resource rule: AWS.ElasticLoadBalancingV2.ListenerRule if route != none and target != none {
    ListenerArn = route.listener
    Priority    = route.priority ?? route.place
    Conditions = [
      { Field = "host-header", HostHeaderConfig = { Values = route.hosts } }
      { Field = "path-pattern", PathPatternConfig = { Values = route.paths } }
    ]
    Actions = [{ Type = "forward", TargetGroupArn = target.ref }]
  }

  // Services find each other under `<name>.<environment>.<product>.internal`.
  resource registration: AWS.ServiceDiscovery.Service if port != none {
    Name = host_label
    DnsConfig = {
      NamespaceId = network.namespace_id
      RoutingPolicy = "MULTIVALUE"
      DnsRecords = [{ Type = "A", TTL = 10 }]
    }
    HealthCheckCustomConfig = { FailureThreshold = 1 }
  }
  private let host_label = self.name.replace("_", "-")

  resource service: AWS.ECS.Service after [rule] {
    Cluster                     = platform.cluster
    LaunchType                  = "FARGATE"
    PlatformVersion             = "LATEST"
    TaskDefinition              = task.ref
    DesiredCount                = if autoscaled then none else scale.min
    AvailabilityZoneRebalancing = "ENABLED"
    DeploymentConfiguration = {
      MinimumHealthyPercent = 100
      MaximumPercent = 200
      DeploymentCircuitBreaker = { Enable = true, Rollback = true }
    }
    NetworkConfiguration = {
      AwsvpcConfiguration = {
        AssignPublicIp = "DISABLED"
        Subnets = network.private_subnets
        SecurityGroups = [group.GroupId]
      }
    }
    LoadBalancers = if target == none
      then []
      else [{ ContainerName = self.name, ContainerPort = port, TargetGroupArn = target.ref }]
    HealthCheckGracePeriodSeconds = if route == none then none else start_time.seconds
    ServiceRegistries             = if registration == none then [] else [{ RegistryArn = registration.Arn }]
    EnableExecuteCommand          = false
    EnableECSManagedTags          = true
    PropagateTags                 = "SERVICE"
  }

  resource scaling: AWS.ApplicationAutoScaling.ScalableTarget if autoscaled {
    ServiceNamespace  = "ecs"
    ScalableDimension = "ecs:service:DesiredCount"
    ResourceId        = "service/${platform.cluster}/${service.Name}"
    MinCapacity       = scale.min
    MaxCapacity       = scale.max
  }
  resource load: AWS.ApplicationAutoScaling.ScalingPolicy if scaling != none {
    PolicyName      = "load"
    PolicyType      = "TargetTrackingScaling"
    ScalingTargetId = scaling.ref
    TargetTrackingScalingPolicyConfiguration = {
      PredefinedMetricSpecification = { PredefinedMetricType = "ECSServiceAverageCPUUtilization" }
      TargetValue = target_load
      ScaleOutCooldown = 60
      ScaleInCooldown = 300
    }
  }

  busy: Alarm {
    description = "The tasks' processors are busy although scaling should help: raise `scale` or `cpu`"
    namespace   = "AWS/ECS"
    metric      = "CPUUtilization"
    dimensions  = { ClusterName = platform.cluster, ServiceName = service.Name }
    above       = 90
  }
  forgetful: Alarm {
    description = "The tasks' memory is nearly full: raise `memory`, or look for a leak"
    namespace   = "AWS/ECS"
    metric      = "MemoryUtilization"
    dimensions  = { ClusterName = platform.cluster, ServiceName = service.Name }
    above       = 90
  }
  unhealthy: Alarm if route != none and target != none {
    description = "Tasks fail their health check"
    namespace   = "AWS/ApplicationELB"
    metric      = "UnHealthyHostCount"
    dimensions = {
      LoadBalancer = route.load_balancer_name
      TargetGroup = target.TargetGroupFullName
    }
    statistic = "Maximum"
    above     = 0
  }

  /// The name under which other services find it.
  attribute host: String = "${host_label}.${network.domain}"

  /// Call it directly, inside the network.
  grant call {
    ensure port != none else "a service without a `port` cannot be called"
    connect tcp container_port to group
    env HOST = host
    env PORT = "${container_port}"
    env URL = "http://${host}:${container_port}"
  }
}
