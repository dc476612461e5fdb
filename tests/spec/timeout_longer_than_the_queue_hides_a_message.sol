use std.compute.Function
use std.messaging.Queue

solution shop {
  orders: Queue { visibility = 30s }
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    timeout = 5min
    trigger = orders.consume(batch: 10) // error: [broken-invariant] "300s" in all
  }
}
