use std.messaging.Topic

component Label {
  param text: String
}

solution shop {
  placed: Topic {}
  label: Label { text = placed.arn } // error: [deferred-value]
}
