use std.messaging.Queue

component Idle {
  param source: Grant<consume>
  accepts link
}

solution shop {
  orders: Queue {}
  idle: Idle { source = orders.consume() } // error: [interface-not-satisfied] "timeout"
}
