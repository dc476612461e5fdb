/// Twelve digits.
type AccountId = String where /^[0-9]{12}$/

/// The letter at the end of a zone's name.
type ZoneLetter = String where /^[a-f]$/

/// Where an account's docker images are kept.
type DockerRegistry = ecr {
  /// What the names of its repositories begin with.
  prefix: String where /^[a-z0-9]([a-z0-9._\/-]*[a-z0-9])?$/
}

/// Where images of every other format are kept.
type FileRegistry = s3 {
  /// The bucket's name.
  bucket: String where /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
}

/// Where an account's images are kept.
type Registries = {
  /// Docker images.
  docker: DockerRegistry
  /// Every other format.
  files: FileRegistry
}

/// The organisation that owns the accounts.
type Organisation = {
  /// Its name: that of its block.
  name: String
  /// Its id in AWS Organizations.
  id: (String where /^o-[a-z0-9]{10,32}$/)?
}

/// An AWS account, in the one region that it is used in.
type Account = {
  /// Its name: that of its block.
  name: String
  /// Its number.
  id: AccountId
  /// Its region.
  region: Region
  /// The zones that may be used, by letter.
  zones: [ZoneLetter]
  /// Where its images are kept.
  registries: Registries
  /// The permissions boundary of every role.
  boundary: Arn?
  /// The partition, which follows from the region.
  partition: "aws" | "aws-cn" | "aws-us-gov" = if region.starts_with("cn-")
    then "aws-cn"
    else if region.starts_with("us-gov-")
    then "aws-us-gov"
    else "aws"
}

/// An availability zone, as `per zone` sees it.
type Zone = {
  /// Its whole name: `ap-southeast-2a`.
  name: String
  /// The letter at the end of it: `a`.
  letter: ZoneLetter
  /// The letter's place: 0 for `a`, 1 for `b` …
  index: Int
}
