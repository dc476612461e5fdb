solution shop {
  resource subnet: AWS.EC2.Subnet { // error: [missing-property] "VpcId"
    CidrBlock = "10.0.0.0/24"
  }
}
