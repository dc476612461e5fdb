use std.messaging.Queue

solution shop {
  orders: Qeue {} // error: [unknown-component] "Qeue"
}
