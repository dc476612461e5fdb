//! Values of a template with everything put in: parameters, physical ids, attributes, functions.
//!
//! Invariant: pure. What is known only once something was done reads as [`UNKNOWN`], alone or within a text. Dynamic
//! references stay as they are written: whoever resolves them is no part of this.

use super::template::{self, Piece, Reference, scalar};
use base64::Engine as _;
use serde_json::{Map, Value};

/// How the service writes what it knows only afterwards.
pub(super) const UNKNOWN: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// What a value's references are.
pub(super) trait Scope {
    /// The value of a name; nothing for `AWS::NoValue`.
    ///
    /// # Errors
    /// Where there is no such name.
    fn get(&self, reference: &Reference) -> Result<Option<Value>, String>;

    /// The region's zones.
    fn zones(&self) -> Vec<String>;
}

/// Whether something in a value is known only afterwards.
pub(super) fn is_unknown(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(UNKNOWN),
        Value::Array(items) => items.iter().any(is_unknown),
        Value::Object(map) => map.values().any(is_unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A value with everything put in; nothing where it is `AWS::NoValue`.
///
/// # Errors
/// Where a reference leads nowhere, or a function is given what it cannot take.
pub(super) fn resolve(value: &Value, scope: &dyn Scope) -> Result<Option<Value>, String> {
    match value {
        Value::Array(items) => {
            let mut resolved = Vec::with_capacity(items.len());
            for item in items {
                resolved.extend(resolve(item, scope)?);
            }
            Ok(Some(Value::Array(resolved)))
        }
        Value::Object(map) => match template::function(map)? {
            Some((name, argument)) => call(name, argument, scope),
            None => {
                let mut resolved = Map::new();
                for (key, value) in map {
                    if let Some(value) = resolve(value, scope)? {
                        resolved.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(resolved)))
            }
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(Some(value.clone())),
    }
}

fn call(name: &str, argument: &Value, scope: &dyn Scope) -> Result<Option<Value>, String> {
    match name {
        "Ref" => scope.get(&Reference::Name(scalar(argument))),
        "Fn::GetAtt" => {
            let (resource, attribute) = template::get_att(argument)?;
            scope.get(&Reference::Attribute(resource, attribute))
        }
        "Fn::Sub" => substitute(argument, scope).map(|text| Some(Value::String(text))),
        _ => {
            let argument = resolve(argument, scope)?.unwrap_or(Value::Null);
            function(name, &argument, scope).map(Some)
        }
    }
}

fn substitute(argument: &Value, scope: &dyn Scope) -> Result<String, String> {
    let (text, local) = template::sub(argument)?;
    let mut result = String::with_capacity(text.len());
    for piece in template::pieces(text) {
        match piece {
            Piece::Text(text) => result.push_str(text),
            Piece::Name(name) => {
                let value = match local.and_then(|map| map.get(name)) {
                    Some(value) => resolve(value, scope)?,
                    None => scope.get(&template::named(name))?,
                };
                result.push_str(&scalar(&value.unwrap_or(Value::Null)));
            }
        }
    }
    Ok(result)
}

/// A function whose argument has everything put in.
fn function(name: &str, argument: &Value, scope: &dyn Scope) -> Result<Value, String> {
    let wrong = || format!("Template error: {name} is not given what it takes: {argument}");
    let items = || argument.as_array().map(Vec::as_slice).ok_or_else(wrong);
    match name {
        "Fn::Base64" => {
            let text = scalar(argument);
            Ok(Value::String(if text.contains(UNKNOWN) {
                UNKNOWN.to_owned()
            } else {
                base64::engine::general_purpose::STANDARD.encode(text)
            }))
        }
        "Fn::GetAZs" => Ok(scope.zones().into_iter().map(Value::String).collect()),
        "Fn::Join" => match items()? {
            [Value::String(separator), Value::Array(items)] => {
                let texts: Vec<String> = items.iter().map(scalar).collect();
                Ok(Value::String(texts.join(separator)))
            }
            [Value::String(_), Value::String(text)] if text.contains(UNKNOWN) => {
                Ok(Value::String(UNKNOWN.to_owned()))
            }
            _ => Err(wrong()),
        },
        "Fn::Split" => match items()? {
            [Value::String(_), Value::String(text)] if text.contains(UNKNOWN) => {
                Ok(Value::String(UNKNOWN.to_owned()))
            }
            [Value::String(separator), Value::String(text)] if !separator.is_empty() => {
                Ok(text.split(separator.as_str()).map(|part| Value::String(part.to_owned())).collect())
            }
            _ => Err(wrong()),
        },
        "Fn::Select" => match items()? {
            [_, Value::String(text)] if text.contains(UNKNOWN) => Ok(Value::String(UNKNOWN.to_owned())),
            [index, Value::Array(items)] => {
                let index: usize = scalar(index).parse().map_err(|_| wrong())?;
                items.get(index).cloned().ok_or_else(|| {
                    format!("Template error: Fn::Select cannot select nonexistent value at index {index}")
                })
            }
            _ => Err(wrong()),
        },
        "Fn::Cidr" => match items()? {
            [Value::String(block), ..] if block.contains(UNKNOWN) => Ok(Value::String(UNKNOWN.to_owned())),
            [Value::String(block), count, rest @ ..] => {
                let bits = match rest {
                    [] => Some(8),
                    [bits] => scalar(bits).parse().ok(),
                    _ => None,
                };
                let count: Option<usize> = scalar(count).parse().ok();
                count.zip(bits).and_then(|(count, bits)| cidr(block, count, bits)).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// The first `count` blocks of `bits` host bits within an IPv4 block.
fn cidr(block: &str, count: usize, bits: u32) -> Option<Value> {
    let (address, prefix) = block.split_once('/')?;
    let address = u32::from(address.parse::<std::net::Ipv4Addr>().ok()?);
    let prefix: u32 = prefix.parse().ok()?;
    let length = 32_u32.checked_sub(bits)?;
    if !(1..=256).contains(&count) || length < prefix || bits == 0 {
        return None;
    }
    let room = 1_u64 << (length - prefix);
    if u64::try_from(count).ok()? > room {
        return None;
    }
    (0..u32::try_from(count).ok()?)
        .map(|index| {
            let start = u64::from(address) + (u64::from(index) << bits);
            let start = std::net::Ipv4Addr::from(u32::try_from(start).ok()?);
            Some(Value::String(format!("{start}/{length}")))
        })
        .collect()
}

#[cfg(test)]
mod tests;
