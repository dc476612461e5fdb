solution shop {
  resource vpc: AWS.EC2.VPC { CidrBlock = "10.0.0.0/16" }
  let blocks = [block for block in vpc.CidrBlockAssociations] // error: [deferred-value]
}
