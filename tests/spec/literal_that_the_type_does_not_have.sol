use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.31" // error: [type-mismatch]
    handler = "biller.handle"
  }
}
