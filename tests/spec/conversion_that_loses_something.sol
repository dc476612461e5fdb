use std.messaging.Queue

solution shop {
  orders: Queue { retention = 90500ms } // error: [inexact-conversion] in all
}
