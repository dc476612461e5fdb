account nonprod {
  id         = "111122223333"
  region     = "ap-southeast-2"
  zones      = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-nonprod-registry" } }
}

account prod {
  id         = "444455556666"
  region     = "ap-southeast-2"
  zones      = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-prod-registry" } }
}
