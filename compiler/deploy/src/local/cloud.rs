//! What resources are called, and what they give: physical ids, attributes, names that nobody else may have.
//!
//! Invariant: pure. The same seed, type and properties have the same ids and attributes, in every process and for
//! ever; they look as the service's do, so that what reads them may parse them.

use super::template::scalar;
use serde_json::{Value, json};
use solc_cmdb::sha256;
use solc_schema::{Node, ResourceType};

/// Where a resource is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub(super) account: &'p str,
    pub(super) region: &'p str,
}

/// Physical ids (what `Ref` gives) that are more than a name, by type.
///
/// `{name}` is the custom name or a made one, `{17}` as many hexadecimal digits, `{u}` a UUID, `{a}` the account, `{r}`
/// the region. Source: the section "Ref" of each type's page in the user guide.
const IDS: &[(&str, &str)] = &[
    (
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "arn:aws:autoscaling:{r}:{a}:scalingPolicy:{u}:resource/{name}",
    ),
    ("AWS::CertificateManager::Certificate", "arn:aws:acm:{r}:{a}:certificate/{u}"),
    ("AWS::CloudFront::Distribution", "E{13U}"),
    ("AWS::Cognito::UserPool", "{r}_{9}"),
    ("AWS::Cognito::UserPoolClient", "{26}"),
    ("AWS::EC2::EIP", "{ip}"),
    ("AWS::EC2::FlowLog", "fl-{17}"),
    ("AWS::EC2::Instance", "i-{17}"),
    ("AWS::EC2::InternetGateway", "igw-{17}"),
    ("AWS::EC2::LaunchTemplate", "lt-{17}"),
    ("AWS::EC2::NatGateway", "nat-{17}"),
    ("AWS::EC2::NetworkAcl", "acl-{17}"),
    ("AWS::EC2::NetworkInterface", "eni-{17}"),
    ("AWS::EC2::PrefixList", "pl-{17}"),
    ("AWS::EC2::RouteTable", "rtb-{17}"),
    ("AWS::EC2::SecurityGroup", "sg-{17}"),
    ("AWS::EC2::SecurityGroupEgress", "sgr-{17}"),
    ("AWS::EC2::SecurityGroupIngress", "sgr-{17}"),
    ("AWS::EC2::Subnet", "subnet-{17}"),
    ("AWS::EC2::SubnetNetworkAclAssociation", "aclassoc-{17}"),
    ("AWS::EC2::SubnetRouteTableAssociation", "rtbassoc-{17}"),
    ("AWS::EC2::VPC", "vpc-{17}"),
    ("AWS::EC2::VPCEndpoint", "vpce-{17}"),
    ("AWS::EC2::VPCGatewayAttachment", "IGW|{17}"),
    ("AWS::EC2::Volume", "vol-{17}"),
    ("AWS::ECS::Service", "arn:aws:ecs:{r}:{a}:service/{cluster}/{name}"),
    ("AWS::ECS::TaskDefinition", "arn:aws:ecs:{r}:{a}:task-definition/{family}:{rev}"),
    ("AWS::EFS::AccessPoint", "fsap-{17}"),
    ("AWS::EFS::FileSystem", "fs-{17}"),
    ("AWS::EFS::MountTarget", "fsmt-{17}"),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "arn:aws:elasticloadbalancing:{r}:{a}:listener/app/{name}/{16}/{16b}",
    ),
    (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "arn:aws:elasticloadbalancing:{r}:{a}:listener-rule/app/{name}/{16}/{16b}/{16}",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "arn:aws:elasticloadbalancing:{r}:{a}:loadbalancer/app/{name32}/{16}",
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "arn:aws:elasticloadbalancing:{r}:{a}:targetgroup/{name32}/{16}",
    ),
    ("AWS::IAM::ManagedPolicy", "arn:aws:iam::{a}:policy/{name}"),
    ("AWS::KMS::Key", "{u}"),
    ("AWS::Lambda::EventSourceMapping", "{u}"),
    ("AWS::Lambda::LayerVersion", "arn:aws:lambda:{r}:{a}:layer:{name}:1"),
    ("AWS::Route53::HostedZone", "Z{20U}"),
    ("AWS::SNS::Subscription", "{topic}:{u}"),
    ("AWS::SNS::Topic", "arn:aws:sns:{r}:{a}:{name}"),
    ("AWS::SQS::Queue", "https://sqs.{r}.amazonaws.com/{a}/{name}"),
    ("AWS::SecretsManager::Secret", "arn:aws:secretsmanager:{r}:{a}:secret:{name}-{6}"),
    ("AWS::ServiceDiscovery::HttpNamespace", "ns-{16}"),
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "ns-{16}"),
    ("AWS::ServiceDiscovery::Service", "srv-{16}"),
    ("AWS::StepFunctions::StateMachine", "arn:aws:states:{r}:{a}:stateMachine:{name}"),
];

