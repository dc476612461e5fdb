solution shop {
  resource table: AWS.DynamoDB.Table {
    KeySchema = [{ AttributeName = "id", KeyType = "HASH" }]
    AttributeDefinitions = [{ AttributeName = "id", AttributeType = "S" }]
    BilingMode = "PAY_PER_REQUEST" // error: [unknown-property] "BilingMode"
  }
}
