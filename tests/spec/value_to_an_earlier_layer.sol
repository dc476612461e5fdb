component Late {
  layer application
  resource topic: AWS.SNS.Topic {}
  attribute arn: deferred String = topic.ref
}

component Early {
  layer foundation
  param target: deferred String
  resource parameter: AWS.SSM.Parameter { Type = "String", Value = target } // error: [layer-order] in all
}

solution shop {
  late: Late {}
  early: Early { target = late.arn }
}
