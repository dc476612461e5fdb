use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
  }
}

// file: credentials/production/shop/biller.toml
STRIPE_KEY = { secrets_manager = "shop/production/stripe" } # error: [undeclared-secret] "STRIPE_KEY" in production
