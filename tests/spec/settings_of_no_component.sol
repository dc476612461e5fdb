use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
  }
}

// file: settings/production/shop/biler.toml
PREFIX = "X"
#^ error: [unknown-component-file] "biler" in production
