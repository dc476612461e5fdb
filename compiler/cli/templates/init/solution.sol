use std.data.Bucket
use std.messaging.Queue

/// Keeps documents, and the work that is to be done on them.
solution {product} {
  documents: Bucket { versioned = true }
  work:      Queue  { retention = 4d, dead_letter_after = 5 }
}
