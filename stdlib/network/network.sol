/// AWS services that can have an endpoint of their own inside a network.
type EndpointService = "ecr.api"
  | "ecr.dkr"
  | "events"
  | "kms"
  | "lambda"
  | "logs"
  | "monitoring"
  | "secretsmanager"
  | "sns"
  | "sqs"
  | "ssm"
  | "states"
  | "sts"

/// A network of three tiers over all zones: public (load balancers, NAT), private (compute), data (no way out).
///
/// It has one NAT gateway in every active zone: one under `single_az`, one for each zone under `multi_az`.
///
/// ```sol
/// use std.network.Network
///
/// solution shop {
///   network: Network { endpoints = ["sqs", "secretsmanager"] }
/// }
/// ```
component Network {
  layer foundation

  /// Its addresses.
  param cidr: Cidr = env.network
  /// AWS services reached through an interface endpoint instead of NAT.
  param endpoints: [EndpointService] = []
  /// How long flow logs are kept.
  param log_retention: Duration = 365d

  private let here = "${env.account.region}:${env.account.id}"

  ensure cidr.prefix >= 16 and cidr.prefix <= 22
    else "a network is /16 to /22, and ${cidr} is not: its 32 parts are subnets"

  resource vpc: AWS.EC2.VPC {
    CidrBlock          = cidr
    EnableDnsHostnames = true
    EnableDnsSupport   = true
  }
  resource internet_gateway: AWS.EC2.InternetGateway {}
  resource attachment: AWS.EC2.VPCGatewayAttachment {
    VpcId             = vpc.ref
    InternetGatewayId = internet_gateway.ref
  }

  // Tiers: six slots each of eight, by zone letter, so that a zone can be added without moving another.
  resource private_subnet per zone: AWS.EC2.Subnet {
    VpcId               = vpc.ref
    AvailabilityZone    = zone.name
    CidrBlock           = cidr.subnet(5, zone.index)
    MapPublicIpOnLaunch = false
  }
  resource public_subnet per zone: AWS.EC2.Subnet {
    VpcId               = vpc.ref
    AvailabilityZone    = zone.name
    CidrBlock           = cidr.subnet(5, 8 + zone.index)
    MapPublicIpOnLaunch = false
  }
  resource data_subnet per zone: AWS.EC2.Subnet {
    VpcId               = vpc.ref
    AvailabilityZone    = zone.name
    CidrBlock           = cidr.subnet(5, 16 + zone.index)
    MapPublicIpOnLaunch = false
  }

  resource public_routes: AWS.EC2.RouteTable { VpcId = vpc.ref }
  resource public_route: AWS.EC2.Route after [attachment] {
    RouteTableId         = public_routes.ref
    DestinationCidrBlock = "0.0.0.0/0"
    GatewayId            = internet_gateway.ref
  }
  resource public_association per zone: AWS.EC2.SubnetRouteTableAssociation {
    SubnetId     = public_subnet[zone].ref
    RouteTableId = public_routes.ref
  }

  // One NAT gateway for every active zone; a zone without one goes through the first.
  resource nat_address per active zone: AWS.EC2.EIP after [attachment] { Domain = "vpc" }
  resource nat per active zone: AWS.EC2.NatGateway after [public_route] {
    SubnetId         = public_subnet[zone].ref
    AllocationId     = (nat_address[zone] ?? nat_address.first).AllocationId
    ConnectivityType = "public"
  }
  resource private_routes per zone: AWS.EC2.RouteTable { VpcId = vpc.ref }
  resource private_route per zone: AWS.EC2.Route {
    RouteTableId         = private_routes[zone].ref
    DestinationCidrBlock = "0.0.0.0/0"
    NatGatewayId         = (nat[zone] ?? nat.first).ref
  }
  resource private_association per zone: AWS.EC2.SubnetRouteTableAssociation {
    SubnetId     = private_subnet[zone].ref
    RouteTableId = private_routes[zone].ref
  }

  // The data tier has no route out, and its access list knows this network alone.
  resource data_routes: AWS.EC2.RouteTable { VpcId = vpc.ref }
  resource data_association per zone: AWS.EC2.SubnetRouteTableAssociation {
    SubnetId     = data_subnet[zone].ref
    RouteTableId = data_routes.ref
  }
  resource data_list: AWS.EC2.NetworkAcl { VpcId = vpc.ref }
  resource data_in: AWS.EC2.NetworkAclEntry {
    NetworkAclId = data_list.ref
    Egress       = false
    RuleNumber   = 100
    RuleAction   = "allow"
    Protocol     = -1
    CidrBlock    = cidr
  }
  resource data_out: AWS.EC2.NetworkAclEntry {
    NetworkAclId = data_list.ref
    Egress       = true
    RuleNumber   = 100
    RuleAction   = "allow"
    Protocol     = -1
    CidrBlock    = cidr
  }
  resource data_list_association per zone: AWS.EC2.SubnetNetworkAclAssociation {
    SubnetId     = data_subnet[zone].ref
    NetworkAclId = data_list.ref
  }

  // Endpoints: S3 and DynamoDB by route, which costs nothing; others by interface, where asked for.
  resource gateway_endpoint: AWS.EC2.VPCEndpoint for service in ["dynamodb", "s3"] {
    VpcId           = vpc.ref
    VpcEndpointType = "Gateway"
    ServiceName     = "com.amazonaws.${env.account.region}.${service}"
    RouteTableIds   = [table.ref for table in private_routes.values]
  }
  resource endpoint_group: AWS.EC2.SecurityGroup for service in endpoints {
    VpcId            = vpc.ref
    GroupDescription = "Endpoint of an AWS service"
  }
  resource endpoint: AWS.EC2.VPCEndpoint for service in endpoints {
    VpcId             = vpc.ref
    VpcEndpointType   = "Interface"
    ServiceName       = "com.amazonaws.${env.account.region}.${service}"
    PrivateDnsEnabled = true
    SecurityGroupIds  = [endpoint_group[service].GroupId]
    SubnetIds         = if env.availability == multi_az then private_subnets else [private_subnet.first.ref]
  }

  resource namespace: AWS.ServiceDiscovery.PrivateDnsNamespace {
    Name = domain
    Vpc  = vpc.ref
  }

  resource log: AWS.Logs.LogGroup {
    RetentionInDays = log_retention.days
    KmsKeyId        = platform.key.arn
  }
  principal logger for "vpc-flow-logs.amazonaws.com" when {
    ArnLike = { "aws:SourceArn" = "arn:${env.account.partition}:ec2:${here}:vpc-flow-log/*" }
  } {
    allow logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams
      on log.Arn
      because "flow logs are written to the network's log group"
  }
  resource flow_log: AWS.EC2.FlowLog {
    ResourceType             = "VPC"
    ResourceId               = vpc.ref
    TrafficType              = "ALL"
    LogDestinationType       = "cloud-watch-logs"
    LogGroupName             = log.ref
    DeliverLogsPermissionArn = logger.Arn
    MaxAggregationInterval   = 60
  }

  /// The VPC's id.
  attribute vpc_id: deferred String = vpc.ref
  /// Public subnets, one in every zone.
  attribute public_subnets: [deferred String] = [subnet.ref for subnet in public_subnet.values]
  /// Private subnets, one in every zone.
  attribute private_subnets: [deferred String] = [subnet.ref for subnet in private_subnet.values]
  /// Data subnets, one in every zone.
  attribute data_subnets: [deferred String] = [subnet.ref for subnet in data_subnet.values]
  /// The domain under which services find each other.
  attribute domain: String = "${env.name}.${product.name}.internal"
  /// The id of that domain's namespace.
  attribute namespace_id: deferred String = namespace.Id
  /// The groups of interface endpoints by service.
  attribute service_groups: {String: deferred String} = {
    service: group.GroupId for service, group in endpoint_group
  }
  /// Services that have a gateway endpoint.
  attribute gateway_services: [String] = ["dynamodb", "s3"]
  /// Whether there is a way out to the internet.
  attribute has_nat: Bool = true
}
