solution shop {
  resource table: AWS.DynamoDB.Table {
    KeySchema = [{ AttributeName = "id", KeyType = "HASH" }]
    AttributeDefinitions = [{ AttributeName = "id", AttributeType = "S" }]
    BillingMode = "PAY_PER_REQEST" // error: [invalid-property-value] "PAY_PER_REQEST"
  }
}
