//! Resources against CloudFormation's schemas.

use super::{accepts, check, explains};

#[track_caller]
fn solution(statements: &str, expect: &str) {
    check(&format!("solution s {{\n{statements}\n}}"), expect);
}

#[track_caller]
fn component(statements: &str, expect: &str) {
    check(
        &format!(
            "component C {{\n resource vpc: AWS.EC2.VPC {{ CidrBlock = 10.0.0.0/16 }}\n{statements}\n}}"
        ),
        expect,
    );
}

#[test]
fn a_misspelt_resource_type_is_corrected() {
    solution(
        "resource a: AWS.S3.Bukket {}\nresource b: S3.Bucket {}\nresource c: AWS.S3 {}",
        "unknown-resource-type «AWS.S3.Bukket»: CloudFormation has no resource type `AWS.S3.Bukket` => AWS.S3.Bucket
         unknown-resource-type «S3.Bucket»: CloudFormation has no resource type `S3.Bucket` => AWS.S3.Bucket
         unknown-resource-type «AWS.S3»: CloudFormation has no resource type `AWS.S3`",
    );
}

#[test]
fn a_misspelt_property_is_corrected_and_is_the_only_mistake() {
    solution(
        "resource a: AWS.SQS.Queue { VisibilityTimeOut = 30 }\nresource b: AWS.S3.Bucket { VersioningConfiguration = { State = \"Enabled\" } }\n\
         resource c: AWS.S3.Bucket { Nothing = later }",
        "unknown-property «VisibilityTimeOut»: `AWS.SQS.Queue` has no property `VisibilityTimeOut` => VisibilityTimeout
         unknown-property «State»: this object of `AWS.S3.Bucket` has no property `State` => Status
         unknown-property «Nothing»: `AWS.S3.Bucket` has no property `Nothing`",
    );
}

#[test]
fn properties_are_of_their_types() {
    solution(
        "resource a: AWS.SQS.Queue { VisibilityTimeout = \"soon\", FifoQueue = \"true\", DelaySeconds = 30s }\n\
         resource b: AWS.S3.Bucket { VersioningConfiguration = { Status = \"enabled\" } }\n\
         resource c: AWS.EC2.RouteTable { VpcId = b }",
        "type-mismatch «\"soon\"»: expected a whole number, found the string \"soon\"
         type-mismatch «\"true\"»: expected a boolean, found the string \"true\" => true
         type-mismatch «30s»: expected a whole number, found a duration => .seconds
         invalid-property-value «\"enabled\"»: CloudFormation does not take \"enabled\" here => \"Enabled\"
         type-mismatch «b»: expected a string, found a resource `AWS.S3.Bucket` => .ref",
    );
}

#[test]
fn required_properties_are_there_and_exclusive_ones_alone() {
    solution(
        "resource a: AWS.EC2.RouteTable {}\nresource b: AWS.EC2.VPC {}\nresource c: AWS.EC2.VPC { CidrBlock = 10.0.0.0/16, Ipv4IpamPoolId = \"x\" }",
        "missing-property «AWS.EC2.RouteTable»: `AWS.EC2.RouteTable` needs `VpcId`
         missing-property «AWS.EC2.VPC»: `AWS.EC2.VPC` needs one of `CidrBlock` and `Ipv4IpamPoolId`
         invalid-property-value «Ipv4IpamPoolId»: `Ipv4IpamPoolId` cannot stand beside `CidrBlock`",
    );
}

#[test]
fn none_leaves_an_optional_property_out_and_not_a_required_one() {
    component(
        "resource t: AWS.EC2.Subnet { VpcId = vpc.ref, CidrBlock = 10.0.0.0/24, AvailabilityZone = if env.stage == production then \"a\" else none }",
        "",
    );
    component(
        "resource t: AWS.EC2.RouteTable { VpcId = if env.stage == production then vpc.ref else none }",
        "optional-value «if env.stage == production then vpc.ref else none»: expected a string, found a value that may be `none`",
    );
}

#[test]
fn what_cloudformation_sets_is_not_written() {
    solution(
        "resource a: AWS.SQS.Queue { Arn = \"x\" }\nresource b: AWS.S3.Bucket { Tags = [] }",
        "read-only-property «Arn»: only CloudFormation sets `Arn` of `AWS.SQS.Queue`",
    );
}

#[test]
fn an_attribute_is_one_that_the_type_gives() {
    component(
        "let a = vpc.ref\nlet b = vpc.VpcId\nlet c = vpc.VpcID\nlet d = vpc.Nothing\nlet e: deferred Bool = vpc.EnableDnsSupport",
        "unknown-attribute «VpcID»: `AWS.EC2.VPC` gives no attribute `VpcID` => VpcId
         unknown-attribute «Nothing»: `AWS.EC2.VPC` gives no attribute `Nothing`",
    );
    accepts(
        "solution s {\n resource db: AWS.RDS.DBInstance { DBInstanceClass = \"db.t4g.micro\" }\n output host: String = db.Endpoint.Address\n}",
    );
}

