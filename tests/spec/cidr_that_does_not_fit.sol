solution shop {
  resource vpc: AWS.EC2.VPC { CidrBlock = env.network }
  resource subnet: AWS.EC2.Subnet {
    VpcId = vpc.ref
    CidrBlock = env.network.subnet(2, 4) // error: [cidr-does-not-fit] in all
  }
}
