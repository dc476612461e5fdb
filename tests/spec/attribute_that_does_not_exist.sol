solution shop {
  resource topic: AWS.SNS.Topic {}
  output arn: deferred String = topic.Arn // error: [unknown-attribute] "Arn"
}
