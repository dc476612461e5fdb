//! Top-level declarations.

use super::{Parse, children};
use crate::ast::{
    BlockDecl, BlockKind, CodeString, ComponentDecl, EnumDecl, FnDecl, Ident, InterfaceDecl, InterfaceMember,
    Item, ItemKind, PolicyDecl, SolutionDecl, Statement, TestDecl, TestScope, TypeBody, TypeDecl, UseDecl,
    UseName,
};
use crate::codes;
use crate::grammar::{Pair, Rule};
use solc_source::{Diagnostic, Span};

impl<'t> Parse<'t> {
    pub(super) fn item(&mut self, pair: Pair<'t>) -> Item {
        let span = self.span(&pair);
        let mut item = Item { docs: self.docs(span.lo as usize), private: None, kind: ItemKind::Error, span };
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_private => item.private = Some(self.span(&child)),
                Rule::error_tail => self.tail(&child, "the end of the declaration"),
                _ => item.kind = self.item_kind(child),
            }
        }
        item
    }

    fn item_kind(&mut self, pair: Pair<'t>) -> ItemKind {
        match pair.as_rule() {
            Rule::use_decl => ItemKind::Use(self.use_decl(pair)),
            Rule::block_decl => self.block_decl(pair),
            Rule::solution_decl => {
                let (name, body) = self.named_body(pair, "the name of the solution");
                ItemKind::Solution(SolutionDecl { name, body })
            }
            Rule::component_decl => {
                let (name, body) = self.named_body(pair, "the name of the component");
                ItemKind::Component(ComponentDecl { name, body })
            }
            Rule::interface_decl => ItemKind::Interface(self.interface_decl(pair)),
            Rule::type_decl => ItemKind::Type(self.type_decl(pair)),
            Rule::enum_decl => ItemKind::Enum(self.enum_decl(pair)),
            Rule::fn_decl => ItemKind::Fn(self.fn_decl(pair)),
            Rule::let_item => match children(pair).next() {
                Some(decl) => ItemKind::Let(self.let_decl(decl)),
                None => ItemKind::Error,
            },
            Rule::test_decl => ItemKind::Test(self.test_decl(pair)),
            Rule::policy_decl => {
                let (name, _, body) = self.titled_body(pair);
                ItemKind::Policy(PolicyDecl { name, body })
            }
            Rule::unknown_decl => self.unknown_decl(pair),
            _ => ItemKind::Error,
        }
    }

    fn use_decl(&mut self, pair: Pair<'t>) -> UseDecl {
        let at = pair.as_span().end();
        let mut decl = UseDecl { path: Vec::new(), names: Vec::new() };
        let mut listed = false;
        let mut alias = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_use => {}
                Rule::use_path => decl.path = self.path(child),
                Rule::missing_name => self.expected("a module", child.as_span().start()),
                Rule::use_alias => alias = self.use_alias(child),
                _ => {
                    listed = true;
                    decl.names = self.use_names(child);
                }
            }
        }
        if !listed {
            let name = decl.path.pop().unwrap_or_else(|| self.no_name(at));
            decl.names.push(UseName { name, alias });
        }
        decl
    }

    fn use_names(&mut self, pair: Pair<'t>) -> Vec<UseName> {
        let opening = self.span(&pair);
        let mut names = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::use_name => {
                    let mut parts = children(child);
                    let Some(name) = parts.next().map(|p| self.ident(&p)) else { continue };
                    let alias = parts.next().and_then(|p| self.use_alias(p));
                    names.push(UseName { name, alias });
                }
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::missing_comma => self.missing_comma(&child),
                _ => self.unreadable_entry(&child, "a name to use"),
            }
        }
        names
    }

    fn use_alias(&mut self, pair: Pair<'t>) -> Option<Ident> {
        let name = children(pair).nth(1)?;
        Some(self.bound_name(&name, "a name after `as`"))
    }

    /// `word name { … }`
    fn named_body(&mut self, pair: Pair<'t>, what: &str) -> (Ident, Vec<Statement>) {
        let mut name = self.no_name(pair.as_span().start());
        let mut body = Vec::new();
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::name | Rule::missing_name => name = self.bound_name(&child, what),
                _ => body = self.body(child),
            }
        }
        (name, body)
    }

    fn block_decl(&mut self, pair: Pair<'t>) -> ItemKind {
        let word = children(pair.clone()).next();
        let kind = match word.as_ref().map_or("", |w| w.as_str()) {
            "organisation" => BlockKind::Organisation,
            "account" => BlockKind::Account,
            "team" => BlockKind::Team,
            "product" => BlockKind::Product,
            _ => BlockKind::Environment,
        };
        let (name, body) = self.named_body(pair, &format!("the name of the {}", kind.word()));
        ItemKind::Block(BlockDecl { kind, name, body })
    }

    fn interface_decl(&mut self, pair: Pair<'t>) -> InterfaceDecl {
        let mut decl = InterfaceDecl { name: self.no_name(pair.as_span().start()), members: Vec::new() };
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::name | Rule::missing_name => {
                    decl.name = self.bound_name(&child, "the name of the interface");
                }
                Rule::interface_members => decl.members = self.interface_members(child),
                _ => self.expected("`{`", child.as_span().start()),
            }
        }
        decl
    }

    fn interface_members(&mut self, pair: Pair<'t>) -> Vec<InterfaceMember> {
        let opening = self.span(&pair);
        let mut members = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::interface_member => {
                    members.extend(children(child).next().map(|c| self.interface_member(c)));
                }
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::missing_separator => self.missing_comma(&child),
                Rule::error_tail => self.tail(&child, "the end of the line"),
                _ => {
                    self.unreadable_entry(&child, "`name: Type` or `grant name`");
                    members.push(InterfaceMember::Error);
                }
            }
        }
        members
    }

    fn interface_member(&mut self, pair: Pair<'t>) -> InterfaceMember {
        let at = pair.as_span().end();
        let grant = pair.as_rule() == Rule::grant_member;
        let mut name = self.no_name(at);
        let mut ty = self.no_type(at);
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_grant => {}
                Rule::ident => name = self.ident(&child),
                _ => ty = self.needed_annotation(child),
            }
        }
        if grant { InterfaceMember::Grant(name) } else { InterfaceMember::Attribute { name, ty } }
    }

    fn type_decl(&mut self, pair: Pair<'t>) -> TypeDecl {
        let at = pair.as_span().end();
        let mut name = self.no_name(at);
        let mut body = TypeBody::Alias(self.no_type(at));
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::name | Rule::missing_name => name = self.bound_name(&child, "the name of the type"),
                Rule::walrus => self.walrus(&child),
                Rule::case_list => body = self.case_list(child),
                Rule::missing_value => self.expected("`=` and a type", child.as_span().start()),
                _ => body = TypeBody::Alias(self.type_expr(child)),
            }
        }
        TypeDecl { name, body }
    }

    fn enum_decl(&mut self, pair: Pair<'t>) -> EnumDecl {
        let mut decl =
            EnumDecl { name: self.no_name(pair.as_span().start()), cases: Vec::new(), ordered: false };
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::name | Rule::missing_name => {
                    decl.name = self.bound_name(&child, "the name of the enum");
                }
                Rule::enum_cases => self.enum_cases(child, &mut decl),
                _ => self.expected("`{` and the cases", child.as_span().start()),
            }
        }
        decl
    }

    fn enum_cases(&mut self, pair: Pair<'t>, decl: &mut EnumDecl) {
        let opening = self.span(&pair);
        let mut signs: Vec<Span> = Vec::new();
        for child in children(pair) {
            let span = self.span(&child);
            match child.as_rule() {
                Rule::ident => decl.cases.push(self.ident(&child)),
                Rule::enum_less => signs.push(span),
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::enum_bar => {
                    let diagnostic = Diagnostic::error(
                        codes::WRONG_NOTATION,
                        span,
                        "the cases of an enum stand between commas",
                    )
                    .label("not `|`")
                    .fix("write a comma", self.with_space_before(span), ",")
                    .help("write `<` between the cases to make them ordered");
                    self.report(diagnostic);
                }
                _ => self.unreadable_entry(&child, "a case"),
            }
        }
        decl.ordered = !signs.is_empty();
        if let Some(first) = signs.first().filter(|_| signs.len() + 1 != decl.cases.len()) {
            let diagnostic = Diagnostic::error(
                codes::SYNTAX_ERROR,
                *first,
                "an ordered enum has `<` between all of its cases",
            )
            .label("between these two")
            .help("write `<` between all cases, or commas between all");
            self.report(diagnostic);
        }
    }

    fn fn_decl(&mut self, pair: Pair<'t>) -> FnDecl {
        let at = pair.as_span().end();
        let mut decl = FnDecl {
            name: self.no_name(at),
            params: Vec::new(),
            result: self.no_type(at),
            body: self.no_expr(at),
        };
        for child in children(pair).skip(1) {
            let start = child.as_span().start();
            match child.as_rule() {
                Rule::name | Rule::missing_name => {
                    decl.name = self.bound_name(&child, "the name of the function");
                }
                Rule::fn_params => decl.params = self.fn_params(child),
                Rule::missing_params => self.expected("`(` and the parameters", start),
                Rule::result => {
                    if let Some(ty) = children(child).next() {
                        decl.result = self.type_expr(ty);
                    }
                }
                Rule::missing_result => self.expected("`->` and a type", start),
                Rule::walrus => self.walrus(&child),
                Rule::fn_braces => {
                    let span = self.span(&child);
                    let diagnostic = Diagnostic::error(
                        codes::WRONG_NOTATION,
                        span.start(),
                        "a function's body is one expression after `=`",
                    )
                    .label("not a block")
                    .help("write `fn name(a: Type) -> Type = expression`");
                    self.report(diagnostic);
                    decl.body.span = span;
                }
                _ => decl.body = self.value(child),
            }
        }
        decl
    }

    /// `word "title" for … { … }`
    fn titled_body(&mut self, pair: Pair<'t>) -> (CodeString, TestScope, Vec<Statement>) {
        let at = pair.as_span().start();
        let mut name = CodeString { parts: Vec::new(), span: self.range(at..at) };
        let mut scope = TestScope::All;
        let mut body = Vec::new();
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::string | Rule::missing_text => name = self.text(child),
                Rule::test_scope => scope = self.test_scope(child),
                _ => body = self.body(child),
            }
        }
        (name, scope, body)
    }

    fn test_decl(&mut self, pair: Pair<'t>) -> TestDecl {
        let (name, scope, body) = self.titled_body(pair);
        TestDecl { name, scope, body }
    }

    fn test_scope(&mut self, pair: Pair<'t>) -> TestScope {
        let mut names = Vec::new();
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::kw_any => return TestScope::Any,
                _ => names.push(self.bound_name(&child, "an environment, or `any environment`")),
            }
        }
        TestScope::Named(names)
    }
}