/// Attributes by type; `{id}` is the physical id and `{last}` its last part.
const ATTRIBUTES: &[(&str, &str, &str)] = &[
    ("AWS::Cognito::UserPool", "Arn", "arn:aws:cognito-idp:{r}:{a}:userpool/{id}"),
    ("AWS::DynamoDB::Table", "Arn", "arn:aws:dynamodb:{r}:{a}:table/{id}"),
    ("AWS::EC2::EIP", "AllocationId", "eipalloc-{17}"),
    ("AWS::EC2::SecurityGroup", "GroupId", "{id}"),
    ("AWS::ECR::Repository", "Arn", "arn:aws:ecr:{r}:{a}:repository/{id}"),
    ("AWS::ECS::Cluster", "Arn", "arn:aws:ecs:{r}:{a}:cluster/{id}"),
    ("AWS::ECS::Service", "Name", "{last}"),
    ("AWS::EFS::FileSystem", "Arn", "arn:aws:elasticfilesystem:{r}:{a}:file-system/{id}"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "CanonicalHostedZoneID", "Z1GM3OXH4ZPM65"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName", "{name32}-{9d}.{r}.elb.amazonaws.com"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName", "app/{name32}/{16}"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName", "targetgroup/{name32}/{16}"),
    ("AWS::Events::Rule", "Arn", "arn:aws:events:{r}:{a}:rule/{id}"),
    ("AWS::IAM::InstanceProfile", "Arn", "arn:aws:iam::{a}:instance-profile{path}{id}"),
    ("AWS::IAM::Role", "Arn", "arn:aws:iam::{a}:role{path}{id}"),
    ("AWS::IAM::Role", "RoleId", "AROA{17U}"),
    ("AWS::IAM::User", "Arn", "arn:aws:iam::{a}:user{path}{id}"),
    ("AWS::KMS::Key", "Arn", "arn:aws:kms:{r}:{a}:key/{id}"),
    ("AWS::Lambda::Function", "Arn", "arn:aws:lambda:{r}:{a}:function:{id}"),
    ("AWS::Logs::LogGroup", "Arn", "arn:aws:logs:{r}:{a}:log-group:{id}:*"),
    ("AWS::RDS::DBCluster", "Endpoint.Address", "{id}.cluster-{12}.{r}.rds.amazonaws.com"),
    ("AWS::RDS::DBCluster", "ReadEndpoint.Address", "{id}.cluster-ro-{12}.{r}.rds.amazonaws.com"),
    ("AWS::RDS::DBInstance", "DBInstanceArn", "arn:aws:rds:{r}:{a}:db:{id}"),
    ("AWS::RDS::DBInstance", "Endpoint.Address", "{id}.{12}.{r}.rds.amazonaws.com"),
    (
        "AWS::RDS::DBInstance",
        "MasterUserSecret.SecretArn",
        "arn:aws:secretsmanager:{r}:{a}:secret:rds!db-{u}-{6}",
    ),
    ("AWS::S3::Bucket", "Arn", "arn:aws:s3:::{id}"),
    ("AWS::S3::Bucket", "DomainName", "{id}.s3.amazonaws.com"),
    ("AWS::S3::Bucket", "RegionalDomainName", "{id}.s3.{r}.amazonaws.com"),
    ("AWS::SQS::Queue", "Arn", "arn:aws:sqs:{r}:{a}:{last}"),
    ("AWS::SQS::Queue", "QueueName", "{last}"),
    ("AWS::SNS::Topic", "TopicName", "{last}"),
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "Arn", "arn:aws:servicediscovery:{r}:{a}:namespace/{id}"),
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "Id", "{id}"),
    ("AWS::ServiceDiscovery::Service", "Arn", "arn:aws:servicediscovery:{r}:{a}:service/{id}"),
];

