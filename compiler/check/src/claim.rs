//! Tests and policies: their statements, and the environments that they are about.
//!
//! Invariant: every statement that means nothing in a claim is reported, and the others are checked all the same.

use crate::body::names::{self, may_be_elsewhere};
use crate::body::{BodyChecker, Want};
use crate::codes;
use crate::component::{Checked, Place};
use crate::context::{ClaimDecl, ClaimSource, Context};
use crate::hir::{BlockKind, BodyId, Claim, ClaimKind, ClaimStatement, Clause, Ty};
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast::{self, StatementKind, TestScope};

pub(crate) fn check(cx: &Context<'_>, source: &ClaimSource<'_>, body: BodyId) -> Checked<Claim> {
    let mut checker = BodyChecker::new(cx, source.unit);
    checker.asking = true;
    let name = source.decl.name();
    let (kind, place) = match source.decl {
        ClaimDecl::Test(decl) => {
            let kind = match &decl.scope {
                TestScope::All | TestScope::Any => ClaimKind::Test,
                TestScope::Named(names) => ClaimKind::TestFor(environments(&mut checker, names)),
            };
            (kind, Place::Test)
        }
        ClaimDecl::Policy(_) => (ClaimKind::Policy, Place::Policy),
    };
    if name.plain().is_none() {
        checker.report(
            Diagnostic::error(codes::TYPE_MISMATCH, name.span, "the name of a claim is a plain text")
                .label("it is the same in every environment, so nothing in it can be computed")
                .help("write the words themselves"),
        );
    }
    let statements = checker.claim_body(source.decl.body(), place);
    if !says_something(&statements) && !is_unread(source.decl) && checker.diagnostics.is_empty() {
        let (word, missing) = match source.decl {
            ClaimDecl::Policy(_) => ("policy", "require"),
            ClaimDecl::Test(_) => ("test", "assert"),
        };
        checker.report(
            Diagnostic::warning(codes::EMPTY_CLAIM, name.span, format!("this {word} claims nothing"))
                .label(format!("without `{missing}`, it always holds"))
                .help(format!("say what must hold: `{missing} …`")),
        );
    }
    let node = Claim { name: plain(name), kind, body, statements, span: name.span };
    Checked { node, body: checker.body, diagnostics: checker.diagnostics, calls: checker.calls }
}

/// The name in words; what is computed has none.
fn plain(name: &ast::CodeString) -> Name {
    name.plain().unwrap_or_default()
}

fn says_something(statements: &[ClaimStatement]) -> bool {
    statements.iter().any(|s| match s {
        ClaimStatement::Hold { .. } => true,
        ClaimStatement::For { body, .. } => says_something(body),
        ClaimStatement::Let { .. } => false,
    })
}

/// Whether the parser could not read part of a claim: what it says is not known then.
fn is_unread(decl: ClaimDecl<'_>) -> bool {
    fn any(statements: &[ast::Statement]) -> bool {
        statements.iter().any(|s| match &s.kind {
            StatementKind::Error => true,
            StatementKind::For { body, .. } => body.is_empty() || any(body),
            _ => false,
        })
    }
    any(decl.body())
}

/// The environments that a test names; those that no member of the workspace declares are reported.
fn environments(checker: &mut BodyChecker<'_, '_>, names: &[ast::Ident]) -> Vec<Name> {
    let mut found: Vec<(Name, Span)> = Vec::new();
    for ident in names.iter().filter(|i| !i.name.is_empty()) {
        if let Some((_, first)) = found.iter().find(|(n, _)| *n == ident.name) {
            let message = format!("`{}` is named twice", ident.name);
            checker.report(
                Diagnostic::error(codes::DUPLICATE_NAME, ident.span, message)
                    .label("named again")
                    .because(*first, "first named here")
                    .help("remove one of them"),
            );
            continue;
        }
        let known: Vec<&str> = checker
            .cx
            .blocks_of(BlockKind::Environment)
            .chain(checker.cx.elsewhere.iter().map(Name::as_str))
            .collect();
        if checker.cx.alone && !known.contains(&ident.name.as_str()) {
            checker.report(may_be_elsewhere(BlockKind::Environment, &ident.name, ident.span));
        } else if !known.contains(&ident.name.as_str()) {
            let message = format!("there is no environment `{}`", ident.name);
            let near = suggest::nearest(&ident.name, known.iter().copied());
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, ident.span, message)
                .label("not found")
                .suggest(ident.span, near);
            if near.is_none() {
                diagnostic = match known.as_slice() {
                    [] => diagnostic.help(format!("declare it: `environment {} {{ … }}`", ident.name)),
                    known => diagnostic.help(format!("name one of {}", crate::declare::list(known))),
                };
            }
            checker.report(diagnostic);
            continue;
        }
        found.push((ident.name.clone(), ident.span));
    }
    found.into_iter().map(|(name, _)| name).collect()
}

