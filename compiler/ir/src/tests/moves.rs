//! `moved from` a path: which ids it moves, and which it must not.

use super::{environments, lowered, project};
use crate::model::Deployment;
use crate::{Inputs, lower};

/// `old id -> new id (old path)` of everything that has moved, sorted.
fn moves(deployment: &Deployment) -> Vec<String> {
    let moved = |r: &crate::model::Resource| {
        let from = r.moved_from.as_ref()?;
        Some(format!("{} -> {} ({})", from.logical_id, r.logical_id, from.path))
    };
    let mut all: Vec<String> = deployment.resources.iter().filter_map(moved).collect();
    all.sort();
    all
}

#[test]
fn a_path_moves_ids_to_those_of_the_new_place() {
    let after = "component Net { resource topic: AWS.SNS.Topic {} }\n\
        component Tier { net: Net {}\n old: Net { moved from \"elder\" } }\n\
        solution shop { keep: Note {} }\n\
        solution data { store: Note { moved from \"shop.notes\" }\n tier: Tier { moved from \"shop.base.tier\" } }";
    assert_eq!(
        moves(&lowered(after, "one")),
        [
            "ShopBaseTierElderTopic -> DataTierElderTopic (shop.base.tier.elder)",
            "ShopBaseTierNetTopic -> DataTierNetTopic (shop.base.tier.net)",
            "ShopNotesTopic -> DataStoreTopic (shop.notes)",
        ]
    );
}

#[test]
fn a_name_moves_nothing() {
    let after = "solution shop { store: Note { moved from \"notes\" } }";
    assert!(moves(&lowered(after, "one")).is_empty());
}

#[test]
fn occurrences_move_with_their_keys_and_resources_by_themselves() {
    let after = "solution shop {\n\
          store[n]: Note for n in [\"eu\", \"us\"] { moved from \"shop.notes\" }\n\
          resource board: AWS.SNS.Topic { moved from \"shop.notes.board\" }\n\
        }";
    let moved = moves(&lowered(after, "one"));
    assert_eq!(
        moved,
        [
            "ShopNotesBoard -> ShopBoard (shop.notes.board)",
            "ShopNotesEuTopic -> ShopStoreEuTopic (shop.notes.eu)",
            "ShopNotesUsTopic -> ShopStoreUsTopic (shop.notes.us)",
        ]
    );
}

fn refused(sample: &str) -> Vec<String> {
    let project = project(sample);
    let (id, _) = environments(&project)[0].clone();
    let (_, found) = lower(&project, id, &Inputs::default());
    found.into_iter().filter(|d| d.code == solc_check::codes::INVALID_MOVE).map(|d| d.message).collect()
}

#[test]
fn what_is_still_there_moves_to_nobody() {
    assert_eq!(
        refused(
            "solution shop { notes: Note {} }\nsolution data { store: Note { moved from \"shop.notes\" } }"
        ),
        ["`data.store` has moved from `shop.notes`, which still exists"]
    );
    assert_eq!(
        refused(
            "solution data { store: Note { moved from \"shop.notes\" } }\nsolution more { other: Note { moved from \"shop.notes\" } }"
        ),
        ["`data.store` and `more.other` have both moved from `shop.notes`"]
    );
}

#[test]
fn two_may_change_places() {
    let swapped = "solution shop { a: Note { moved from \"shop.b\" }\n b: Note { moved from \"shop.a\" } }";
    assert!(refused(swapped).is_empty());
    assert_eq!(moves(&lowered(swapped, "one")).len(), 2);
}
