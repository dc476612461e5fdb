//! Bodies and their statements.

use super::{Parse, children};
use crate::ast::{
    AccessDecl, AccessPrincipal, ActionRef, Clause, ConnectDecl, Direction, Element, Expr, ExprKind, FnParam,
    GrantDecl, Ident, InstanceDecl, Item, ItemKind, LetDecl, PerZone, PrincipalDecl, ProfileDecl,
    ProfileMode, ResourceDecl, Statement, StatementKind,
};
use crate::codes;
use crate::grammar::{Pair, Rule};
use solc_source::{Diagnostic, Span};

impl<'t> Parse<'t> {
    /// `body`, `late_body`, or `missing_body`.
    pub(super) fn body(&mut self, pair: Pair<'t>) -> Vec<Statement> {
        match pair.as_rule() {
            Rule::missing_body => {
                self.expected("`{`", pair.as_span().start());
                return Vec::new();
            }
            Rule::late_body => {
                let Some(body) = children(pair).next() else { return Vec::new() };
                self.late_brace(&body);
                return self.body(body);
            }
            _ => {}
        }
        let opening = self.span(&pair);
        if !self.enter(1, &pair) {
            return Vec::new();
        }
        let mut statements = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::statement => {
                    let statement = self.statement(child);
                    statements.push(statement);
                }
                Rule::missing_close => {
                    self.unclosed(&child, opening);
                    self.hoist(&mut statements);
                }
                _ => {
                    let span = self.span(&child);
                    let docs = self.docs(span.lo as usize);
                    self.error_statement(&child);
                    statements.push(Statement { docs, kind: StatementKind::Error, span });
                }
            }
        }
        self.depth -= 1;
        statements
    }

    /// A body that is never closed swallows the `let`s after it: those in the first column are the file's.
    fn hoist(&mut self, statements: &mut Vec<Statement>) {
        let first_column =
            |at: u32| self.text.get(..at as usize).is_some_and(|before| before.ends_with('\n'));
        let ours = statements.iter().rposition(|s| {
            let declares = matches!(s.kind, StatementKind::Let(_));
            !declares || !first_column(s.span.lo)
        });
        for statement in statements.drain(ours.map_or(0, |i| i + 1)..) {
            if let StatementKind::Let(mut decl) = statement.kind {
                let private = decl.private.take();
                let (docs, span) = (statement.docs, statement.span);
                self.hoisted.push(Item { docs, private, kind: ItemKind::Let(decl), span });
            }
        }
    }

    /// An opening brace on a line of its own.
    fn late_brace(&mut self, body: &Pair<'t>) {
        let lo = body.as_span().start();
        let before = self.text.get(..lo).unwrap_or_default();
        let blank = before.trim_end().len();
        let brace = self.range(lo..lo + 1);
        let mut diagnostic = Diagnostic::error(
            codes::SYNTAX_ERROR,
            brace,
            "an opening brace stands on the line of what it belongs to",
        )
        .label("on a line of its own here");
        if before.get(blank..).is_some_and(|gap| gap.trim().is_empty()) && !self.ends_in_comment(blank) {
            diagnostic = diagnostic.fix("join the lines", self.range(blank..lo), " ");
        }
        self.report(diagnostic);
    }

    fn statement(&mut self, pair: Pair<'t>) -> Statement {
        let span = self.span(&pair);
        let docs = self.docs(span.lo as usize);
        let mut kind = StatementKind::Error;
        for child in children(pair) {
            match child.as_rule() {
                Rule::error_tail => self.tail(&child, "the end of the line"),
                Rule::missing_separator => self.missing_comma(&child),
                _ => kind = self.statement_kind(child),
            }
        }
        Statement { docs, kind, span }
    }

    fn statement_kind(&mut self, pair: Pair<'t>) -> StatementKind {
        match pair.as_rule() {
            Rule::field => self.field(pair),
            Rule::wrong_field => self.wrong_field(pair),
            Rule::punned_field => self.punned_field(pair),
            Rule::instance | Rule::bare_instance => self.instance(pair),
            Rule::param => {
                let Typed { name, ty, value } = self.typed(pair, "the name of the parameter");
                let ty = ty.unwrap_or_else(|| self.no_type(name.span.hi as usize));
                StatementKind::Param { name, ty, default: value }
            }
            Rule::setting => {
                let Typed { name, ty, value } = self.typed(pair, "the name of the setting");
                let ty = ty.unwrap_or_else(|| self.no_type(name.span.hi as usize));
                StatementKind::Setting { name, ty, default: value }
            }
            Rule::attribute => {
                let Typed { name, ty, value } = self.typed(pair, "the name of the attribute");
                let ty = ty.unwrap_or_else(|| self.no_type(name.span.hi as usize));
                let value = value.unwrap_or_else(|| self.no_expr(ty.span.hi as usize));
                StatementKind::Attribute { name, ty, value }
            }
            Rule::output => {
                let Typed { name, ty, value } = self.typed(pair, "the name of the output");
                let value = value.unwrap_or_else(|| self.no_expr(name.span.hi as usize));
                StatementKind::Output { name, ty, value }
            }
            Rule::env => {
                let Typed { name, value, .. } = self.typed(pair, "the name of the variable");
                let value = value.unwrap_or_else(|| self.no_expr(name.span.hi as usize));
                StatementKind::Env { name, value }
            }
            Rule::let_decl => StatementKind::Let(self.let_decl(pair)),
            Rule::layer => StatementKind::Layer(self.only_ident(pair)),
            Rule::secret => StatementKind::Secret(self.only_ident(pair)),
            Rule::stateful => StatementKind::Stateful,
            Rule::accepts => StatementKind::Accepts(self.names(pair, "`link`, `setting` or `secret`")),
            Rule::link => self.link(pair),
            Rule::moved => self.moved(pair),
            Rule::waive => self.waive(pair),
            Rule::ensure => self.ensure(pair),
            Rule::require => self.require(pair),
            Rule::assert => StatementKind::Assert(self.only_value(pair)),
            Rule::encrypt => StatementKind::Crypt { encrypt: true, key: self.crypt_key(pair) },
            Rule::decrypt => StatementKind::Crypt { encrypt: false, key: self.crypt_key(pair) },
            Rule::on_network => self.on_network(pair),
            Rule::default => self.profile(pair, ProfileMode::Default),
            Rule::enforce => self.profile(pair, ProfileMode::Enforce),
            Rule::for_statement => self.for_statement(pair),
            Rule::resource => self.resource(pair),
            Rule::grant => self.grant(pair),
            Rule::principal => self.principal(pair),
            Rule::allow => StatementKind::Allow(self.access(pair)),
            Rule::permit => StatementKind::Permit(self.access(pair)),
            Rule::deny => StatementKind::Deny(self.access(pair)),
            Rule::connect => self.connect(pair),
            Rule::unknown_statement => self.unknown_statement(pair),
            _ => StatementKind::Error,
        }
    }

    fn field(&mut self, pair: Pair<'t>) -> StatementKind {
        let mut entry = self.empty_entry(pair.as_span().start());
        let mut named = false;
        for child in children(pair) {
            match child.as_rule() {
                Rule::ident => {
                    entry.name = self.ident(&child);
                    named = true;
                }
                Rule::string if !named => {
                    (entry.name, entry.quoted) = (self.string_key(child), true);
                    named = true;
                }
                Rule::walrus => self.walrus(&child),
                _ => entry.value = self.value(child),
            }
        }
        StatementKind::Field(entry)
    }

    fn string_key(&mut self, pair: Pair<'t>) -> Ident {
        let span = self.span(&pair);
        let string = self.string(pair);
        let name = string.plain().unwrap_or_else(|| {
            let diagnostic = Diagnostic::error(codes::SYNTAX_ERROR, span, "a key holds no interpolation")
                .label("this text is known only when evaluated");
            self.report(diagnostic);
            solc_source::Name::default()
        });
        self.named_key(Ident { name, span })
    }

    /// An empty name means a mistake that was reported; so one that was written is.
    pub(super) fn named_key(&mut self, key: Ident) -> Ident {
        if key.name.is_empty() {
            self.report(
                Diagnostic::error(codes::SYNTAX_ERROR, key.span, "a key has at least one character")
                    .label("empty"),
            );
        }
        key
    }

    /// `name: value`, where `=` was meant; without a value, an instance whose component is still missing.
    fn wrong_field(&mut self, pair: Pair<'t>) -> StatementKind {
        let mut entry = self.empty_entry(pair.as_span().start());
        let mut wrong: Option<Pair<'t>> = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::ident => entry.name = self.ident(&child),
                Rule::wrong_assign => wrong = Some(child),
                Rule::string if wrong.is_none() => {
                    (entry.name, entry.quoted) = (self.string_key(child), true);
                }
                Rule::missing_expr if wrong.as_ref().is_some_and(|w| w.as_str() == ":") && !entry.quoted => {
                    let at = child.as_span().start();
                    self.expected("a component", at);
                    return StatementKind::Instance(InstanceDecl {
                        name: entry.name,
                        key: None,
                        component: vec![self.no_name(at)],
                        each: None,
                        condition: None,
                        body: Vec::new(),
                    });
                }
                _ => entry.value = self.value(child),
            }
        }
        if let Some(wrong) = wrong {
            self.wrong_assign(&wrong);
        }
        StatementKind::Field(entry)
    }

    fn punned_field(&mut self, pair: Pair<'t>) -> StatementKind {
        let mut entry = self.empty_entry(pair.as_span().start());
        for child in children(pair) {
            entry.name = self.ident(&child);
        }
        entry.punned = true;
        entry.value = Expr { kind: ExprKind::Name(entry.name.name.clone()), span: entry.name.span };
        StatementKind::Field(entry)
    }

    fn instance(&mut self, pair: Pair<'t>) -> StatementKind {
        let bare = pair.as_rule() == Rule::bare_instance;
        let opening = self.span(&pair);
        let mut instance = InstanceDecl {
            name: self.no_name(opening.lo as usize),
            key: None,
            component: Vec::new(),
            each: None,
            condition: None,
            body: Vec::new(),
        };
        for child in children(pair) {
            match child.as_rule() {
                Rule::ident => instance.name = self.ident(&child),
                Rule::name if bare => instance.name = self.ident(&child),
                Rule::missing_colon => self.missing_colon(child.as_span().start(), "the component"),
                Rule::name | Rule::missing_name => {
                    instance.key = Some(self.bound_name(&child, "the name of the key"));
                }
                Rule::component_path => instance.component = self.path(child),
                Rule::resource_if => self.condition(child, &mut instance.condition),
                Rule::resource_for => self.each(child, &mut instance.each),
                Rule::missing_close => self.unclosed(&child, opening),
                _ => instance.body = self.body(child),
            }
        }
        StatementKind::Instance(instance)
    }

    /// `if cond`; a second one is reported.
    pub(super) fn condition(&mut self, pair: Pair<'t>, slot: &mut Option<Expr>) {
        let span = self.span(&pair);
        let found = self.after_word(pair);
        self.once(slot, found, span, "if");
    }

    fn each(&mut self, pair: Pair<'t>, slot: &mut Option<Clause>) {
        let span = self.span(&pair);
        let clause = self.clause(pair);
        self.once(slot, Some(clause), span, "for");
    }

    /// Fills `slot`, and reports a clause that stands twice.
    fn once<T>(&mut self, slot: &mut Option<T>, found: Option<T>, span: Span, word: &str) {
        if slot.is_some() {
            let message = format!("`{word}` stands twice in one statement");
            self.report(Diagnostic::error(codes::SYNTAX_ERROR, span, message).label("the second one"));
        } else {
            *slot = found;
        }
    }

    /// `word name: T = value`, each part where the statement has it.
    pub(super) fn typed(&mut self, pair: Pair<'t>, what: &str) -> Typed {
        let mut typed = Typed { name: self.no_name(pair.as_span().start()), ty: None, value: None };
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::name | Rule::missing_name => typed.name = self.bound_name(&child, what),
                Rule::type_annotation | Rule::bare_annotation | Rule::missing_annotation => {
                    typed.ty = Some(self.needed_annotation(child));
                }
                Rule::walrus => self.walrus(&child),
                _ => typed.value = Some(self.value(child)),
            }
        }
        typed
    }

    pub(super) fn let_decl(&mut self, pair: Pair<'t>) -> LetDecl {
        let at = pair.as_span().start();
        let mut decl = LetDecl { private: None, name: self.no_name(at), ty: None, value: self.no_expr(at) };
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_private => decl.private = Some(self.span(&child)),
                Rule::kw_let => {}
                Rule::name | Rule::missing_name => decl.name = self.bound_name(&child, "a name"),
                Rule::type_annotation => decl.ty = Some(self.annotation(child)),
                Rule::walrus => self.walrus(&child),
                _ => decl.value = self.value(child),
            }
        }
        decl
    }

    fn only_ident(&mut self, pair: Pair<'t>) -> Ident {
        let at = pair.as_span().end();
        let found = children(pair).nth(1);
        match found {
            Some(child) => self.bound_name(&child, "a name"),
            None => self.no_name(at),
        }
    }

    fn only_value(&mut self, pair: Pair<'t>) -> Expr {
        let at = pair.as_span().end();
        self.after_word(pair).unwrap_or_else(|| self.no_expr(at))
    }

    /// The names of a statement.
    fn names(&mut self, pair: Pair<'t>, what: &str) -> Vec<Ident> {
        let mut names = Vec::new();
        for child in children(pair).skip(1) {
            names.push(self.bound_name(&child, what));
        }
        names
    }

    fn link(&mut self, pair: Pair<'t>) -> StatementKind {
        let mut grant = self.no_expr(pair.as_span().end());
        let mut alias = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_link | Rule::kw_as => {}
                Rule::missing_expr => self.expected("a grant", child.as_span().start()),
                Rule::name | Rule::missing_name => alias = Some(self.bound_name(&child, "a name after `as`")),
                _ => grant = self.value(child),
            }
        }
        StatementKind::Link { grant, alias }
    }

    fn moved(&mut self, pair: Pair<'t>) -> StatementKind {
        let mut parts = children(pair).skip(1);
        if let Some(from) = parts.next().filter(|p| p.as_rule() == Rule::missing_from) {
            self.expected("`from`", from.as_span().start());
        }
        match parts.next() {
            Some(text) => StatementKind::Moved(self.text(text)),
            None => StatementKind::Error,
        }
    }

    fn waive(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().end();
        let mut what = self.no_name(at);
        let mut because = crate::ast::CodeString { parts: Vec::new(), span: self.range(at..at) };
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::because => because = self.because(child).unwrap_or(because),
                Rule::missing_because => {
                    self.expected_with("`because`", child.as_span().start(), "say why: reports repeat it");
                }
                _ => what = self.bound_name(&child, "what is waived"),
            }
        }
        StatementKind::Waive { what, because }
    }

    /// `because "…"`
    pub(super) fn because(&mut self, pair: Pair<'t>) -> Option<crate::ast::CodeString> {
        let text = children(pair).nth(1)?;
        Some(self.text(text))
    }

    fn ensure(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().end();
        let mut condition = None;
        let mut message = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_ensure | Rule::kw_else => {}
                Rule::missing_message => {
                    let help = "say what is wrong where the condition does not hold";
                    self.expected_with("`else` and a message", child.as_span().start(), help);
                }
                _ if condition.is_none() => condition = Some(self.value(child)),
                _ => message = Some(self.value(child)),
            }
        }
        let condition = condition.unwrap_or_else(|| self.no_expr(at));
        StatementKind::Ensure { condition, message: message.unwrap_or_else(|| self.no_expr(at)) }
    }

    fn require(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().end();
        let parts: Vec<_> =
            children(pair).filter(|c| !matches!(c.as_rule(), Rule::kw_require | Rule::kw_else)).collect();
        let mut values = Vec::with_capacity(2);
        for part in parts {
            values.push(self.value(part));
        }
        let mut values = values.into_iter();
        let condition = values.next().unwrap_or_else(|| self.no_expr(at));
        StatementKind::Require { condition, message: values.next() }
    }

    fn crypt_key(&mut self, pair: Pair<'t>) -> Expr {
        let mut key = self.no_expr(pair.as_span().end());
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::kw_with => {}
                Rule::missing_with => self.expected("`with`", child.as_span().start()),
                _ => key = self.value(child),
            }
        }
        key
    }

    fn on_network(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().end();
        let mut group = None;
        let mut network = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_on_network | Rule::kw_in => {}
                _ if group.is_none() => group = Some(self.value(child)),
                _ => network = Some(self.value(child)),
            }
        }
        StatementKind::OnNetwork { group: group.unwrap_or_else(|| self.no_expr(at)), network }
    }

    fn profile(&mut self, pair: Pair<'t>, mode: ProfileMode) -> StatementKind {
        let mut profile = ProfileDecl { mode, target: Vec::new(), body: Vec::new() };
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::profile_target => profile.target = self.path(child),
                Rule::missing_name => profile.target = vec![self.bound_name(&child, "a component")],
                _ => profile.body = self.body(child),
            }
        }
        StatementKind::Profile(profile)
    }

    fn for_statement(&mut self, pair: Pair<'t>) -> StatementKind {
        let mut binders = Vec::new();
        let mut over = self.no_expr(pair.as_span().end());
        let mut condition = None;
        let mut body = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_for | Rule::kw_in => {}
                Rule::name | Rule::missing_name => binders.push(self.bound_name(&child, "a name")),
                Rule::missing_in => self.expected("`in`", child.as_span().start()),
                Rule::wrong_in => self.wrong_in(&child),
                Rule::for_condition => condition = self.after_word(child),
                Rule::body | Rule::late_body | Rule::missing_body => body = self.body(child),
                _ => over = self.value(child),
            }
        }
        StatementKind::For { binders, over, condition, body }
    }

    fn resource(&mut self, pair: Pair<'t>) -> StatementKind {
        let whole = self.span(&pair);
        let mut resource = ResourceDecl {
            name: self.no_name(whole.lo as usize),
            per_zone: None,
            ty: Vec::new(),
            condition: None,
            each: None,
            after: Vec::new(),
            body: Vec::new(),
            body_span: whole.end(),
        };
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_resource => {}
                Rule::name | Rule::missing_name => {
                    resource.name = self.bound_name(&child, "the name of the resource");
                }
                Rule::per_zone => resource.per_zone = Some(self.per_zone(child)),
                Rule::type_path => resource.ty = self.path(child),
                Rule::missing_type => self.expected("`:` and a resource type", child.as_span().start()),
                Rule::resource_if => self.condition(child, &mut resource.condition),
                Rule::resource_for => self.each(child, &mut resource.each),
                Rule::after => resource.after.extend(self.after(child)),
                _ => {
                    resource.body_span = self.span(&child);
                    resource.body = self.body(child);
                }
            }
        }
        StatementKind::Resource(resource)
    }

    fn per_zone(&mut self, pair: Pair<'t>) -> PerZone {
        let span = self.span(&pair);
        let mut active = false;
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_active => active = true,
                Rule::missing_zone => self.expected("`zone`", child.as_span().start()),
                _ => {}
            }
        }
        if active { PerZone::Active(span) } else { PerZone::All(span) }
    }

    fn after(&mut self, pair: Pair<'t>) -> Vec<Expr> {
        let Some(value) = self.after_word(pair) else { return Vec::new() };
        let ExprKind::List(elements) = value.kind else {
            if value.kind != ExprKind::Missing {
                let diagnostic =
                    Diagnostic::error(codes::SYNTAX_ERROR, value.span, "expected a list after `after`")
                        .label("not a list")
                        .help("write the resources in brackets: `after [first, second]`");
                self.report(diagnostic);
            }
            return Vec::new();
        };
        let mut after = Vec::new();
        for element in elements {
            match element {
                Element::Item(expr) => after.push(expr),
                Element::Spread(expr) => {
                    let message = "`after` names resources one by one";
                    self.report(
                        Diagnostic::error(codes::SYNTAX_ERROR, expr.span, message).label("spread here"),
                    );
                }
                Element::Field(_) | Element::Error(_) => {}
            }
        }
        after
    }

    fn grant(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().start();
        let mut grant =
            GrantDecl { name: self.no_name(at), params: Vec::new(), consumer: None, body: Vec::new() };
        for child in children(pair).skip(1) {
            match child.as_rule() {
                Rule::name | Rule::missing_name => {
                    grant.name = self.bound_name(&child, "the verb of the grant");
                }
                Rule::fn_params => grant.params = self.fn_params(child),
                Rule::consumer => {
                    let Typed { name, ty, .. } = self.typed(child, "a name for the consumer");
                    let ty = ty.unwrap_or_else(|| self.no_type(name.span.hi as usize));
                    grant.consumer = Some((name, ty));
                }
                _ => grant.body = self.body(child),
            }
        }
        StatementKind::Grant(grant)
    }

    pub(super) fn fn_params(&mut self, pair: Pair<'t>) -> Vec<FnParam> {
        let opening = self.span(&pair);
        let mut params = Vec::new();
        let mut end: Option<usize> = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::fn_param => {
                    let span = self.span(&child);
                    self.comma_between(end, span);
                    end = Some(span.hi as usize);
                    params.push(self.fn_param(child));
                }
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::missing_comma => {}
                _ => {
                    end = None;
                    self.unreadable_entry(&child, "`name: Type`");
                }
            }
        }
        params
    }

    fn fn_param(&mut self, pair: Pair<'t>) -> FnParam {
        let at = pair.as_span().end();
        let mut param = FnParam { name: self.no_name(at), ty: self.no_type(at), default: None };
        for child in children(pair) {
            match child.as_rule() {
                Rule::name => param.name = self.ident(&child),
                Rule::type_annotation | Rule::bare_annotation | Rule::missing_annotation => {
                    param.ty = self.needed_annotation(child);
                }
                Rule::walrus => self.walrus(&child),
                _ => param.default = Some(self.value(child)),
            }
        }
        param
    }

    fn principal(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().start();
        let mut principal = PrincipalDecl {
            name: self.no_name(at),
            service: self.no_expr(at),
            when: None,
            condition: None,
            body: Vec::new(),
        };
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_principal | Rule::kw_for => {}
                Rule::name | Rule::missing_name => {
                    principal.name = self.bound_name(&child, "the name of the principal");
                }
                Rule::missing_for => self.expected("`for` and a service", child.as_span().start()),
                Rule::when => {
                    let span = self.span(&child);
                    let found = self.after_word(child);
                    self.once(&mut principal.when, found, span, "when");
                }
                Rule::resource_if => self.condition(child, &mut principal.condition),
                Rule::body | Rule::late_body | Rule::missing_body => principal.body = self.body(child),
                _ => principal.service = self.value(child),
            }
        }
        StatementKind::Principal(principal)
    }

    fn access(&mut self, pair: Pair<'t>) -> AccessDecl {
        let mut access = AccessDecl {
            actions: Vec::new(),
            to: None,
            on: None,
            when: None,
            condition: None,
            because: None,
        };
        for child in children(pair).skip(1) {
            let span = self.span(&child);
            match child.as_rule() {
                Rule::action => access.actions.push(self.action(child)),
                Rule::missing_action => {
                    self.expected("an action, as in `s3.GetObject`", child.as_span().start());
                }
                Rule::access_on => {
                    let found = self.after_word(child);
                    self.once(&mut access.on, found, span, "on");
                }
                Rule::access_when => {
                    let found = self.after_word(child);
                    self.once(&mut access.when, found, span, "when");
                }
                Rule::access_if => self.condition(child, &mut access.condition),
                Rule::access_to => {
                    let found = self.access_to(child);
                    self.once(&mut access.to, found, span, "to");
                }
                _ => {
                    let found = self.because(child);
                    self.once(&mut access.because, found, span, "because");
                }
            }
        }
        access
    }

    fn access_to(&mut self, pair: Pair<'t>) -> Option<AccessPrincipal> {
        let child = children(pair).nth(1)?;
        Some(match child.as_rule() {
            Rule::kw_everyone => AccessPrincipal::Everyone(self.span(&child)),
            _ => AccessPrincipal::Service(self.value(child)),
        })
    }

    fn action(&mut self, pair: Pair<'t>) -> ActionRef {
        let at = pair.as_span().start();
        let mut parts = children(pair);
        let service = parts.next().map_or_else(|| self.no_name(at), |p| self.ident(&p));
        let action = match parts.next() {
            Some(part) => self.bound_name(&part, "`.` and an action"),
            None => self.no_name(service.span.hi as usize),
        };
        ActionRef { service, action }
    }

    fn connect(&mut self, pair: Pair<'t>) -> StatementKind {
        let at = pair.as_span().end();
        let mut connect = ConnectDecl {
            protocol: self.no_name(at),
            port: self.no_expr(at),
            direction: Direction::To,
            peer: self.no_expr(at),
            condition: None,
            because: None,
        };
        for child in children(pair).skip(1) {
            let span = self.span(&child);
            match child.as_rule() {
                Rule::ident => connect.protocol = self.ident(&child),
                Rule::missing_name => connect.protocol = self.bound_name(&child, "`tcp` or `udp`"),
                Rule::missing_direction => self.expected("`to` or `from`", child.as_span().start()),
                Rule::connect_to | Rule::connect_from => {
                    let from = child.as_rule() == Rule::connect_from;
                    connect.direction = if from { Direction::From } else { Direction::To };
                    if let Some(peer) = self.after_word(child) {
                        connect.peer = peer;
                    }
                }
                Rule::access_if => self.condition(child, &mut connect.condition),
                Rule::because => {
                    let found = self.because(child);
                    self.once(&mut connect.because, found, span, "because");
                }
                Rule::missing_expr => self.expected("a port", child.as_span().start()),
                _ => connect.port = self.value(child),
            }
        }
        StatementKind::Connect(connect)
    }
}

/// The parts that many statements share.
pub(super) struct Typed {
    pub(super) name: Ident,
    pub(super) ty: Option<crate::ast::TypeExpr>,
    pub(super) value: Option<Expr>,
}
