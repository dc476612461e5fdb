use std.messaging.Queue

solution shop {
  orders: Queue {
    retenton = 4d // error: [unknown-field] "retenton"
  }
}
