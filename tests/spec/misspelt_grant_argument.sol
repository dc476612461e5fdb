use std.compute.Function
use std.data.Bucket

solution shop {
  receipts: Bucket {}
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    link receipts.write(below: "invoices/") // error: [unknown-argument] "below"
  }
}
