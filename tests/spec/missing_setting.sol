use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    setting PREFIX: String // error: [missing-setting] "PREFIX" in production
  }
}

// file: settings/integration/shop/biller.toml
PREFIX = "INT"

// file: settings/preproduction/shop/biller.toml
PREFIX = "PRE"
