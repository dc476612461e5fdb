// A component of one's own: the standard library is written with exactly these means.
use std.security.Key

/// Shopping carts, by customer: a DynamoDB table that forgets what nobody comes back for.
component Carts {
  // The stack that it is part of: foundation, data or application.
  layer data
  // Replacing or deleting it loses data, and needs an acknowledgement.
  stateful

  /// What encrypts it.
  param key: Key = platform.key

  // A resource is CloudFormation's own type, checked against its schema: every property, value and attribute.
  resource table: AWS.DynamoDB.Table {
    AttributeDefinitions             = [{ AttributeName = "customer", AttributeType = "S" }]
    KeySchema                        = [{ AttributeName = "customer", KeyType = "HASH" }]
    BillingMode                      = "PAY_PER_REQUEST"
    TimeToLiveSpecification          = { AttributeName = "expires", Enabled = true }
    PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled = true }
    DeletionProtectionEnabled        = true
    SSESpecification                 = { SSEEnabled = true, SSEType = "KMS", KMSMasterKeyId = key.arn }
  }

  /// Look a cart up. A grant says all that access needs: permission, key, network, and what the reader is told.
  grant read {
    allow dynamodb.GetItem on table.Arn
    decrypt with key
    connect tcp 443 to aws("dynamodb")
    env TABLE = table.ref
  }
  /// Fill, change and empty a cart.
  grant write {
    allow dynamodb.PutItem, dynamodb.UpdateItem, dynamodb.DeleteItem on table.Arn
    encrypt with key
    connect tcp 443 to aws("dynamodb")
    env TABLE = table.ref
  }
}
