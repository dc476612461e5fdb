// file: solutions/one.sol
use std.messaging.Queue

solution one {
  orders: Queue {
    retention = // error: [syntax-error] "expression"
  }
}

// file: solutions/two.sol
use std.messaging.Queue

solution two {
  orders: Queue {
    retenton = 4d // error: [unknown-field] "retenton"
  }
}
