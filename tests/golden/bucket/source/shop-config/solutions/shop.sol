use std.data.Bucket

solution shop {
  receipts: Bucket {}
}
