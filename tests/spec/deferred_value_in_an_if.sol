solution shop {
  resource topic: AWS.SNS.Topic {}
  let named = if topic.TopicName == "orders" then 1 else 2 // error: [deferred-value]
}
