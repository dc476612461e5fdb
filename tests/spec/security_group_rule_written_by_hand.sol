solution shop {
  resource group: AWS.EC2.SecurityGroup {
    GroupDescription = "open"
    SecurityGroupIngress = [{ IpProtocol = "-1", CidrIp = "0.0.0.0/0" }] // error: [access-outside-link] "SecurityGroupIngress"
  }
}
