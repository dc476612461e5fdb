/// Everything before production.
account nonprod {
  id         = "111122223333"
  region     = "ap-southeast-2"
  zones      = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-nonprod-registry" } }

  default tags { data = "synthetic" }
}
