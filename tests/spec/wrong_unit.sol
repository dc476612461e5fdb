use std.messaging.Queue

solution shop {
  orders: Queue { retention = 4GiB } // error: [type-mismatch]
}
