use std.messaging.Queue

solution shop {
  orders: Queue { retenton = 4d } // error: [unknown-field] "retenton"
  parcels: Qeue {} // error: [unknown-component] "Qeue"
  notices: Queue { retention = 4GiB } // error: [type-mismatch]
}
