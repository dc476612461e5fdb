use std.messaging.Queue

solution shop {
  orders: Queue { retention = 4 } // error: [type-mismatch]
}
