use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    timeout = 20min // error: [value-out-of-range] in all
  }
}
