use std.messaging.Queu // error: [unknown-import] "Queu"

solution shop {}
