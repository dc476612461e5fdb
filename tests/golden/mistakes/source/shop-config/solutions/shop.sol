use std.compute.Function
use std.data.Bucket

solution shop {
  receipts: Bucket { versionned = true }

  biller: Function {
    image = image("shop-biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    timeout = 30MiB
    link receipts.raed
  }
}
