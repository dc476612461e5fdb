//! Stack policies: which updates of which resources a stack allows.
//!
//! Invariant: pure. Where a policy is set, what no statement allows is denied, and a denial beats what allows.

use serde_json::Value;

/// What an update does to a resource, as stack policies call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Update {
    Modify,
    Replace,
    Delete,
}

impl Update {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Modify => "Update:Modify",
            Self::Replace => "Update:Replace",
            Self::Delete => "Update:Delete",
        }
    }
}

/// Longest policy in bytes.
const MAX: usize = 16_384;

/// Checks that a text is a stack policy.
///
/// # Errors
/// What the service says of it.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.len() > MAX {
        return Err(format!("Stack policy must not be longer than {MAX} bytes"));
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("Error validating stack policy: {error}"))?;
    let statements =
        statements(&value).ok_or("Error validating stack policy: Policy must have a Statement")?;
    for statement in statements {
        let effect = statement.get("Effect").and_then(Value::as_str);
        if !matches!(effect, Some("Allow" | "Deny")) {
            return Err("Error validating stack policy: Unknown Effect".to_owned());
        }
        let has = |key: &str| statement.get(key).is_some();
        if !(has("Action") || has("NotAction"))
            || !(has("Resource") || has("NotResource"))
            || !has("Principal")
        {
            return Err("Error validating stack policy: Statement must have Action, Principal and Resource"
                .to_owned());
        }
    }
    Ok(())
}

/// Why an update is denied, where it is.
pub(super) fn denied(
    policy: Option<&str>,
    update: Update,
    logical_id: &str,
    resource_type: &str,
) -> Option<String> {
    let value: Value = serde_json::from_str(policy?).ok()?;
    let mut allowed = false;
    for (index, statement) in statements(&value)?.iter().enumerate() {
        if !applies(statement, update, logical_id, resource_type) {
            continue;
        }
        if statement.get("Effect").and_then(Value::as_str) == Some("Deny") {
            return Some(format!(
                "Action denied by stack policy: Statement [#{}] does not allow [{}] for resource [LogicalResourceId/{logical_id}];",
                index + 1,
                update.as_str()
            ));
        }
        allowed = true;
    }
    (!allowed).then(|| {
        format!(
            "Action not allowed by stack policy: no statement allows [{}] for resource [LogicalResourceId/{logical_id}]",
            update.as_str()
        )
    })
}

fn statements(policy: &Value) -> Option<Vec<&Value>> {
    match policy.get("Statement")? {
        Value::Array(items) => Some(items.iter().collect()),
        one @ Value::Object(_) => Some(vec![one]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn applies(statement: &Value, update: Update, logical_id: &str, resource_type: &str) -> bool {
    let resource = format!("LogicalResourceId/{logical_id}");
    let any = |key: &str, text: &str| {
        statement.get(key).map(|value| texts(value).iter().any(|pattern| matches(pattern, text)))
    };
    let action = any("Action", update.as_str())
        .or_else(|| any("NotAction", update.as_str()).map(|found| !found))
        .unwrap_or(false);
    let on = any("Resource", &resource)
        .or_else(|| any("NotResource", &resource).map(|found| !found))
        .unwrap_or(false);
    let condition = statement.get("Condition").is_none_or(|condition| {
        ["StringEquals", "StringLike"].iter().filter_map(|operator| condition.get(operator)).all(|wanted| {
            wanted
                .get("ResourceType")
                .is_none_or(|types| texts(types).iter().any(|pattern| matches(pattern, resource_type)))
        })
    });
    action && on && condition
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// Whether a pattern with `*` matches a text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests;
