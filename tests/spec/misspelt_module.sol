use std.mesaging.Queue // error: [unknown-import] "Queue"

solution shop {}
