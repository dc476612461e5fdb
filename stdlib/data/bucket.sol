use std.security.Key

/// The beginning of object keys: `invoices/`. It stands for no other text, so it has no wildcard.
type Prefix = String where /^([^\/*?$][^*?$]*)?$/

/// A private bucket: encrypted, versioned if asked, TLS only.
///
/// Who writes may not read, and the other way round: a program that does both links both.
///
/// ```sol
/// use std.compute.Function
/// use std.data.Bucket
///
/// solution shop {
///   receipts: Bucket { expire_after = 365d }
///   biller: Function {
///     image = image("shop-biller", format: zip)
///     runtime = "python3.13"
///     handler = "biller.handle"
///     link receipts.write(under: "invoices/")
///   }
/// }
/// ```
component Bucket {
  layer data
  stateful

  /// Whether overwritten and deleted objects can be brought back.
  param versioned: Bool = true
  /// How long they can.
  param keep_versions: Duration where 1d..3650d = 90d
  /// After how long objects are deleted; never, if it is not set.
  param expire_after: Duration?
  /// Whether changes to objects are told to EventBridge.
  param events: Bool = false
  /// What encrypts it.
  param key: Key = platform.key

  resource bucket: AWS.S3.Bucket {
    BucketEncryption = {
      ServerSideEncryptionConfiguration = [{
        ServerSideEncryptionByDefault = { SSEAlgorithm = "aws:kms", KMSMasterKeyID = key.arn }
        BucketKeyEnabled = true
      }]
    }
    OwnershipControls = { Rules = [{ ObjectOwnership = "BucketOwnerEnforced" }] }
    PublicAccessBlockConfiguration = {
      BlockPublicAcls = true
      BlockPublicPolicy = true
      IgnorePublicAcls = true
      RestrictPublicBuckets = true
    }
    VersioningConfiguration = { Status = if versioned then "Enabled" else "Suspended" }
    LifecycleConfiguration = {
      Rules = [{
        Id = "housekeeping"
        Status = "Enabled"
        ExpirationInDays = expire_after?.days
        NoncurrentVersionExpiration = { NoncurrentDays = keep_versions.days }
        AbortIncompleteMultipartUpload = { DaysAfterInitiation = 7 }
      }]
    }
    LoggingConfiguration = {
      DestinationBucketName = platform.log_bucket.name
      LogFilePrefix = "s3/${self.name}/"
    }
    NotificationConfiguration = if events
      then { EventBridgeConfiguration = { EventBridgeEnabled = true } }
      else none
  }
  deny s3.All to everyone when { Bool = { "aws:SecureTransport" = "false" } } because "TLS only"
  deny s3.All
    to everyone
    when { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    because "TLS 1.2 or newer"

  /// The bucket's name.
  attribute name: deferred String = bucket.ref
  /// The bucket's ARN.
  attribute arn: deferred Arn = bucket.Arn

  /// Read objects, and list them.
  grant read(under: Prefix = "") {
    allow s3.GetObject on "${bucket.Arn}/${under}*"
    allow s3.ListBucket on bucket.Arn if under == ""
    allow s3.ListBucket
      on bucket.Arn
      when { StringLike = { "s3:prefix" = "${under}*" } }
      if under != ""
    decrypt with key
    connect tcp 443 to aws("s3")
    env BUCKET = bucket.ref
  }
  /// Write objects.
  grant write(under: Prefix = "") {
    allow s3.PutObject, s3.AbortMultipartUpload, s3.ListMultipartUploadParts
      on "${bucket.Arn}/${under}*"
    encrypt with key
    connect tcp 443 to aws("s3")
    env BUCKET = bucket.ref
  }
  /// Delete objects; their versions stay.
  grant delete(under: Prefix = "") {
    allow s3.DeleteObject on "${bucket.Arn}/${under}*"
    connect tcp 443 to aws("s3")
    env BUCKET = bucket.ref
  }
}
