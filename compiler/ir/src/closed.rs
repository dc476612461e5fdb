//! Security groups are closed in both directions.
//!
//! Invariant: no group has a rule of its own but the placeholder that keeps EC2 from allowing everything out;
//! every other rule is a resource with its reason.

use crate::evaluate::Evaluation;
use crate::model::Value;
use solc_source::Name;

/// Gives every group the placeholder.
pub(crate) fn close(evaluation: &mut Evaluation<'_>) {
    let nowhere = Value::list([Value::object([
        (Name::new_static("CidrIp"), Value::string("127.0.0.1/32")),
        (Name::new_static("Description"), Value::string("closed: every rule is a resource of its own")),
        (Name::new_static("IpProtocol"), Value::string("-1")),
    ])]);
    for resource in evaluation.resources.iter_mut() {
        if resource.ty.name == "AWS::EC2::SecurityGroup" {
            resource.properties.retain(|(n, _)| n != "SecurityGroupEgress" && n != "SecurityGroupIngress");
            resource.properties.push((Name::new_static("SecurityGroupEgress"), nowhere.clone()));
            resource.properties.sort_by(|a, b| a.0.cmp(&b.0));
        }
    }
}