#[test]
fn an_attribute_is_deferred() {
    component(
        "let a: String = vpc.ref",
        "deferred-value «vpc.ref»: expected a string, found a value known only when deploying",
    );
}

#[test]
fn a_resource_under_a_condition_may_be_missing() {
    component(
        "resource other: AWS.EC2.VPC if env.stage >= production { CidrBlock = 10.0.0.0/16 }\nlet a: deferred String? = other?.ref\n\
         resource t: AWS.EC2.RouteTable { VpcId = other.ref }",
        "optional-value «ref»: this is read from a value that may be `none` => ?.",
    );
}

#[test]
fn one_for_every_zone_is_a_map_by_zone() {
    component(
        "resource subnet per zone: AWS.EC2.Subnet { VpcId = vpc.ref, CidrBlock = 10.0.0.0/16.subnet(5, zone.index), AvailabilityZone = zone.name }\n\
         resource address per active zone: AWS.EC2.EIP { Domain = \"vpc\" }\n\
         resource nat per active zone: AWS.EC2.NatGateway { SubnetId = subnet[zone].ref, AllocationId = (address[zone] ?? address.first).AllocationId }\n\
         let all: [deferred String] = [s.ref for s in subnet.values]\nlet one: deferred String = subnet[\"a\"].ref",
        "",
    );
    component(
        "resource subnet per zone: AWS.EC2.Subnet { VpcId = vpc.ref, CidrBlock = 10.0.0.0/24 }\nlet a = subnet.ref\nlet b = subnet[3].ref",
        "unknown-field «ref»: a `AWS.EC2.Subnet` of every zone has no `ref`
         type-mismatch «3»: expected a zone, found a whole number",
    );
}

