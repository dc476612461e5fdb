//! A resource type as a record.
//!
//! Nodes are numbered breadth first, so that most references are "the next one" and take a zero byte.

use crate::codec::{Reader, Writer};
use crate::{Name, Node, NodeId, ObjectRules, ResourceType, StringRules, TagShape};

const BOOLEAN: u8 = 0;
const JSON: u8 = 1;
const MAP: u8 = 2;
const ANY_OF: u8 = 3;
const INTEGER: u8 = 4;
const NUMBER: u8 = 12;
const ARRAY: u8 = 16;
const OBJECT: u8 = 64;
const STRING: u8 = 128;

/// Bit `place` of a byte of flags.
fn flag(place: u8, set: bool) -> u8 {
    u8::from(set) << place
}

fn has(flags: u8, place: u8) -> bool {
    flags & (1 << place) != 0
}

/// References to nodes, coded as "the next new one" or a number that was there before.
#[derive(Default)]
struct Nodes {
    seen: u32,
}

impl Nodes {
    fn write(&mut self, writer: &mut Writer, id: NodeId) {
        if id.0 == self.seen {
            self.seen += 1;
            writer.byte(0);
        } else {
            writer.number(u64::from(id.0) + 1);
        }
    }

    fn read(&mut self, reader: &mut Reader) -> Option<NodeId> {
        match reader.small()?.checked_sub(1) {
            Some(known) => Some(NodeId(known)),
            None => {
                self.seen += 1;
                Some(NodeId(self.seen - 1))
            }
        }
    }
}

/// The record of a type, without its name.
#[must_use]
pub fn encode(resource: &ResourceType) -> Vec<u8> {
    let mut writer = Writer::default();
    let w = &mut writer;
    let mut nodes = Nodes::default();
    let (kind, tags) = match &resource.tags {
        None => (0, None),
        Some(TagShape::List(name)) => (1, Some(name)),
        Some(TagShape::Map(name)) => (2, Some(name)),
        Some(TagShape::PropagatedList(name)) => (3, Some(name)),
    };
    w.byte(
        kind | flag(2, resource.stateful)
            | flag(3, resource.any_attribute)
            | flag(4, resource.reference.is_some()),
    );
    nodes.write(w, resource.root);
    w.list(&resource.attributes, |w, (_, id)| nodes.write(w, *id));
    w.list(&resource.nodes, |w, node| write_node(w, &mut nodes, node));
    for (name, _) in &resource.attributes {
        w.name(name);
    }
    if let Some(name) = tags {
        w.name(name);
    }
    if let Some(name) = &resource.reference {
        w.name(name);
    }
    for names in [
        &resource.create_only,
        &resource.conditional_create_only,
        &resource.read_only,
        &resource.write_only,
        &resource.primary_identifier,
    ] {
        w.names(names);
    }
    writer.finish()
}

/// The type that a record describes.
pub(crate) fn decode(name: &'static str, bytes: &'static [u8]) -> Option<ResourceType> {
    let mut reader = Reader::new(bytes)?;
    let r = &mut reader;
    let mut nodes = Nodes::default();
    let flags = r.byte()?;
    let root = nodes.read(r)?;
    let attribute_nodes = r.list(|r| nodes.read(r))?;
    let arena = r.list(|r| read_node(r, &mut nodes))?;
    let mut attributes = Vec::with_capacity(attribute_nodes.len());
    for id in attribute_nodes {
        attributes.push((r.name()?, id));
    }
    let tags = match flags & 3 {
        0 => None,
        1 => Some(TagShape::List(r.name()?)),
        2 => Some(TagShape::Map(r.name()?)),
        _ => Some(TagShape::PropagatedList(r.name()?)),
    };
    let reference = if has(flags, 4) { Some(r.name()?) } else { None };
    let resource = ResourceType {
        name: Name::new_static(name),
        nodes: arena,
        root,
        attributes,
        reference,
        create_only: r.names()?,
        conditional_create_only: r.names()?,
        read_only: r.names()?,
        write_only: r.names()?,
        primary_identifier: r.names()?,
        tags,
        stateful: has(flags, 2),
        any_attribute: has(flags, 3),
    };
    r.at_end().then_some(resource)
}

fn write_node(w: &mut Writer, nodes: &mut Nodes, node: &Node) {
    match node {
        Node::Boolean => w.byte(BOOLEAN),
        Node::Json => w.byte(JSON),
        Node::Map(values) => {
            w.byte(MAP);
            nodes.write(w, *values);
        }
        Node::AnyOf(ids) => {
            w.byte(ANY_OF);
            w.list(ids, |w, id| nodes.write(w, *id));
        }
        Node::Integer { min, max, allowed } => {
            w.byte(INTEGER | flag(0, min.is_some()) | flag(1, max.is_some()));
            min.iter().chain(max).for_each(|n| w.signed(*n));
            w.list(allowed, |w, n| w.signed(*n));
        }
        Node::Number { min, max } => {
            w.byte(NUMBER | flag(0, min.is_some()) | flag(1, max.is_some()));
            min.iter().chain(max).for_each(|n| w.float(*n));
        }
        Node::Array { items, min, max, unique } => {
            w.byte(ARRAY | flag(0, min.is_some()) | flag(1, max.is_some()) | flag(2, *unique));
            min.iter().chain(max).for_each(|n| w.number(u64::from(*n)));
            nodes.write(w, *items);
        }
        Node::Object(rules) => write_object(w, nodes, rules),
        Node::String(rules) => write_string(w, rules),
    }
}

