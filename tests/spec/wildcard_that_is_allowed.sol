component Store {
  resource bucket: AWS.S3.Bucket {}
  grant everything {
    allow s3.All on "${bucket.Arn}/*" // error: [unknown-action] "All"
  }
}

solution shop {
  store: Store {}
}
