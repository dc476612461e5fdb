use std.compute.Function

solution shop {
  let name = "receipts"
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    link name.read // error: [not-linkable]
  }
}
