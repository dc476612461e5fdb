solution shop {
  resource queue: AWS.SQS.Queue { DelaySeconds = 1000 } // error: [invalid-property-value] "900" in all
}
