//! How a type is written in messages.

use crate::context::Context;
use crate::hir::{Alias, ComponentId, Enum, Interface, Project, Record, Ty, Union, View};
use solc_schema::{Node, NodeId, ResourceType};
use solc_source::Name;

/// The tables that names of types stand in, of a context or of a checked project.
struct Tables<'t> {
    enums: &'t [Enum],
    unions: &'t [Union],
    aliases: &'t [Alias],
    records: &'t [Record],
    interfaces: &'t [Interface],
    component: &'t dyn Fn(ComponentId) -> &'t str,
}

impl Project {
    /// A type of this project as the user would write it.
    #[must_use]
    pub fn show(&self, ty: &Ty) -> String {
        let component = |id: ComponentId| self.components.get(id.index()).map_or("", |c| c.name.as_str());
        let tables = Tables {
            enums: &self.enums,
            unions: &self.unions,
            aliases: &self.aliases,
            records: &self.records,
            interfaces: &self.interfaces,
            component: &component,
        };
        tables.show(ty)
    }
}

impl Tables<'_> {
    /// The type as the user would write it.
    fn show(&self, ty: &Ty) -> String {
        match ty {
            Ty::Error => "?".to_owned(),
            Ty::None => "none".to_owned(),
            Ty::Bool => "Bool".to_owned(),
            Ty::Int => "Int".to_owned(),
            Ty::Number => "Number".to_owned(),
            Ty::String => "String".to_owned(),
            Ty::Duration => "Duration".to_owned(),
            Ty::Size => "Size".to_owned(),
            Ty::Percent => "Percent".to_owned(),
            Ty::Cidr => "Cidr".to_owned(),
            Ty::Vcpu => "Vcpu".to_owned(),
            Ty::Range => "Range".to_owned(),
            Ty::Json => "Json".to_owned(),
            Ty::Peer => "Peer".to_owned(),
            Ty::Literals(names) => names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(" | "),
            Ty::Enum(id) => self.enums.get(id.index()).map_or_else(String::new, |e| e.name.to_string()),
            Ty::Union(id) => self.unions.get(id.index()).map_or_else(String::new, |u| u.name.to_string()),
            Ty::Alias(id) => self.aliases.get(id.index()).map_or_else(String::new, |a| a.name.to_string()),
            Ty::List(t) => format!("[{}]", self.show(t)),
            Ty::Map(t) => format!("{{String: {}}}", self.show(t)),
            Ty::ZoneMap { element, .. } => format!("{} of every zone", self.show(element)),
            Ty::Record(id) => match self.records.get(id.index()) {
                Some(record) if !record.name.is_empty() => record.name.to_string(),
                Some(record) => self.fields(record.fields.iter().map(|f| (&f.name, &f.ty))),
                None => String::new(),
            },
            Ty::Anonymous(fields) => self.fields(fields.iter().map(|(n, t)| (n, t))),
            Ty::Optional(t) => format!("{}?", self.show(t)),
            Ty::Deferred(t) => format!("deferred {}", self.show(t)),
            Ty::Secret(t) => format!("secret {}", self.show(t)),
            Ty::Component(id) => (self.component)(*id).to_owned(),
            Ty::Interface(id) => {
                self.interfaces.get(id.index()).map_or_else(String::new, |i| i.name.to_string())
            }
            Ty::Resource(rt) => rt.name.replace("::", "."),
            Ty::Node(rt, node) => show_node(rt, *node),
            Ty::Grant { verbs, .. } => format!("Grant<{}>", verbs.join(" | ")),
            Ty::Block(kind) => {
                let mut word = kind.word().to_owned();
                if let Some(first) = word.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                word
            }
            Ty::View(View::Component(Some(id))) => (self.component)(*id).to_owned(),
            Ty::View(View::Component(None)) => "Component".to_owned(),
            Ty::View(View::Resource(Some(rt))) => rt.name.replace("::", "."),
            Ty::View(View::Resource(None)) => "Resource".to_owned(),
            Ty::View(View::Properties(rt, _)) => format!("properties of {}", rt.name.replace("::", ".")),
            Ty::View(View::Verb(_)) => "Verb".to_owned(),
        }
    }

    fn fields<'t>(&self, fields: impl Iterator<Item = (&'t Name, &'t Ty)>) -> String {
        let shown: Vec<String> = fields.map(|(n, t)| format!("{n}: {}", self.show(t))).collect();
        if shown.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", shown.join(", ")) }
    }
}

