use std.network.Network
use std.platform.Alarm

/// What a gateway can send requests to.
interface HttpTarget {
  port: Port?
}

/// A path with wildcards: `/api/*`.
type PathPattern = String where /^\/[A-Za-z0-9_.$\/~"'@:+*?&-]*$/

/// A listener rule's place in the order; the lowest that fits is taken.
type Priority = Int where 1..50000

private let letters: {String: Int} = {
  a = 1
  b = 2
  c = 3
  d = 4
  e = 5
  f = 6
  g = 7
  h = 8
  i = 9
  j = 10
  k = 11
  l = 12
  m = 13
  n = 14
  o = 15
  p = 16
  q = 17
  r = 18
  s = 19
  t = 20
  u = 21
  v = 22
  w = 23
  x = 24
  y = 25
  z = 26
}

/// Where a letter stands in the alphabet; 0 for what is no lower-case letter.
private fn rank_of(letter: String) -> Int = letters.get(letter) ?? 0

/// The place of a route that asks for none: longer patterns first, then by the two letters after the first character.
private fn place_of(route: String) -> Int = 1 + 730 * (64 - min(64, route.length)) +
  27 * rank_of(route.slice(1, 2)) +
  rank_of(route.slice(2, 3))

/// The way in from the internet: a load balancer over all zones that speaks HTTPS alone.
///
/// Without a `certificate` it makes one, which needs the hosted zone of `domain` among the environment's facts.
///
/// ```sol
/// use std.compute.Service
/// use std.network.{Gateway, Network}
///
/// solution shop {
///   network: Network {}
///   entry: Gateway { network, certificate = "arn:aws:acm:ap-southeast-2:111122223333:certificate/shop" }
///   web: Service {
///     network
///     image = image("shop-web")
///     port = 8080
///     route = entry.path("/*")
///   }
/// }
/// ```
component Gateway {
  layer application

  /// Where it stands.
  param network: Network
  /// The host name it answers to.
  param host: HostName = env.domain
  /// Further host names, each for a `host` route.
  param aliases: [HostName] = []
  /// The domain of the hosted zone that the names are in.
  param domain: HostName = product.domain
  /// A certificate for all names; without one, a certificate is made and validated in the hosted zone.
  param certificate: Arn?
  /// How long a connection may be silent.
  param idle_timeout: Duration where 1s..4000s = 60s
  /// Whether deleting it needs to be allowed first.
  param deletion_protection: Bool = true

  private let hosted_zone: String? = if certificate == none
    then env.facts.hosted_zones[domain]
    else env.facts.hosted_zones.get(domain)
  private let names: [String] = [host] + aliases
  private let recorded: [String] = if hosted_zone == none then [] else names

  // In a Multi-AZ environment the compiler has said so already.
  ensure env.availability == multi_az or env.account.zones.count >= 2
    else "a load balancer needs two zones, and account ${env.account.name} has ${env.account.zones.count}"

  resource group: AWS.EC2.SecurityGroup {
    VpcId            = network.vpc_id
    GroupDescription = "Load balancer"
  }
  on network group in network
  connect tcp 443 from 0.0.0.0/0 because "visitors come over HTTPS"
  connect tcp 80 from 0.0.0.0/0 because "visitors who forget HTTPS are sent to it"

  resource load_balancer: AWS.ElasticLoadBalancingV2.LoadBalancer {
    Type           = "application"
    Scheme         = "internet-facing"
    IpAddressType  = "ipv4"
    Subnets        = network.public_subnets
    SecurityGroups = [group.GroupId]
    LoadBalancerAttributes = [
      { Key = "deletion_protection.enabled", Value = "${deletion_protection}" }
      { Key = "idle_timeout.timeout_seconds", Value = "${idle_timeout.seconds}" }
      { Key = "routing.http.drop_invalid_header_fields.enabled", Value = "true" }
      { Key = "routing.http.desync_mitigation_mode", Value = "defensive" }
      { Key = "routing.http.xff_header_processing.mode", Value = "append" }
      { Key = "access_logs.s3.enabled", Value = "true" }
      { Key = "access_logs.s3.bucket", Value = platform.log_bucket.name }
      { Key = "access_logs.s3.prefix", Value = "access/${self.name}" }
      { Key = "connection_logs.s3.enabled", Value = "true" }
      { Key = "connection_logs.s3.bucket", Value = platform.log_bucket.name }
      { Key = "connection_logs.s3.prefix", Value = "connections/${self.name}" }
    ]
  }

  resource own_certificate: AWS.CertificateManager.Certificate if certificate == none {
    DomainName              = host
    SubjectAlternativeNames = if aliases.count == 0 then none else aliases
    ValidationMethod        = "DNS"
    DomainValidationOptions = [{ DomainName = name, HostedZoneId = hosted_zone } for name in names]
  }
  resource record: AWS.Route53.RecordSet for name in recorded {
    HostedZoneId = hosted_zone
    Name         = name
    Type         = "A"
    AliasTarget = {
      DNSName = load_balancer.DNSName
      HostedZoneId = load_balancer.CanonicalHostedZoneID
      EvaluateTargetHealth = true
    }
  }

  resource https: AWS.ElasticLoadBalancingV2.Listener {
    LoadBalancerArn = load_balancer.ref
    Port            = 443
    Protocol        = "HTTPS"
    SslPolicy       = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    Certificates    = [{ CertificateArn = certificate ?? own_certificate?.ref }]
    DefaultActions = [{
      Type = "fixed-response"
      FixedResponseConfig = {
        StatusCode = "404"
        ContentType = "text/plain"
        MessageBody = "Not found"
      }
    }]
  }
  resource http: AWS.ElasticLoadBalancingV2.Listener {
    LoadBalancerArn = load_balancer.ref
    Port            = 80
    Protocol        = "HTTP"
    DefaultActions = [{
      Type = "redirect"
      RedirectConfig = { Protocol = "HTTPS", Port = "443", StatusCode = "HTTP_301" }
    }]
  }

  failing: Alarm {
    description = "The load balancer answers with errors of its own: no target is there, or none answers in time"
    namespace   = "AWS/ApplicationELB"
    metric      = "HTTPCode_ELB_5XX_Count"
    dimensions  = { LoadBalancer = load_balancer.LoadBalancerFullName }
    statistic   = "Sum"
    above       = 10
  }

  /// The name by which AWS knows it.
  attribute dns_name: deferred String = load_balancer.DNSName

  /// Receive the requests of a path.
  grant path(pattern: PathPattern, priority: Priority? = none) for consumer: HttpTarget {
    ensure consumer.port != none else "a route needs a `port` to send requests to"
    connect tcp consumer.port ?? 80 from group
    /// The listener that the rule belongs to.
    attribute listener: deferred Arn = https.ref
    /// The load balancer, as its metrics know it.
    attribute load_balancer_name: deferred String = load_balancer.LoadBalancerFullName
    /// Hosts that the rule is for.
    attribute hosts: [String] = [host]
    /// Paths that the rule is for.
    attribute paths: [String] = [pattern]
    /// The rule's place, where none is asked for.
    attribute place: Int = place_of(pattern)
  }
  /// Receive all requests to one of the gateway's names.
  grant host(name: HostName, priority: Priority? = none) for consumer: HttpTarget {
    ensure consumer.port != none else "a route needs a `port` to send requests to"
    ensure name == host or name in aliases
      else "${name} is not a name of this gateway: add it to its `aliases`"
    connect tcp consumer.port ?? 80 from group
    /// The listener that the rule belongs to.
    attribute listener: deferred Arn = https.ref
    /// The load balancer, as its metrics know it.
    attribute load_balancer_name: deferred String = load_balancer.LoadBalancerFullName
    /// Hosts that the rule is for.
    attribute hosts: [String] = [name]
    /// Paths that the rule is for.
    attribute paths: [String] = ["/*"]
    /// The rule's place, where none is asked for.
    attribute place: Int = place_of(name)
  }
}
