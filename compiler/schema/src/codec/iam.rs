//! An IAM service as a record.
//!
//! Many actions of a service share their lists of resource types and condition keys: each list is written once.

use crate::Name;
use crate::codec::{Reader, Writer};
use crate::iam::{AccessLevel, Action, Service};

/// The record of a service, without its prefix.
#[must_use]
pub fn encode(service: &Service) -> Vec<u8> {
    let mut writer = Writer::default();
    let w = &mut writer;
    w.list(&service.actions, |w, action| w.verb_noun(&action.name));
    for action in &service.actions {
        w.byte(match action.access {
            AccessLevel::List => 0,
            AccessLevel::Read => 1,
            AccessLevel::Write => 2,
            AccessLevel::PermissionsManagement => 3,
            AccessLevel::Tagging => 4,
        });
    }
    write_lists(w, service.actions.iter().map(|action| &action.resources));
    write_lists(w, service.actions.iter().map(|action| &action.conditions));
    w.list(&service.resources, |w, (name, formats)| {
        w.name(name);
        w.names(formats);
    });
    writer.finish()
}

/// The service that a record describes.
pub(crate) fn decode(prefix: &'static str, bytes: &'static [u8]) -> Option<Service> {
    let mut reader = Reader::new(bytes)?;
    let r = &mut reader;
    let mut actions = r.list(|r| {
        let name = r.verb_noun()?;
        Some(Action { name, access: AccessLevel::List, resources: Vec::new(), conditions: Vec::new() })
    })?;
    for action in &mut actions {
        action.access = match r.byte()? {
            0 => AccessLevel::List,
            1 => AccessLevel::Read,
            2 => AccessLevel::Write,
            3 => AccessLevel::PermissionsManagement,
            4 => AccessLevel::Tagging,
            _ => return None,
        };
    }
    read_lists(r, actions.iter_mut().map(|action| &mut action.resources))?;
    read_lists(r, actions.iter_mut().map(|action| &mut action.conditions))?;
    let resources = r.list(|r| Some((r.name()?, r.names()?)))?;
    r.at_end().then(|| Service { prefix: Name::new_static(prefix), actions, resources })
}

/// Lists of which many are equal: 0 and the list where it is new, else its place and one.
fn write_lists<'a>(w: &mut Writer, lists: impl Iterator<Item = &'a Vec<Name>>) {
    let mut seen: Vec<&Vec<Name>> = Vec::new();
    for list in lists {
        if let Some(place) = seen.iter().position(|s| *s == list) {
            w.length(place + 1);
        } else {
            w.byte(0);
            w.names(list);
            seen.push(list);
        }
    }
}

fn read_lists<'a>(r: &mut Reader, lists: impl Iterator<Item = &'a mut Vec<Name>>) -> Option<()> {
    let mut seen: Vec<Vec<Name>> = Vec::new();
    for list in lists {
        *list = match usize::try_from(r.number()?).ok()?.checked_sub(1) {
            Some(place) => seen.get(place)?.clone(),
            None => {
                let new = r.names()?;
                seen.push(new.clone());
                new
            }
        };
    }
    Some(())
}
