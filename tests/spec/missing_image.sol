use std.compute.Function

solution shop {
  biller: Function {
    image = image("biller", format: zip) // error: [missing-image] "biller" in integration
    //^ warning: [missing-image] "biller" in preproduction, production
    runtime = "python3.13"
    handler = "biller.handle"
  }
}

// file: references/integration/biler.json
{ "unit": "biler", "format": "zip", "commit": "0123456789abcdef0123456789abcdef01234567", "digest": "sha256:00000000000000000000000000000000000000000000000000000000000000ff" }
