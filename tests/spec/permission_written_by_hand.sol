solution shop {
  resource role: AWS.IAM.Role { AssumeRolePolicyDocument = {} } // error: [access-outside-link]
}
