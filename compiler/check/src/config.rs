//! Configuration blocks against the record types of `std.cmdb`.

use crate::body::{BodyChecker, Want};
use crate::codes;
use crate::component::{Checked, Place, Reach};
use crate::context::Context;
use crate::hir::{self, Block, BlockKind, BodyId, FieldValue, Ty, Waiver};
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span};
use solc_syntax::ast::{self, StatementKind};

/// What only the system sets.
const NOT_BY_HAND: &[(BlockKind, &str, &str)] = &[
    (BlockKind::Organisation, "name", "a block's name is the one it is declared with"),
    (BlockKind::Account, "name", "a block's name is the one it is declared with"),
    (BlockKind::Team, "name", "a block's name is the one it is declared with"),
    (BlockKind::Product, "name", "a block's name is the one it is declared with"),
    (BlockKind::Environment, "name", "a block's name is the one it is declared with"),
    (BlockKind::Environment, "facts", "facts are read from `facts.json`"),
];

/// What may be waived.
const WAIVABLE: &[&str] = &["availability"];

pub(crate) fn check(cx: &Context<'_>, index: usize, body: BodyId) -> Checked<Block> {
    let Some(source) = cx.blocks.get(index) else {
        let node = Block {
            kind: BlockKind::Organisation,
            name: Name::default(),
            span: Span::default(),
            body,
            record: None,
            fields: Vec::new(),
            profiles: Vec::new(),
            waivers: Vec::new(),
        };
        return Checked {
            node,
            body: hir::Body::default(),
            diagnostics: Vec::new(),
            calls: std::collections::BTreeSet::new(),
        };
    };
    let decl = source.decl;
    let mut checker = BodyChecker::new(cx, source.unit);
    let record = cx.well_known.blocks.get(&decl.kind).copied();
    let mut block = Block {
        kind: decl.kind,
        name: decl.name.name.clone(),
        span: decl.name.span,
        body,
        record,
        fields: Vec::new(),
        profiles: Vec::new(),
        waivers: Vec::new(),
    };
    let declared = record.and_then(|r| cx.record(r)).map(|r| r.fields.as_slice()).unwrap_or_default();
    let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
    let mut unknown: Vec<&ast::FieldEntry> = Vec::new();
    let mut broken = record.is_none();
    let reach = match decl.kind {
        BlockKind::Organisation | BlockKind::Account => Reach::Products,
        BlockKind::Team | BlockKind::Product | BlockKind::Environment => Reach::Product,
    };
    for statement in &decl.body {
        match &statement.kind {
            StatementKind::Field(field) => {
                let name = &field.name;
                if let Some(first) = seen.insert(name.name.clone(), name.span) {
                    checker.duplicate_field(name, first);
                    continue;
                }
                if let Some((_, _, why)) =
                    NOT_BY_HAND.iter().find(|(k, n, _)| *k == decl.kind && *n == name.name)
                {
                    checker.report(
                        Diagnostic::error(
                            codes::UNKNOWN_FIELD,
                            name.span,
                            format!("`{}` is not set by hand", name.name),
                        )
                        .label(*why)
                        .help("remove it"),
                    );
                    continue;
                }
                match declared.iter().find(|f| f.name == name.name) {
                    Some(known) => {
                        let origin = format!("`{}` is declared as `{}`", name.name, cx.show(&known.ty));
                        let value = checker
                            .check(&field.value, &Want::declared(known.ty.clone(), known.span, origin));
                        block.fields.push(FieldValue { name: name.name.clone(), span: name.span, value });
                    }
                    None if record.is_some() => unknown.push(field),
                    None => {
                        checker.infer(&field.value, Some(&Ty::Error));
                    }
                }
            }
            // A team has no instances, settings or resources of its own.
            StatementKind::Profile(profile) if decl.kind != BlockKind::Team => {
                block.profiles.extend(checker.profile(profile, statement.span, body, reach));
            }
            StatementKind::Waive { what, because } if decl.kind == BlockKind::Environment => {
                let waiver = checker.waiver(what, because, statement.span);
                block.waivers.push(waiver);
            }
            StatementKind::Error => broken = true,
            _ => checker.misplaced(statement, Place::Block),
        }
    }
    let mut missing: Vec<Name> = Vec::new();
    if !broken {
        missing = declared
            .iter()
            .filter(|f| {
                f.default.is_none() && !matches!(f.ty, Ty::Optional(_)) && !seen.contains_key(&f.name)
            })
            .filter(|f| !NOT_BY_HAND.iter().any(|(k, n, _)| *k == decl.kind && *n == f.name))
            .map(|f| f.name.clone())
            .collect();
    }
    let by_hand = |n: &Name| !NOT_BY_HAND.iter().any(|(k, h, _)| *k == decl.kind && h == n);
    let known: Vec<Name> = declared.iter().map(|f| f.name.clone()).filter(by_hand).collect();
    for field in unknown {
        let what = format!("`{}`", cx.show(&Ty::Block(decl.kind)));
        let meant = checker.unknown_field(&field.name, &what, &known, &missing);
        missing.retain(|m| meant.as_ref() != Some(m));
        checker.infer(&field.value, Some(&Ty::Error));
    }
    if let Some(first) = missing.first().and_then(|m| declared.iter().find(|f| f.name == *m)) {
        checker.report(
            Diagnostic::error(
                codes::MISSING_FIELD,
                decl.name.span,
                format!(
                    "the {} `{}` needs {}",
                    decl.kind.word(),
                    decl.name.name,
                    crate::body::quote(&missing)
                ),
            )
            .label(format!("without {}", crate::body::quote(&missing)))
            .because(first.span, format!("`{}` is declared as `{}`", first.name, cx.show(&first.ty)))
            .help(format!("add `{} = …`", first.name)),
        );
    }
    crate::component::check_profiles(&block.profiles, &mut checker);
    Checked { node: block, body: checker.body, diagnostics: checker.diagnostics, calls: checker.calls }
}

impl BodyChecker<'_, '_> {
    /// `waive availability because "…"`: of something that can be waived, with a reason.
    pub(crate) fn waiver(&mut self, what: &ast::Ident, because: &ast::CodeString, span: Span) -> Waiver {
        if !WAIVABLE.contains(&what.name.as_str()) && !what.name.is_empty() {
            let nearest = solc_source::suggest::nearest(&what.name, WAIVABLE.iter().copied());
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_NAME,
                what.span,
                format!("`{}` cannot be waived", what.name),
            )
            .label("not something that can be waived")
            .suggest(what.span, nearest);
            if nearest.is_none() {
                let all: Vec<Name> = WAIVABLE.iter().copied().map(Name::new_static).collect();
                diagnostic = diagnostic.help(format!("waive {}, or remove this", crate::body::quote(&all)));
            }
            self.report(diagnostic);
        }
        let reason = because.plain().unwrap_or_default();
        if reason.trim().is_empty() {
            self.report(
                Diagnostic::error(codes::MISSING_REASON, because.span, "a waiver needs a reason")
                    .label("every report repeats it")
                    .help("say why, for the person who reads the report"),
            );
        }
        Waiver { what: what.name.clone(), because: reason, span }
    }
}