#[test]
fn one_for_each_element_has_a_name_for_each() {
    component(
        "resource t: AWS.EC2.RouteTable for name in [\"a\", \"b\"] { VpcId = vpc.ref }\nlet a: deferred String = t[\"a\"].ref",
        "",
    );
    component(
        "resource t: AWS.EC2.RouteTable for time in [1s] { VpcId = vpc.ref }\nresource u per zone: AWS.EC2.RouteTable for name in [\"a\"] { VpcId = vpc.ref }",
        "type-mismatch «[1s]»: a repeated resource needs a name for each, and this gives a duration
         misplaced-statement «[\"a\"]»: a resource stands per zone or `for` each element, not both",
    );
}

#[test]
fn only_a_resource_comes_first() {
    component(
        "resource t: AWS.EC2.RouteTable after [vpc] { VpcId = vpc.ref }\nresource u: AWS.EC2.RouteTable after [3] { VpcId = vpc.ref }",
        "type-mismatch «3»: only a resource can come first, not a whole number",
    );
}

#[test]
fn an_unknown_type_says_nothing_of_its_properties() {
    explains(
        "solution s {\n resource a: AWS.S3.Bukket { Anything = 1 }\n let b = a.Arn\n}",
        "^ AWS.S3.Bukket | not found in the schemas
         fix: write `AWS.S3.Bucket`",
    );
}

#[test]
fn eight_names_are_listed_and_no_more() {
    explains(
        "type R = { a1: Int, b2: Int, c3: Int, d4: Int, e5: Int, f6: Int, g7: Int, h8: Int }\n\
         fn f(r: R) -> Int = r.nothing",
        "^ nothing | not found
         help: use one of `a1`, `b2`, `c3`, `d4`, `e5`, `f6`, `g7` and `h8`",
    );
    explains(
        "type R = { a1: Int, b2: Int, c3: Int, d4: Int, e5: Int, f6: Int, g7: Int, h8: Int, i9: Int }\n\
         fn f(r: R) -> Int = r.nothing",
        "^ nothing | not found
         help: use one of `a1`, `b2`, `c3`, `d4`, `e5`, `f6`, `g7`, `h8`, …",
    );
}

#[test]
fn none_and_spreads_fill_objects_of_properties() {
    solution(
        "resource a: AWS.SQS.Queue { DelaySeconds = none }\n\
         resource b: AWS.S3.Bucket { VersioningConfiguration = { ...{ Status = \"Enabled\" } } }",
        "",
    );
    solution(
        "resource a: AWS.S3.Bucket { VersioningConfiguration = {} }\nresource b: AWS.SQS.Queue { DelaySeconds = 1, DelaySeconds = 2 }\n\
         resource c: AWS.S3.Bucket { VersioningConfiguration = none, LifecycleConfiguration = { Rules = [{ Status = \"on\" }] } }",
        "missing-property «{}»: this object of `AWS.S3.Bucket` needs `Status`
         duplicate-field «DelaySeconds»: `DelaySeconds` is given twice
         invalid-property-value «\"on\"»: CloudFormation does not take \"on\" here",
    );
}

#[test]
fn exclusive_properties_may_stand_together_where_one_is_none() {
    solution(
        "let live = env.stage == production\n\
         resource a: AWS.EC2.VPC { CidrBlock = if live then \"10.0.0.0/16\" else none, Ipv4IpamPoolId = if live then none else \"x\" }",
        "",
    );
}

#[test]
fn a_resource_type_is_written_in_full_and_corrected_within_its_service() {
    explains(
        "solution s { resource a: AWS.S3 {} }",
        "^ AWS.S3 | not found in the schemas
         help: write the type in full, like `AWS.S3.Bucket`",
    );
    explains(
        "solution s { resource a: AWS.Nothing.AtAll {} }",
        "^ AWS.Nothing.AtAll | not found in the schemas",
    );
    explains(
        "solution s { resource a: AWS.SQS.Zzzzzzzz {} }",
        "^ AWS.SQS.Zzzzzzzz | not found in the schemas
         help: choose one of `AWS.SQS.Queue`, `AWS.SQS.QueueInlinePolicy`, `AWS.SQS.QueuePolicy`",
    );
}

#[test]
fn what_a_component_is_on_is_a_security_group_in_a_network() {
    check(
        "use std.network.Network\ncomponent C {\n param network: Network\n resource sg: AWS.EC2.SecurityGroup { GroupDescription = \"x\" }\n on network sg in network\n}",
        "",
    );
    check(
        "component C {\n resource box: AWS.S3.Bucket {}\n resource sg: AWS.EC2.SecurityGroup { GroupDescription = \"x\" }\n on network box in 3\n}\n\
         component D { on network nothing }",
        "type-mismatch «box»: expected a security group of this component, found a resource `AWS.S3.Bucket`
         type-mismatch «3»: expected a network, found a whole number
         unknown-name «nothing»: nothing here is called `nothing`",
    );
}

#[test]
fn a_property_that_the_compiler_writes_is_not_missed() {
    solution("resource a: AWS.KMS.ReplicaKey { PrimaryKeyArn = \"arn:aws:kms:x\" }", "");
    solution(
        "resource a: AWS.KMS.ReplicaKey {}",
        "missing-property «AWS.KMS.ReplicaKey»: `AWS.KMS.ReplicaKey` needs `PrimaryKeyArn`",
    );
}

#[test]
fn objects_with_any_names_take_any_names() {
    solution(
        "resource a: AWS.SSM.Document { Content = { schemaVersion = \"2.2\", anything = [1, true, { deep = none }] } }\n\
         resource b: AWS.CloudFormation.Macro { Name = \"x\", FunctionName = \"y\" }",
        "",
    );
}

#[test]
fn a_property_says_what_it_takes() {
    solution(
        "resource a: AWS.S3.Bucket { VersioningConfiguration = 3, LifecycleConfiguration = { Rules = 3 }, AccessControl = 3 }\n\
         resource b: AWS.S3.Bucket { VersioningConfiguration = { Status = 3 }, ObjectLockEnabled = 3 }\n\
         resource c: AWS.Lambda.Function { Code = {}, Role = \"x\", Environment = { Variables = 3 } }\n\
         resource d: AWS.CloudWatch.Alarm { ComparisonOperator = \"x\", EvaluationPeriods = 1, Threshold = true }",
        "type-mismatch «3»: expected an object, found a whole number
         type-mismatch «3»: expected a list, found a whole number
         type-mismatch «3»: expected one of 8 fixed strings, found a whole number
         type-mismatch «3»: expected one of \"Enabled\", \"Suspended\", found a whole number
         type-mismatch «3»: expected a boolean, found a whole number
         type-mismatch «3»: expected a map, found a whole number
         missing-property «AWS.CloudWatch.Alarm»: `AWS.CloudWatch.Alarm` needs one of `EvaluationCriteria`, `MetricName` and `Metrics`
         invalid-property-value «\"x\"»: CloudFormation does not take \"x\" here
         type-mismatch «true»: expected a number, found a boolean",
    );
}

#[test]
fn an_attribute_with_a_point_in_its_name_may_be_missing_with_its_resource() {
    let database = "component C {\n param kept: Bool = true\n resource db: AWS.RDS.DBInstance if kept { DBInstanceClass = \"db.t4g.micro\" }\n";
    accepts(&format!("{database} attribute host: deferred String? = db?.Endpoint.Address\n}}"));
    check(
        &format!("{database} attribute host: deferred String = db.Endpoint.Address\n}}"),
        "optional-value «Endpoint»: this is read from a value that may be `none` => ?.",
    );
}
