// file: accounts/accounts.sol
account nonprod {
  id = "11112222333" // error: [pattern-mismatch] "AccountId"
  region = "ap-southeast-2"
  zones = ["a", "b"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-registry" } }
}

// file: environments.sol
environment integration {
  stage = integration
  account = nonprod
  network = 10.20.0.0/16
  release = continuous
}
