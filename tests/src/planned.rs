//! Releases and records of many stacks, for measuring how they are planned.
//!
//! Invariant: the same numbers make the same files; what is recorded is a little older than the release, so that every
//! part of the planner has something to do.

use serde_json::{Map, Value, json};
use solc_cmdb::{StackState, States, WriteError, canonical, sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The environment that is planned.
pub const ENVIRONMENT: &str = "integration";

/// The files of a release, and beside them in `folder` what is recorded of the one before it.
///
/// # Errors
/// Where a record cannot be written.
pub fn write(folder: &Path, stacks: usize, resources: usize) -> Result<BTreeMap<String, String>, WriteError> {
    let states = States::of(folder, ENVIRONMENT);
    let mut files = BTreeMap::new();
    let mut listed = Vec::new();
    for number in 0..stacks {
        let name = name(number);
        let producers: Vec<usize> = [1, 7].iter().filter_map(|back| number.checked_sub(*back)).collect();
        let parameters: Map<String, Value> = producers
            .iter()
            .map(|from| (format!("P{from}"), json!({ "stack": self::name(*from), "output": "Arn" })))
            .collect();
        let (old, new) =
            (template(number, resources, &producers, 0), template(number, resources, &producers, 1));
        let needs: Vec<String> = producers.iter().map(|from| self::name(*from)).collect();
        states.put(&state(&name, &needs, &producers, &old), &old)?;
        listed.push(json!({
            "name": name, "solution": "s", "layer": "application", "depends_on": needs,
            "parameters": parameters, "outputs": ["Arn", "Group"], "capabilities": ["CAPABILITY_IAM"],
            "tags": { "product": "p", "environment": ENVIRONMENT }, "termination_protection": false,
            "template": format!("{name}.template.json"), "sha256": sha256(new.as_bytes()),
        }));
        files.insert(format!("{name}.template.json"), new);
    }
    let manifest = json!({
        "schema_version": 1, "product": "p", "environment": ENVIRONMENT, "stage": ENVIRONMENT, "region": "r",
        "account": { "id": "1", "name": "n" }, "images": [], "outputs": [], "stacks": listed,
    });
    files.insert("manifest.json".to_owned(), manifest.to_string());
    Ok(files)
}

fn name(number: usize) -> String {
    format!("p-{ENVIRONMENT}-{number:04}")
}

fn template(number: usize, resources: usize, producers: &[usize], version: usize) -> String {
    let tags =
        json!([{ "Key": "component", "Value": format!("c{number}") }, { "Key": "solution", "Value": "s" }]);
    let mut all = Map::new();
    // Every tenth stack has another security group now, which is a replacement that others stand on.
    let description =
        if number.is_multiple_of(10) { format!("version {version}") } else { "group".to_owned() };
    let group = json!({ "GroupDescription": description, "Tags": tags });
    all.insert("Group".to_owned(), json!({ "Type": "AWS::EC2::SecurityGroup", "Properties": group }));
    for index in 0..resources.saturating_sub(1) {
        let queue = format!("Queue{index}");
        let (kind, properties) = match index % 4 {
            0 => ("AWS::SQS::Queue", json!({ "DelaySeconds": (index + version) % 900, "Tags": tags })),
            1 => (
                "AWS::IAM::Role",
                json!({ "Tags": tags, "AssumeRolePolicyDocument": { "Statement": [
                { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ecs-tasks.amazonaws.com" } }] } }),
            ),
            2 => (
                "AWS::IAM::RolePolicy",
                json!({ "PolicyName": "p", "RoleName": { "Ref": format!("R{}", index - 1) },
                "PolicyDocument": { "Statement": [{ "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"],
                    "Resource": { "Fn::GetAtt": [format!("R{}", index - 2), "Arn"] } }] } }),
            ),
            _ => (
                "AWS::EC2::SecurityGroupIngress",
                json!({ "GroupId": { "Fn::GetAtt": ["Group", "GroupId"] },
                "IpProtocol": "tcp", "FromPort": index, "ToPort": index, "CidrIp": "10.0.0.0/8",
                "Description": queue }),
            ),
        };
        all.insert(format!("R{index}"), json!({ "Type": kind, "Properties": properties }));
    }
    for from in producers {
        let topic = json!({ "DisplayName": { "Ref": format!("P{from}") }, "Tags": tags });
        all.insert(format!("Topic{from}"), json!({ "Type": "AWS::SNS::Topic", "Properties": topic }));
    }
    let declared: Map<String, Value> =
        producers.iter().map(|from| (format!("P{from}"), json!({ "Type": "String" }))).collect();
    let outputs = json!({
        "Arn": { "Value": { "Fn::GetAtt": ["R0", "Arn"] } },
        "Group": { "Value": { "Fn::GetAtt": ["Group", "GroupId"] } },
    });
    let template = json!({ "Outputs": outputs, "Parameters": declared, "Resources": all });
    canonical::to_string(&template).unwrap_or_default()
}

fn state(name: &str, needs: &[String], producers: &[usize], template: &str) -> StackState {
    let each = |value: &dyn Fn(usize) -> String| -> BTreeMap<String, String> {
        producers.iter().map(|from| (format!("P{from}"), value(*from))).collect()
    };
    let outputs = ["Arn", "Group"].map(|output| (output.to_owned(), format!("{output} of {name}")));
    StackState {
        schema_version: States::schema_version(),
        stack: name.to_owned(),
        id: format!("arn:{name}"),
        status: "UPDATE_COMPLETE".to_owned(),
        depends_on: needs.to_vec(),
        parameters: each(&|from| format!("Arn of {}", self::name(from))),
        bindings: each(&|from| format!("{}.Arn", self::name(from))),
        outputs: outputs.into(),
        tags: [("product", "p"), ("environment", ENVIRONMENT)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        termination_protection: false,
        template_sha256: sha256(template.as_bytes()),
        operation: "01".to_owned(),
        manifest_sha256: "00".to_owned(),
        resources: BTreeMap::new(),
        retained: BTreeMap::new(),
    }
}
