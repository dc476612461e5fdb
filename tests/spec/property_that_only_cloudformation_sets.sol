solution shop {
  resource topic: AWS.SNS.Topic {
    TopicArn = "arn:aws:sns:ap-southeast-2:111122223333:x" // error: [read-only-property] "TopicArn"
  }
}
