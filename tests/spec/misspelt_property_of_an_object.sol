solution shop {
  resource table: AWS.DynamoDB.Table {
    KeySchema = [{ AttributeName = "id", KeyType = "HASH" }]
    AttributeDefinitions = [{ AttributeName = "id", AttributeType = "S" }]
    SSESpecification = { SSEnabled = true } // error: [unknown-property] "SSEnabled"
    //^ error: [missing-property] "SSEEnabled"
  }
}