impl Context<'_> {
    /// The type as the user would write it.
    pub(crate) fn show(&self, ty: &Ty) -> String {
        let tables = Tables {
            enums: &self.enums,
            unions: &self.unions,
            aliases: &self.aliases,
            records: &self.records,
            interfaces: &self.interfaces,
            component: &|id| self.component_name(id),
        };
        tables.show(ty)
    }

    /// The type in a sentence: "a duration", "a list of `Bucket`".
    pub(crate) fn a(&self, ty: &Ty) -> String {
        match ty {
            Ty::Error => "something unreadable".to_owned(),
            Ty::None => "`none`".to_owned(),
            Ty::Bool => "a boolean".to_owned(),
            Ty::Int => "a whole number".to_owned(),
            Ty::Number => "a number".to_owned(),
            Ty::String => "a string".to_owned(),
            Ty::Duration => "a duration".to_owned(),
            Ty::Size => "a size in bytes".to_owned(),
            Ty::Percent => "a percentage".to_owned(),
            Ty::Cidr => "an address range".to_owned(),
            Ty::Vcpu => "a number of vCPUs".to_owned(),
            Ty::Range => "a range".to_owned(),
            Ty::Peer => "an AWS service as a network peer".to_owned(),
            Ty::Literals(names) => match names.as_ref() {
                [one] => format!("the string \"{one}\""),
                _ => format!("one of {}", self.show(ty)),
            },
            Ty::List(_) => format!("a list `{}`", self.show(ty)),
            Ty::Map(_) => format!("a map `{}`", self.show(ty)),
            Ty::ZoneMap { element, .. } => format!("a `{}` of every zone", self.show(element)),
            Ty::Record(_) | Ty::Anonymous(_) => format!("a record `{}`", self.show(ty)),
            Ty::Optional(inner) => format!("{} that may be `none`", self.a(inner)),
            Ty::Deferred(inner) => format!("{} known only when deploying", self.a(inner)),
            Ty::Secret(inner) => format!("{} that is secret", self.a(inner)),
            Ty::Component(_) => format!("a component `{}`", self.show(ty)),
            Ty::Interface(_) => format!("a component that satisfies `{}`", self.show(ty)),
            Ty::Resource(_) => format!("a resource `{}`", self.show(ty)),
            Ty::Grant { .. } => format!("a grant `{}`", self.show(ty)),
            Ty::Block(kind) => match kind {
                crate::hir::BlockKind::Account
                | crate::hir::BlockKind::Environment
                | crate::hir::BlockKind::Organisation => {
                    format!("an {}", kind.word())
                }
                crate::hir::BlockKind::Team | crate::hir::BlockKind::Product => format!("a {}", kind.word()),
            },
            Ty::View(View::Component(Some(_))) => format!("a component `{}`", self.show(ty)),
            Ty::View(View::Component(None)) => "a component".to_owned(),
            Ty::View(View::Resource(Some(_))) => format!("a resource `{}`", self.show(ty)),
            Ty::View(View::Resource(None)) => "a resource".to_owned(),
            Ty::View(View::Properties(..)) => self.show(ty),
            Ty::View(View::Verb(_)) => "a verb".to_owned(),
            Ty::Node(rt, node) => show_node(rt, *node),
            Ty::Json | Ty::Enum(_) | Ty::Union(_) | Ty::Alias(_) => format!("`{}`", self.show(ty)),
        }
    }
}

fn show_node(rt: &ResourceType, node: NodeId) -> String {
    match rt.node(node) {
        Node::Boolean => "a boolean".to_owned(),
        Node::Integer { .. } => "a whole number".to_owned(),
        Node::Number { .. } => "a number".to_owned(),
        Node::String(rules) => match rules.allowed.as_slice() {
            [] => "a string".to_owned(),
            allowed if allowed.len() <= 6 => {
                format!(
                    "one of {}",
                    allowed.iter().map(|a| format!("\"{a}\"")).collect::<Vec<_>>().join(", ")
                )
            }
            allowed => format!("one of {} fixed strings", allowed.len()),
        },
        Node::Array { .. } => "a list".to_owned(),
        Node::Object(_) => "an object".to_owned(),
        Node::Map(_) => "a map".to_owned(),
        Node::Json => "JSON".to_owned(),
        Node::AnyOf(nodes) => nodes.iter().map(|n| show_node(rt, *n)).collect::<Vec<_>>().join(" or "),
    }
}
