use std.compute.Function
use std.messaging.Queue

solution shop {
  orders: Queue {}
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    trigger = orders.send() // error: [type-mismatch]
  }
}
