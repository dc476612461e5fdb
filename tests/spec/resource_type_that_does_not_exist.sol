solution shop {
  resource table: AWS.DynamoDb.Table {} // error: [unknown-resource-type] "DynamoDb"
}