impl<'a> BodyChecker<'_, 'a> {
    fn claim_body(&mut self, statements: &'a [ast::Statement], place: Place) -> Vec<ClaimStatement> {
        let (depth, present) = (self.locals.len(), self.present.len());
        let checked = statements.iter().filter_map(|s| self.claim_statement(s, place)).collect();
        self.locals.truncate(depth);
        self.present.truncate(present);
        checked
    }

    fn claim_statement(&mut self, statement: &'a ast::Statement, place: Place) -> Option<ClaimStatement> {
        match (&statement.kind, place) {
            (StatementKind::Let(decl), _) => Some(self.claim_let(decl)),
            (StatementKind::Assert(condition), Place::Test) => Some(self.hold(condition, None, "assert")),
            (StatementKind::Require { condition, message }, Place::Policy) => {
                Some(self.hold(condition, message.as_ref(), "require"))
            }
            (StatementKind::For { binders, over, condition, body }, _) => Some(self.scoped(|this| {
                let clause = this.clause_of(binders, over, condition.iter());
                let shown = condition.as_ref().map(|c| names::shown_present(c, true)).unwrap_or_default();
                let body = this.where_present(shown, |this| this.claim_body(body, place));
                let names = binders.iter().take(clause.binders.len()).map(|b| b.name.clone()).collect();
                ClaimStatement::For { clause, names, body }
            })),
            (StatementKind::Assert(condition), _) => {
                let word = Span { hi: condition.span.lo, ..statement.span };
                self.other_word("assert", "a policy", "require", word);
                Some(self.hold(condition, None, "assert"))
            }
            (StatementKind::Require { condition, message }, _) => {
                let word = Span { hi: condition.span.lo, ..statement.span };
                self.other_word("require", "a test", "assert", word);
                Some(self.hold(condition, message.as_ref(), "require"))
            }
            (StatementKind::Error, _) => None,
            _ => {
                self.misplaced(statement, place);
                None
            }
        }
    }

    fn other_word(&mut self, word: &str, place: &str, meant: &str, span: Span) {
        self.report(
            Diagnostic::error(codes::MISPLACED_STATEMENT, span, format!("`{word}` means nothing in {place}"))
                .label("cannot stand here")
                .fix(format!("write `{meant}`"), span, format!("{meant} ")),
        );
    }

    fn claim_let(&mut self, decl: &'a ast::LetDecl) -> ClaimStatement {
        let declared = decl.ty.as_ref().and_then(|t| Some((self.cx.type_at.get(&t.span)?.clone(), t.span)));
        let (value, ty) = match declared {
            Some((ty, at)) => (self.check(&decl.value, &Want::declared(ty.clone(), at, "declared here")), ty),
            None => {
                let value = self.infer(&decl.value, None);
                (value, names::widen(self.ty(value)))
            }
        };
        let local = self.bind(&decl.name, ty);
        ClaimStatement::Let { local, value }
    }

    fn hold(
        &mut self,
        condition: &'a ast::Expr,
        message: Option<&'a ast::Expr>,
        word: &str,
    ) -> ClaimStatement {
        let id = self.condition(condition, word);
        let message = message.map(|m| {
            self.for_people = true;
            let shown = names::shown_present(condition, false);
            let message = self.where_present(shown, |this| this.check(m, &Want::of(Ty::String)));
            self.for_people = false;
            message
        });
        // Where it does not hold, nothing after it is asked.
        self.show_present(names::shown_present(condition, true));
        ClaimStatement::Hold { condition: id, message, span: condition.span }
    }

    /// `for a, b in over if …`, from its pieces.
    pub(crate) fn clause_of(
        &mut self,
        binders: &[ast::Ident],
        over: &'a ast::Expr,
        conditions: impl Iterator<Item = &'a ast::Expr>,
    ) -> Clause {
        let (over, binders) = self.bindings(binders, over);
        let conditions = conditions.map(|c| self.condition(c, "if")).collect();
        Clause { binders, over, conditions }
    }
}
