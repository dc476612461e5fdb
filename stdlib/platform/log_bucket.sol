/// A bucket for access logs. Its encryption is S3's own: load balancers can write to no other.
component LogBucket {
  layer foundation
  stateful

  /// How long logs are kept.
  param keep: Duration = 365d

  private let here = "${env.account.region}:${env.account.id}"

  resource bucket: AWS.S3.Bucket {
    BucketEncryption = {
      ServerSideEncryptionConfiguration = [
        { ServerSideEncryptionByDefault = { SSEAlgorithm = "AES256" } }
      ]
    }
    OwnershipControls = { Rules = [{ ObjectOwnership = "BucketOwnerEnforced" }] }
    PublicAccessBlockConfiguration = {
      BlockPublicAcls = true
      BlockPublicPolicy = true
      IgnorePublicAcls = true
      RestrictPublicBuckets = true
    }
    VersioningConfiguration = { Status = "Enabled" }
    LifecycleConfiguration = {
      Rules = [{
        Id = "keep"
        Status = "Enabled"
        ExpirationInDays = keep.days
        NoncurrentVersionExpiration = { NoncurrentDays = 30 }
        AbortIncompleteMultipartUpload = { DaysAfterInitiation = 7 }
      }]
    }
  }

  deny s3.All to everyone when { Bool = { "aws:SecureTransport" = "false" } } because "TLS only"
  deny s3.All
    to everyone
    when { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    because "TLS 1.2 or newer"
  permit s3.PutObject to "logging.s3.amazonaws.com"
    when {
      StringEquals = { "aws:SourceAccount" = env.account.id }
      ArnLike = { "aws:SourceArn" = "arn:${env.account.partition}:s3:::*" }
    }
    because "buckets write who read them"
  permit s3.PutObject to "logdelivery.elasticloadbalancing.amazonaws.com"
    when {
      StringEquals = { "aws:SourceAccount" = env.account.id }
      ArnLike = {
        "aws:SourceArn" = "arn:${env.account.partition}:elasticloadbalancing:${here}:loadbalancer/*"
      }
    }
    because "load balancers write who came"

  /// The bucket's name.
  attribute name: deferred String = bucket.ref
  /// The bucket's ARN.
  attribute arn: deferred Arn = bucket.Arn
}
