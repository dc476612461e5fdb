use std.messaging.Queue

solution shop {
  orders: Queue {
    retention = 4d
    retention = 5d // error: [duplicate-field] "retention"
  }
}
