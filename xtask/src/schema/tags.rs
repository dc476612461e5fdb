//! Where a type takes its tags.

use solc_schema::{Node, NodeId, ResourceType, TagShape};

/// The shape of the tags of a type, from the names and shapes of its properties.
pub(super) fn shape(resource: &ResourceType) -> Option<TagShape> {
    let root = resource.root()?;
    let mut candidates: Vec<_> = root
        .properties
        .iter()
        .filter(|(name, _)| name.to_lowercase().ends_with("tags") || name.ends_with("TagList"))
        .collect();
    // `Tags` before `FileSystemTags` and the like.
    candidates.sort_by_key(|(name, _)| (name.to_lowercase() != "tags", name.len()));
    candidates.into_iter().find_map(|(name, id)| match resource.node(*id) {
        Node::Map(values) if matches!(resource.node(*values), Node::String(_)) => {
            Some(TagShape::Map(name.clone()))
        }
        Node::Json if name.to_lowercase() == "tags" => Some(TagShape::Map(name.clone())),
        Node::Array { items, .. } => match first(resource, *items) {
            Node::Object(tag) if tag.property("Key").is_some() && tag.property("Value").is_some() => {
                Some(if tag.property("PropagateAtLaunch").is_some() {
                    TagShape::PropagatedList(name.clone())
                } else {
                    TagShape::List(name.clone())
                })
            }
            _ => None,
        },
        _ => None,
    })
}

/// A node, or the first of its variants: AppStream takes `Key` as well as `TagKey`.
fn first(resource: &ResourceType, id: NodeId) -> &Node {
    match resource.node(id) {
        Node::AnyOf(ids) => ids.first().map_or(&Node::Json, |id| resource.node(*id)),
        node => node,
    }
}