/// Types whose names may be given twice: they are unique within something else, or not at all.
const NAMES_SHARED: &[&str] = &[
    "AWS::EC2::LaunchTemplate",
    "AWS::ECS::TaskDefinition",
    "AWS::Route53::HostedZone",
    "AWS::Route53::RecordSet",
    "AWS::ServiceDiscovery::Service",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
];

/// The property that is the custom name of a type, where it has one.
pub(super) fn name_property(schema: &ResourceType) -> Option<&str> {
    if NAMES_SHARED.contains(&schema.name.as_str()) {
        return None;
    }
    let tail = schema.name.rsplit("::").next().unwrap_or_default();
    let writable = |name: &str| schema.root().is_some_and(|root| root.property(name).is_some());
    let fixed = |name: &str| schema.create_only.iter().any(|path| path == name) && writable(name);
    if let [only] = schema.primary_identifier.as_slice()
        && (only.ends_with("Name") || only.ends_with("Identifier"))
        && fixed(only)
    {
        return Some(only.as_str());
    }
    schema
        .create_only
        .iter()
        .map(|path| path.as_str())
        .find(|path| (*path == "Name" || path.strip_suffix("Name") == Some(tail)) && writable(path))
}

/// The custom name that properties give, where they give one.
pub(super) fn custom_name(resource_type: &str, properties: &Value) -> Option<String> {
    let property = name_property(solc_schema::resource(resource_type)?)?;
    let name = properties.get(property)?.as_str()?.to_owned();
    // Services of containers are told apart by their cluster too.
    Some(match properties.get("Cluster") {
        Some(cluster) if resource_type == "AWS::ECS::Service" => format!("{}/{name}", scalar(cluster)),
        _ => name,
    })
}

/// The physical id of a resource that is created.
pub(super) fn physical_id(
    place: Place<'_>,
    resource_type: &str,
    (stack, logical_id): (&str, &str),
    seed: &str,
    properties: &Value,
) -> String {
    let property = solc_schema::resource(resource_type).and_then(name_property);
    let given = property.and_then(|name| properties.get(name)).and_then(Value::as_str);
    let name = given.map_or_else(|| made_name(resource_type, stack, logical_id, seed), str::to_owned);
    let pattern = IDS.iter().find(|(of, _)| *of == resource_type).map_or("{name}", |(_, pattern)| *pattern);
    fill(pattern, &Filling { place, seed, properties, name: &name, id: "" })
}

/// A name as CloudFormation makes it where none is given.
fn made_name(resource_type: &str, stack: &str, logical_id: &str, seed: &str) -> String {
    let suffix = letters(seed, 12).to_ascii_uppercase();
    let lower = ["AWS::S3::", "AWS::RDS::", "AWS::ElastiCache::", "AWS::ECR::", "AWS::OpenSearchService::"];
    let most = if lower.iter().any(|prefix| resource_type.starts_with(prefix)) { 63 } else { 64 };
    // Eleven letters and two dashes are for the suffix.
    let room = most - 14;
    let stem: String = format!("{stack}-{logical_id}").chars().take(room).collect();
    let name = format!("{stem}-{suffix}");
    if most == 63 { name.to_ascii_lowercase() } else { name }
}

