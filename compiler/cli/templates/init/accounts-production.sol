
/// Production.
account prod {
  id         = "444455556666" // the account's number
  region     = "ap-southeast-2"
  zones      = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-prod-registry" } }
}