fn read_node(r: &mut Reader, nodes: &mut Nodes) -> Option<Node> {
    let tag = r.byte()?;
    Some(match tag {
        BOOLEAN => Node::Boolean,
        JSON => Node::Json,
        MAP => Node::Map(nodes.read(r)?),
        ANY_OF => Node::AnyOf(r.list(|r| nodes.read(r))?),
        INTEGER..NUMBER => Node::Integer {
            min: if has(tag, 0) { Some(r.signed()?) } else { None },
            max: if has(tag, 1) { Some(r.signed()?) } else { None },
            allowed: r.list(Reader::signed)?,
        },
        NUMBER..ARRAY => Node::Number {
            min: if has(tag, 0) { Some(r.float()?) } else { None },
            max: if has(tag, 1) { Some(r.float()?) } else { None },
        },
        ARRAY..OBJECT => Node::Array {
            min: if has(tag, 0) { Some(r.small()?) } else { None },
            max: if has(tag, 1) { Some(r.small()?) } else { None },
            unique: has(tag, 2),
            items: nodes.read(r)?,
        },
        OBJECT..STRING => Node::Object(read_object(r, nodes, tag)?),
        STRING.. => Node::String(read_string(r, tag)?),
    })
}

fn write_object(w: &mut Writer, nodes: &mut Nodes, rules: &ObjectRules) {
    let ObjectRules {
        properties,
        required,
        exactly_one,
        at_least_one,
        dependent_required,
        dependent_excluded,
        open,
    } = rules;
    let more = !exactly_one.is_empty()
        || !at_least_one.is_empty()
        || !dependent_required.is_empty()
        || !dependent_excluded.is_empty();
    w.byte(OBJECT | flag(0, *open) | flag(1, !required.is_empty()) | flag(2, more));
    w.list(properties, |w, (name, _)| w.name(name));
    for (_, id) in properties {
        nodes.write(w, *id);
    }
    if !required.is_empty() {
        w.names(required);
    }
    if more {
        for sets in [exactly_one, at_least_one] {
            w.list(sets, |w, names| w.names(names));
        }
        for pairs in [dependent_required, dependent_excluded] {
            w.list(pairs, |w, (name, others)| {
                w.name(name);
                w.names(others);
            });
        }
    }
}

fn read_object(r: &mut Reader, nodes: &mut Nodes, tag: u8) -> Option<ObjectRules> {
    let names = r.names()?;
    let mut properties = Vec::with_capacity(names.len());
    for name in names {
        properties.push((name, nodes.read(r)?));
    }
    let mut rules = ObjectRules { properties, open: has(tag, 0), ..ObjectRules::default() };
    if has(tag, 1) {
        rules.required = r.names()?;
    }
    if has(tag, 2) {
        rules.exactly_one = r.list(Reader::names)?;
        rules.at_least_one = r.list(Reader::names)?;
        rules.dependent_required = r.list(|r| Some((r.name()?, r.names()?)))?;
        rules.dependent_excluded = r.list(|r| Some((r.name()?, r.names()?)))?;
    }
    Some(rules)
}

fn write_string(w: &mut Writer, rules: &StringRules) {
    let StringRules { allowed, ignore_case, pattern, min, max, format } = rules;
    w.byte(
        STRING
            | flag(0, !allowed.is_empty())
            | flag(1, *ignore_case)
            | flag(2, pattern.is_some())
            | flag(3, min.is_some())
            | flag(4, max.is_some())
            | flag(5, format.is_some()),
    );
    if !allowed.is_empty() {
        w.names(allowed);
    }
    pattern.iter().for_each(|name| w.name(name));
    min.iter().chain(max).for_each(|n| w.number(u64::from(*n)));
    format.iter().for_each(|name| w.name(name));
}

fn read_string(r: &mut Reader, tag: u8) -> Option<StringRules> {
    Some(StringRules {
        allowed: if has(tag, 0) { r.names()? } else { Vec::new() },
        ignore_case: has(tag, 1),
        pattern: if has(tag, 2) { Some(r.name()?) } else { None },
        min: if has(tag, 3) { Some(r.small()?) } else { None },
        max: if has(tag, 4) { Some(r.small()?) } else { None },
        format: if has(tag, 5) { Some(r.name()?) } else { None },
    })
}
