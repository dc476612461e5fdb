use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    secret STRIPE_KEY
  }
  output key: String = biller.STRIPE_KEY // error: [secret-leak]
}

// file: credentials/integration/shop/biller.toml
STRIPE_KEY = { secrets_manager = "shop/integration/stripe" }

// file: credentials/preproduction/shop/biller.toml
STRIPE_KEY = { secrets_manager = "shop/preproduction/stripe" }

// file: credentials/production/shop/biller.toml
STRIPE_KEY = { secrets_manager = "shop/production/stripe" }
