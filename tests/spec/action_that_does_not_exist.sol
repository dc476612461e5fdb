component Store {
  resource bucket: AWS.S3.Bucket {}
  grant read {
    allow s3.GetObjects on "${bucket.Arn}/*" // error: [unknown-action] "GetObjects"
  }
}

solution shop {
  store: Store {}
}