/// What `Fn::GetAtt` gives of a resource.
pub(super) fn attribute(
    place: Place<'_>,
    resource_type: &str,
    physical_id: &str,
    seed: &str,
    properties: &Value,
    attribute: &str,
) -> Value {
    let name = name_of(physical_id);
    let filling = Filling { place, seed, properties, name: &name, id: physical_id };
    if let Some((_, _, pattern)) =
        ATTRIBUTES.iter().find(|(of, name, _)| *of == resource_type && *name == attribute)
    {
        return Value::String(fill(pattern, &filling));
    }
    let pointer = format!("/{}", attribute.replace('.', "/"));
    if let Some(value) = properties.pointer(&pointer).filter(|value| !value.is_null()) {
        return value.clone();
    }
    let tail = resource_type.rsplit("::").next().unwrap_or_default();
    let schema = solc_schema::resource(resource_type);
    let node = schema.and_then(|schema| Some(schema.node(schema.attribute(attribute)?)));
    let own = |suffix: &str| attribute == suffix || attribute.strip_suffix(suffix) == Some(tail);
    let unique = sha256(format!("{seed}/{attribute}").as_bytes());
    let text = if physical_id.starts_with("arn:") && (own("Arn") || own("ARN")) || own("Id") || own("Name") {
        if own("Name") { name.clone() } else { physical_id.to_owned() }
    } else if attribute.ends_with("Arn") || attribute.ends_with("ARN") {
        let service = resource_type.split("::").nth(1).unwrap_or_default().to_ascii_lowercase();
        let kind = tail.to_ascii_lowercase();
        if own("Arn") || own("ARN") {
            fill(&format!("arn:aws:{service}:{{r}}:{{a}}:{kind}/{{id}}"), &filling)
        } else {
            fill(&format!("arn:aws:{service}:{{r}}:{{a}}:{kind}/{}", letters(&unique, 12)), &filling)
        }
    } else if ["Url", "URL", "Uri", "Endpoint"].iter().any(|end| attribute.ends_with(end)) {
        fill(&format!("https://{}.{{r}}.amazonaws.com", letters(&unique, 12)), &filling)
    } else if ["Address", "DNSName", "DomainName", "Host"].iter().any(|end| attribute.ends_with(end)) {
        fill(&format!("{}.{{r}}.amazonaws.com", letters(&unique, 12)), &filling)
    } else {
        letters(&unique, 17)
    };
    match node {
        Some(Node::Integer { .. } | Node::Number { .. }) if attribute.ends_with("Port") => json!(5432),
        Some(Node::Integer { .. } | Node::Number { .. }) => json!(1),
        Some(Node::Boolean) => json!(false),
        Some(Node::Array { .. }) => json!([text]),
        Some(Node::Object(_) | Node::Map(_) | Node::Json | Node::AnyOf(_) | Node::String(_)) | None => {
            Value::String(text)
        }
    }
}

/// What a resource is called within its physical id.
fn name_of(physical_id: &str) -> String {
    let mut parts: Vec<&str> = physical_id.split(['/', ':']).collect();
    let last = parts.pop().unwrap_or_default();
    // Load balancers and target groups end in a number of their own.
    let name =
        if physical_id.contains(":elasticloadbalancing:") { parts.pop().unwrap_or(last) } else { last };
    name.to_owned()
}

struct Filling<'f> {
    place: Place<'f>,
    seed: &'f str,
    properties: &'f Value,
    name: &'f str,
    id: &'f str,
}

/// A pattern with its places filled.
fn fill(pattern: &str, filling: &Filling<'_>) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (place, tail) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(&filled(place, filling));
        rest = tail;
    }
    text.push_str(rest);
    text
}

fn filled(place: &str, filling: &Filling<'_>) -> String {
    let property = |name: &str| filling.properties.get(name).map(scalar);
    match place {
        "a" => filling.place.account.to_owned(),
        "r" => filling.place.region.to_owned(),
        "id" => filling.id.to_owned(),
        "last" => name_of(filling.id),
        "name" => filling.name.to_owned(),
        "name32" => filling.name.chars().take(32).collect(),
        "family" => property("Family").unwrap_or_else(|| filling.name.to_owned()),
        // A revision is a number that grows; a seed does not, but differs.
        "rev" => (number(filling.seed) % 900 + 1).to_string(),
        "cluster" => property("Cluster").map_or_else(|| "default".to_owned(), |text| name_of(&text)),
        "topic" => property("TopicArn").unwrap_or_default(),
        "path" => property("Path").unwrap_or_else(|| "/".to_owned()),
        "ip" => {
            let n = number(filling.seed);
            format!("203.0.{}.{}", n / 256 % 256, n % 254 + 1)
        }
        "u" => uuid(filling.seed),
        "9d" => format!("{:09}", number(filling.seed) % 1_000_000_000),
        "16b" => letters(&sha256(format!("{}/b", filling.seed).as_bytes()), 16),
        _ => {
            let (digits, upper) = place.strip_suffix('U').map_or((place, false), |digits| (digits, true));
            let text = letters(filling.seed, digits.parse().unwrap_or(8));
            if upper { text.to_ascii_uppercase() } else { text }
        }
    }
}

/// As many hexadecimal digits of a seed, which is the hash itself.
fn letters(seed: &str, count: usize) -> String {
    seed.chars().take(count).collect()
}

fn number(seed: &str) -> u64 {
    u64::from_str_radix(&letters(seed, 12), 16).unwrap_or(0)
}

/// A UUID of version 4 out of a hash.
pub(super) fn uuid(seed: &str) -> String {
    let part = |skip: usize, take: usize| seed.chars().skip(skip).take(take).collect::<String>();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 4), part(12, 3), part(15, 3), part(18, 12))
}

#[cfg(test)]
mod tests;
