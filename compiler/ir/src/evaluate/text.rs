//! Values as text: interpolation, keys, names of cases, messages.

use super::Evaluation;
use super::value::Value;
use super::{cidr, ops};
use crate::model;
use solc_check::hir::{EnumId, UnionId};
use solc_source::Name;

impl Evaluation<'_> {
    /// The name of an enum's case.
    pub(crate) fn enum_case(&self, id: EnumId, case: u32) -> Option<Name> {
        self.project.enums.get(id.index())?.cases.get(case as usize).cloned()
    }

    /// The name of a union's case.
    pub(crate) fn union_case(&self, id: UnionId, case: u32) -> Option<Name> {
        self.project.unions.get(id.index())?.cases.get(case as usize).map(|c| c.name.clone())
    }

    /// A value as text of a template; `None` where it is missing or has no text.
    pub(crate) fn text_of(&self, value: &Value) -> Option<model::Value> {
        let known = match value {
            Value::Text(text) => text.clone(),
            Value::Int(n) => Name::from(n.to_string()),
            Value::Number(n) => Name::from(number(*n)),
            Value::Bool(b) => Name::new_static(if *b { "true" } else { "false" }),
            Value::Cidr(address, prefix) => cidr::show((*address, *prefix)).into(),
            Value::Enum(id, case) => self.enum_case(*id, *case)?,
            Value::Union(id, case, _) => self.union_case(*id, *case)?,
            Value::Quantity(q) => q.to_string().into(),
            Value::Range(lo, hi) => Name::from(format!("{lo}..{hi}")),
            Value::Team(name) | Value::Service(name) => name.clone(),
            Value::Block(id) => self.project.blocks.get(id.index())?.name.clone(),
            Value::Deferred(value) => return Some(value.clone()),
            Value::Missing
            | Value::None
            | Value::List(_)
            | Value::Map(_)
            | Value::ZoneMap(_)
            | Value::Instance(_)
            | Value::Resource(_)
            | Value::Outside
            | Value::Grant(_) => return None,
        };
        Some(model::Value::String(known))
    }

    /// A value as a key of a map.
    pub(crate) fn key_of(&self, value: &Value) -> Option<Name> {
        match value {
            Value::Enum(id, case) => self.enum_case(*id, *case),
            Value::Union(id, case, _) => self.union_case(*id, *case),
            Value::Int(n) => Some(Name::from(n.to_string())),
            Value::Cidr(..) => match self.text_of(value)? {
                model::Value::String(text) => Some(text),
                _ => None,
            },
            Value::Block(id) => self.project.blocks.get(id.index()).map(|b| b.name.clone()),
            Value::Team(name) => Some(name.clone()),
            _ => ops::key(value),
        }
    }

    /// A value in a message, as the source would write it.
    pub(crate) fn show(&self, value: &Value) -> String {
        match value {
            Value::Missing => "?".to_owned(),
            Value::None => "none".to_owned(),
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) => {
                format!("[{}]", items.iter().map(|i| self.show(i)).collect::<Vec<_>>().join(", "))
            }
            Value::Map(map) | Value::ZoneMap(map) => {
                let entries: Vec<String> =
                    map.iter().map(|(k, v)| format!("{k} = {}", self.show(v))).collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Value::Union(_, _, Some(fields)) => {
                let name = self.text_of(value).and_then(known_text).unwrap_or_default();
                let entries: Vec<String> =
                    fields.iter().map(|(k, v)| format!("{k} = {}", self.show(v))).collect();
                format!("{name} {{ {} }}", entries.join(", "))
            }
            Value::Instance(_) | Value::Resource(_) if self.asking.is_some() => {
                let index = self.asking.as_ref().map(|a| &a.index);
                let subject = crate::ask::subject(value);
                index.zip(subject).map(|(i, s)| i.subject(s)).unwrap_or_default()
            }
            Value::Outside => "internet".to_owned(),
            Value::Instance(id) => self.path(*id).to_string(),
            Value::Resource(id) => self.resource(*id).map(|r| r.logical_id.to_string()).unwrap_or_default(),
            Value::Grant(grant) => format!("{}.{}", self.path(grant.target), grant.verb),
            Value::Deferred(_) => "(known when deploying)".to_owned(),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::Quantity(_)
            | Value::Cidr(..)
            | Value::Range(..)
            | Value::Enum(..)
            | Value::Union(..)
            | Value::Service(_)
            | Value::Block(_)
            | Value::Team(_) => self.text_of(value).and_then(known_text).unwrap_or_default(),
        }
    }
}

fn known_text(value: model::Value) -> Option<String> {
    match value {
        model::Value::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The shortest text that reads back as the same number; whole numbers without a fraction.
pub(crate) fn number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { format!("{n}") }
}

#[cfg(test)]
mod tests {
    use super::number;
    use solc_check::hir::Quantity;

    #[test]
    fn quantities_read_as_they_are_written() {
        for (q, text) in [
            (Quantity::Duration(30_000), "30s"),
            (Quantity::Duration(345_600_000), "4d"),
            (Quantity::Duration(1_500), "1500ms"),
            (Quantity::Size(512 << 20), "512MiB"),
            (Quantity::Vcpu(250_000), "0.25 vcpu"),
            (Quantity::Percent(40_000_000), "40%"),
            (Quantity::Duration(0), "0d"),
        ] {
            assert_eq!(q.to_string(), text);
        }
    }

    #[test]
    fn whole_numbers_have_no_fraction() {
        assert_eq!(number(2.0), "2");
        assert_eq!(number(0.5), "0.5");
        assert_eq!(number(-3.0), "-3");
    }
}
