use std.compute.Function
use std.messaging.Queue

solution shop {
  orders: Queue { dead_letter_after = 3 }

  biller: Function {
    image = image("shop-biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    trigger = orders.consume(batch: 10)
  }
}
