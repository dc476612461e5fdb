/// An encryption key, rotated every year.
///
/// Everything that says no other key shares that of the `platform`; one of its own is for what is to be kept apart.
///
/// ```sol
/// use std.data.Bucket
/// use std.security.Key
///
/// solution shop {
///   papers: Key { description = "Contracts and invoices" }
///   contracts: Bucket { key = papers }
/// }
/// ```
component Key {
  layer foundation
  stateful

  /// What it protects.
  param description: String = "Data of ${product.name} in ${env.name}"
  /// How long a deleted key can still be saved.
  param pending_deletion: Duration where 7d..30d = 30d

  private let here = "${env.account.region}:${env.account.id}"

  resource key: AWS.KMS.Key {
    Description          = description
    EnableKeyRotation    = true
    RotationPeriodInDays = 365
    PendingWindowInDays  = pending_deletion.days
  }

  permit kms.Encrypt, kms.Decrypt, kms.ReEncryptFrom, kms.ReEncryptTo, kms.GenerateDataKey, kms.GenerateDataKeyWithoutPlaintext, kms.DescribeKey
    to "logs.${env.account.region}.amazonaws.com"
    when {
      ArnLike = {
        "kms:EncryptionContext:aws:logs:arn" = "arn:${env.account.partition}:logs:${here}:log-group:*"
      }
    }
    because "log groups are encrypted with this key"
  permit kms.Decrypt, kms.GenerateDataKey to "cloudwatch.amazonaws.com"
    when {
      StringEquals = { "aws:SourceAccount" = env.account.id }
      ArnLike = { "aws:SourceArn" = "arn:${env.account.partition}:cloudwatch:${here}:alarm:*" }
    }
    because "alarms are sent to encrypted topics"
  permit kms.Decrypt, kms.GenerateDataKey to "sns.amazonaws.com"
    when {
      StringEquals = { "aws:SourceAccount" = env.account.id }
      ArnLike = { "aws:SourceArn" = "arn:${env.account.partition}:sns:${here}:*" }
    }
    because "topics deliver to encrypted queues"

  /// The key's ARN.
  attribute arn: deferred Arn = key.Arn
  /// The key's id.
  attribute id: deferred String = key.ref

  /// Encrypt values with it.
  grant encrypt {
    allow kms.Encrypt, kms.GenerateDataKey, kms.DescribeKey on key.Arn
    connect tcp 443 to aws("kms")
    env KEY_ARN = key.Arn
  }
  /// Decrypt what was encrypted with it.
  grant decrypt {
    allow kms.Decrypt, kms.DescribeKey on key.Arn
    connect tcp 443 to aws("kms")
    env KEY_ARN = key.Arn
  }
}
