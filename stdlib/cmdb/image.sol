/// What an image is packed as.
enum ImageFormat { docker, zip, jar, site, openapi }

/// What a build made of a unit, by digest. Fields that its format does not have are empty.
type Image = {
  /// The unit: `shop-api`.
  unit: String
  /// What it is packed as.
  format: ImageFormat
  /// The commit it was built from.
  commit: String
  /// What says that it is this image and no other: `sha256:…`.
  digest: String
  /// Where to pull it, by digest (docker).
  uri: String = ""
  /// The registry's bucket (other formats).
  bucket: String = ""
  /// Its key there (other formats).
  key: String = ""
  /// The repository (docker).
  repository_arn: String = ""
  /// The bucket (other formats).
  bucket_arn: String = ""
}
