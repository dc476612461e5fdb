use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    setting PREFIX: String = "X"
  }
}

// file: settings/integration/shop/biller.toml
PREFX = "INT" # error: [undeclared-setting] "PREFX" in integration
