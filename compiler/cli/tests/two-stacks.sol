/// Keeps entries.
component Store {
  layer data
  stateful
  resource table: AWS.DynamoDB.Table {
    KeySchema = [{ AttributeName = "id", KeyType = "HASH" }]
    AttributeDefinitions = [{ AttributeName = "id", AttributeType = "S" }]
    BillingMode = "PAY_PER_REQUEST"
  }
  attribute arn: deferred Arn = table.Arn
}

/// Tells of the table.
component News {
  layer application
  param of: deferred String
  resource topic: AWS.SNS.Topic { DisplayName = of }
}

solution demo {
  store: Store {}
  news: News { of = store.arn }
  output table: Arn = store.arn
}
