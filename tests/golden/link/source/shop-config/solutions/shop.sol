use std.compute.Function
use std.data.Bucket

solution shop {
  receipts: Bucket {}

  biller: Function {
    image = image("shop-biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    link receipts.read(under: "invoices/")
  }
}
