component Job {
  resource bucket: AWS.S3.Bucket {}
  principal role for "lambda.amazonaws.com" {
    allow s3.GetObject on "${bucket.Arn}/*" // error: [missing-reason]
  }
}

solution shop {
  job: Job {}
}
