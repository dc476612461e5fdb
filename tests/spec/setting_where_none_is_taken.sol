use std.data.Bucket

solution shop {
  receipts: Bucket {
    setting LEVEL: String = "low" // error: [not-accepted] "Bucket"
  }
}
