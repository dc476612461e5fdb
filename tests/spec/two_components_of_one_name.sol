use std.messaging.Queue

solution shop {
  orders: Queue {}
  orders: Queue {} // error: [duplicate-name] "orders"
}
