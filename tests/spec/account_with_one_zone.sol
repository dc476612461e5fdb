// file: accounts/accounts.sol
account nonprod {
  id = "111122223333"
  region = "ap-southeast-2"
  zones = ["a"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-registry" } }
}

// file: environments.sol
environment preproduction {
  stage = preproduction
  account = nonprod // error: [too-few-zones] in preproduction
  network = 10.20.0.0/16
  release = manual { approvers = [releasers] }
}
