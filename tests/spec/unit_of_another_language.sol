use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    memory = 512MB // error: [unknown-unit] "MB"
  }
}
