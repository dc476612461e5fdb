solution shop {
  allow s3.GetObject on "arn:aws:s3:::x/*" // error: [misplaced-statement] "allow"
}
