use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    secret STRIPE_KEY
  }
}

// file: credentials/integration/shop/biller.toml
STRIPE_KEY = { vault = "stripe" } # error: [invalid-secret-reference] "STRIPE_KEY" in integration

// file: credentials/preproduction/shop/biller.toml
STRIPE_KEY = { parameter_store = "/shop/stripe" }

// file: credentials/production/shop/biller.toml
STRIPE_KEY = { parameter_store = "/shop/stripe" }
