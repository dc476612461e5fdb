use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    setting RETRIES: Int = 3
  }
}

// file: settings/production/shop/biller.toml
RETRIES = "five" # error: [setting-type] in production
