use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    secret STRIPE_KEY // error: [missing-secret] "STRIPE_KEY" in integration
    //^ warning: [missing-secret] "STRIPE_KEY" in preproduction, production
  }
}
