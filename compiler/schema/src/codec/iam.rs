//! An IAM service as a record.

use crate::Name;
use crate::codec::{Reader, Writer};
use crate::iam::{AccessLevel, Action, Service};

/// The record of a service, without its prefix.
#[must_use]
pub fn encode(service: &Service) -> Vec<u8> {
    let mut writer = Writer::default();
    let w = &mut writer;
    w.list(&service.resources, |w, (name, _)| w.name(name));
    w.list(&service.actions, |w, action| w.name(&action.name));
    for action in &service.actions {
        w.byte(match action.access {
            AccessLevel::List => 0,
            AccessLevel::Read => 1,
            AccessLevel::Write => 2,
            AccessLevel::PermissionsManagement => 3,
            AccessLevel::Tagging => 4,
        });
    }
    for action in &service.actions {
        w.names(&action.resources);
    }
    for action in &service.actions {
        w.names(&action.conditions);
    }
    for (_, formats) in &service.resources {
        w.names(formats);
    }
    writer.finish()
}

/// The service that a record describes.
pub(crate) fn decode(prefix: &'static str, bytes: &'static [u8]) -> Option<Service> {
    let mut reader = Reader::new(bytes)?;
    let r = &mut reader;
    let mut resources: Vec<(Name, Vec<Name>)> = r.list(|r| Some((r.name()?, Vec::new())))?;
    let mut actions = r.list(|r| {
        Some(Action {
            name: r.name()?,
            access: AccessLevel::List,
            resources: Vec::new(),
            conditions: Vec::new(),
        })
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
    for action in &mut actions {
        action.resources = r.names()?;
    }
    for action in &mut actions {
        action.conditions = r.names()?;
    }
    for (_, formats) in &mut resources {
        *formats = r.names()?;
    }
    r.at_end().then(|| Service { prefix: Name::new_static(prefix), actions, resources })
}
