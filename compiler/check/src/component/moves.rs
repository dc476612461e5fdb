//! `moved from`: what has another name now, and keeps the logical ids of the old one.
//!
//! ```sol
//! store: Postgres { network, moved from "db" }   // still ShopDbInstance: nothing is replaced
//! ```
//!
//! A path with dots is where something stood before, in this solution or in another one. It keeps no ids: deploying
//! moves the resources to those of the new place. Whether the old place is free, lowering knows.
//!
//! Invariant: an old name stands for one thing. It belongs to nobody else of the same component, unless that one
//! has moved away too; so no move ever takes the logical ids of something that is there.

use crate::body::BodyChecker;
use crate::codes;
use crate::hir::{Component, MemberKind, Moved};
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span};
use solc_syntax::ast;

impl BodyChecker<'_, '_> {
    /// Reads `moved from`, which stands at most once.
    pub(super) fn moved(
        &mut self,
        slot: &mut Option<Moved>,
        own: &ast::Ident,
        from: &ast::CodeString,
        statement: Span,
    ) {
        if let Some(first) = slot {
            self.report(
                Diagnostic::error(
                    codes::INVALID_MOVE,
                    from.span,
                    format!("`{}` has moved from two names", own.name),
                )
                .label("a second old name")
                .because(first.span, "the first one")
                .help("keep the oldest, which is the one that the logical ids have")
                .fix("remove this one", statement, ""),
            );
            return;
        }
        let Some(name) = from.plain().filter(|n| n.split('.').all(is_name)) else {
            self.report(
                Diagnostic::error(codes::INVALID_MOVE, from.span, "what has moved had a plain name before")
                    .label("not a name that something here can have had")
                    .help(
                        "write the old name as it stood: `moved from \"old_name\"`, \
                         or where it stood: `moved from \"solution.old_name\"`",
                    ),
            );
            return;
        };
        if name == own.name {
            self.report(
                Diagnostic::error(
                    codes::INVALID_MOVE,
                    from.span,
                    format!("`{name}` cannot have moved from its own name"),
                )
                .label("this is its name now")
                .help("remove it, or write the name that it had before")
                .fix("remove it", statement, ""),
            );
            return;
        }
        *slot = Some(Moved { from: name, span: from.span });
    }
}

/// Reports old names that somebody has, or that two claim.
pub(super) fn check(component: &Component, diagnostics: &mut Vec<Diagnostic>) {
    let mut claimed: FxHashMap<&Name, (&Name, Span)> = FxHashMap::default();
    for member in &component.members {
        let Some(moved) = Component::moved(member) else { continue };
        let (name, old) = (&member.name, &moved.from);
        if let Some((first, at)) = claimed.insert(old, (name, moved.span)) {
            diagnostics.push(
                Diagnostic::error(
                    codes::INVALID_MOVE,
                    moved.span,
                    format!("`{first}` and `{name}` have both moved from `{old}`"),
                )
                .label("claimed a second time")
                .because(at, format!("`{first}` has moved from it"))
                .help("keep one of them: the other is new, and gets ids of its own"),
            );
            continue;
        }
        let there = component.named(old).map(|(_, m)| m).filter(|m| makes_ids(&m.kind));
        if let Some(there) = there.filter(|m| Component::moved(m).is_none()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::INVALID_MOVE,
                    moved.span,
                    format!("`{name}` has moved from `{old}`, which still exists"),
                )
                .label(format!("the logical ids of `{old}` are taken"))
                .because(there.span, format!("`{old}` is declared here"))
                .help(format!("remove `moved from` here, or rename `{old}`")),
            );
        }
    }
}

/// Whether a member's name becomes part of logical ids.
fn makes_ids(kind: &MemberKind) -> bool {
    match kind {
        MemberKind::Resource(_) | MemberKind::Instance(_) | MemberKind::Principal(_) => true,
        MemberKind::Param { .. }
        | MemberKind::Let { .. }
        | MemberKind::Attribute { .. }
        | MemberKind::Output { .. } => false,
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
