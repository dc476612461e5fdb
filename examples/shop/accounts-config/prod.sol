use std.data.Bucket

/// Production. Roles made here can never do more than the boundary allows, whatever a template says.
account prod {
  id         = "444455556666"
  region     = "ap-southeast-2"
  zones      = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-prod-registry" } }
  boundary   = "arn:aws:iam::444455556666:policy/acme-boundary"

  default tags { data = "customers" }
  // The auditors ask for thirteen months.
  default Bucket { keep_versions = 400d }
}
