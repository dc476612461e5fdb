component Store {
  resource bucket: AWS.S3.Bucket {}
  grant read {
    allow s3.GetObject // error: [unlimited-action] "GetObject"
  }
}

solution shop {
  store: Store {}
}
