use std.network.Network
use std.platform.Alarm
use std.security.Key

/// How large a database's machine is: 4, 8 or 32 GiB of memory.
enum PostgresSize { small < medium < large }

private fn class_of(size: PostgresSize) -> String = match size {
  small => "db.t4g.medium"
  medium => "db.m7g.large"
  large => "db.r7g.xlarge"
}

/// A PostgreSQL database: encrypted, backed up, reached over TLS alone. Its password is made and rotated by RDS.
///
/// Under `multi_az` it has a standby in another zone, which takes over by itself.
///
/// ```sol
/// use std.compute.Service
/// use std.data.Postgres
/// use std.network.Network
///
/// solution shop {
///   network: Network {}
///   db: Postgres { network, size = if env.stage >= preproduction then large else small, storage = 50GiB }
///   api: Service {
///     network
///     image = image("shop-api")
///     link db.connect
///   }
/// }
/// ```
component Postgres {
  layer data
  stateful

  /// Where it stands.
  param network: Network
  /// The major version.
  param version: "16" | "17" | "18" = "18"
  /// How large its machine is.
  param size: PostgresSize = small
  /// How much it holds; it grows to twice as much by itself.
  param storage: Size where 20GiB..32TiB = 20GiB
  /// The name of the database.
  param database_name: String where /^[a-z][a-z0-9_]{0,62}$/ = "app"
  /// Its port; not PostgreSQL's own, which scanners try first.
  param port: Port = 5433
  /// How far back in time it can be restored.
  param backup_retention: Duration where 1d..35d = 7d
  /// Whether deleting it needs to be allowed first.
  param deletion_protection: Bool = true
  /// What encrypts it.
  param key: Key = platform.key

  private let here = "${env.account.region}:${env.account.id}"
  private let logs = "arn:${env.account.partition}:logs:${here}:log-group:RDSOSMetrics"

  resource group: AWS.EC2.SecurityGroup {
    VpcId            = network.vpc_id
    GroupDescription = "Database"
  }
  on network group in network

  resource subnets: AWS.RDS.DBSubnetGroup {
    DBSubnetGroupDescription = "Data subnets of every zone"
    SubnetIds                = network.data_subnets
  }
  resource parameters: AWS.RDS.DBParameterGroup {
    Family      = "postgres${version}"
    Description = "TLS only; connections and slow statements are logged"
    Parameters = {
      "rds.force_ssl" = "1"
      log_connections = "1"
      log_disconnections = "1"
      log_min_duration_statement = "1000"
    }
  }
  principal monitor for "monitoring.rds.amazonaws.com" {
    allow logs.CreateLogGroup, logs.PutRetentionPolicy
      on logs
      because "RDS keeps the machine's metrics in this log group"
    allow logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams, logs.GetLogEvents
      on "${logs}:log-stream:*"
      because "RDS keeps the machine's metrics in this log group"
  }

  resource database: AWS.RDS.DBInstance {
    Engine                             = "postgres"
    EngineVersion                      = version
    DBInstanceClass                    = class_of(size)
    DBName                             = database_name
    Port                               = "${port}"
    MasterUsername                     = "app_owner"
    ManageMasterUserPassword           = true
    MasterUserSecret                   = { KmsKeyId = key.arn }
    EnableIAMDatabaseAuthentication    = true
    AllocatedStorage                   = "${storage.gib}"
    MaxAllocatedStorage                = storage.gib * 2
    StorageType                        = "gp3"
    StorageEncrypted                   = true
    KmsKeyId                           = key.arn
    MultiAZ                            = env.availability == multi_az
    DBSubnetGroupName                  = subnets.ref
    DBParameterGroupName               = parameters.ref
    VPCSecurityGroups                  = [group.GroupId]
    PubliclyAccessible                 = false
    CACertificateIdentifier            = "rds-ca-rsa2048-g1"
    AutoMinorVersionUpgrade            = true
    BackupRetentionPeriod              = backup_retention.days
    DeleteAutomatedBackups             = false
    CopyTagsToSnapshot                 = true
    DeletionProtection                 = deletion_protection
    MonitoringInterval                 = 60
    MonitoringRoleArn                  = monitor.Arn
    EnablePerformanceInsights          = true
    PerformanceInsightsKMSKeyId        = key.arn
    PerformanceInsightsRetentionPeriod = 7
    EnableCloudwatchLogsExports        = ["postgresql", "upgrade"]
  }

  busy: Alarm {
    description = "The database's processor is busy: look for slow statements, or take a larger size"
    namespace   = "AWS/RDS"
    metric      = "CPUUtilization"
    dimensions  = { DBInstanceIdentifier = database.ref }
    above       = 85
  }
  filling: Alarm {
    description = "The database has less than 5 GiB of storage left"
    namespace   = "AWS/RDS"
    metric      = "FreeStorageSpace"
    dimensions  = { DBInstanceIdentifier = database.ref }
    statistic   = "Minimum"
    below       = 5GiB.bytes
  }

  /// Where it answers.
  attribute host: deferred String = database.Endpoint.Address
  /// The secret with its owner's password.
  attribute secret_arn: deferred Arn = database.MasterUserSecret.SecretArn

  /// Connect as the database's owner.
  grant connect {
    connect tcp port to group
    connect tcp 443 to aws("secretsmanager")
    allow secretsmanager.GetSecretValue, secretsmanager.DescribeSecret
      on database.MasterUserSecret.SecretArn
    decrypt with key
    env HOST = database.Endpoint.Address
    env PORT = "${port}"
    env DBNAME = database_name
    env SECRET_ARN = database.MasterUserSecret.SecretArn
  }
}
