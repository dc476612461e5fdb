use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    setting LOG_LEVEL: "debug" | "info" = "info"
  }
}

// file: settings/production/shop/biller.toml
LOG_LEVEL = "inf" # error: [setting-type] "inf" in production
