use std.data.Postgres

// What holds of everything that this product makes, in each environment. `solc check` asks it.

/// Customers were told where their data is kept.
policy "data stays in the country" {
  for r in resources() if r.stateful {
    require r.region == "ap-southeast-2" else "${r.component.path} keeps data in ${r.region}"
  }
}

policy "nobody but us reads a bucket" {
  for b in resources(AWS.S3.Bucket) {
    require access(internet, b) == []
    let public = b.properties.PublicAccessBlockConfiguration
    require public?.BlockPublicPolicy == true and public?.RestrictPublicBuckets == true
  }
}

policy "databases are encrypted, and reached by what links to them alone" {
  for d in components(Postgres) {
    require not reachable(internet, d)
    for machine in d.resources if machine.type == "AWS::RDS::DBInstance" {
      require machine.properties.StorageEncrypted == true
    }
  }
}
