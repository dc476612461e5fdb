//! Statements of grants, principals and components in words: what is allowed, told, reached.
//!
//! Invariant: every statement that gives or takes access has a line; none is left out for being long.

use crate::component::{Context, condition, message_of};
use crate::text::{action, code, listed};
use solc_syntax::ast::{self, StatementKind};

/// Whose statements they are, and so who "may".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of a grant: the consumer's.
    Consumer,
    /// Of a principal: the role's.
    Principal,
    /// Of the component itself.
    Component,
}

/// A list, one line for each statement that concerns access.
pub(crate) fn acts(cx: Context<'_>, body: &[ast::Statement], whose: Whose) -> String {
    let lines = body.iter().filter_map(|statement| line(cx, statement, whose));
    lines.map(|line| format!("- {line}\n")).collect()
}

fn line(cx: Context<'_>, statement: &ast::Statement, whose: Whose) -> Option<String> {
    match &statement.kind {
        StatementKind::Allow(access) => Some(format!("may {}", statement_of(cx, access))),
        StatementKind::Permit(access) => {
            Some(format!("lets {} {}", principal(cx, access), statement_of(cx, access)))
        }
        StatementKind::Deny(access) => {
            Some(format!("denies {} {}", principal(cx, access), statement_of(cx, access)))
        }
        StatementKind::Connect(connect) => Some(connection(cx, connect)),
        StatementKind::Crypt { encrypt, key } => {
            let word = if *encrypt { "encrypt and decrypt" } else { "decrypt" };
            Some(format!("may {word} with {}", cx.code(key.span)))
        }
        StatementKind::Env { name, value } => {
            Some(format!("is told {}: {}", code(&format!("<TARGET>_{}", name.name)), cx.code(value.span)))
        }
        // A component's own invariants have a table.
        StatementKind::Ensure { condition, message } => (whose != Whose::Component).then(|| {
            format!("must hold to {}, or else: {}", cx.code(condition.span), message_of(cx, message))
        }),
        StatementKind::OnNetwork { group, network } => Some(format!(
            "is on the network{} under the security group {}",
            network.as_ref().map_or_else(String::new, |n| format!(" {}", cx.code(n.span))),
            cx.code(group.span)
        )),
        StatementKind::Field(_)
        | StatementKind::Param { .. }
        | StatementKind::Let(_)
        | StatementKind::Layer(_)
        | StatementKind::Stateful
        | StatementKind::Resource(_)
        | StatementKind::Attribute { .. }
        | StatementKind::Output { .. }
        | StatementKind::Grant(_)
        | StatementKind::Principal(_)
        | StatementKind::Accepts(_)
        | StatementKind::Instance(_)
        | StatementKind::Setting { .. }
        | StatementKind::Secret(_)
        | StatementKind::Link { .. }
        | StatementKind::Moved(_)
        | StatementKind::Profile(_)
        | StatementKind::Waive { .. }
        | StatementKind::Assert(_)
        | StatementKind::Require { .. }
        | StatementKind::For { .. }
        | StatementKind::Error => None,
    }
}

fn principal(cx: Context<'_>, access: &ast::AccessDecl) -> String {
    match &access.to {
        Some(ast::AccessPrincipal::Service(service)) => cx.code(service.span),
        Some(ast::AccessPrincipal::Everyone(_)) | None => "everyone".to_owned(),
    }
}

/// Actions, on what, when, if, and why.
fn statement_of(cx: Context<'_>, access: &ast::AccessDecl) -> String {
    let actions: Vec<String> =
        access.actions.iter().map(|a| code(&action(&a.service.name, &a.action.name))).collect();
    let mut out = listed(&actions);
    if let Some(on) = &access.on {
        out.push_str(&format!(" on {}", cx.code(on.span)));
    }
    if let Some(when) = &access.when {
        out.push_str(&format!(", when {}", cx.code(when.span)));
    }
    out.push_str(&condition(cx, access.condition.as_ref()));
    out.push_str(&because(access.because.as_ref()));
    out
}

fn because(reason: Option<&ast::CodeString>) -> String {
    let text = reason.and_then(ast::CodeString::plain);
    text.map_or_else(String::new, |text| format!(" — {}", crate::text::escaped(&text)))
}

fn connection(cx: Context<'_>, connect: &ast::ConnectDecl) -> String {
    let (verb, word) = match connect.direction {
        ast::Direction::To => ("reaches", ""),
        ast::Direction::From => ("is reached", "from "),
    };
    let port = format!("{} {}", connect.protocol.name, crate::text::one_line(cx.source(connect.port.span)));
    format!(
        "{verb} {word}{} over {}{}{}",
        cx.code(connect.peer.span),
        code(&port),
        condition(cx, connect.condition.as_ref()),
        because(connect.because.as_ref())
    )
}
