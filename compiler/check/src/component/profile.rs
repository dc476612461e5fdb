//! `default` and `enforce`: fields of a component's instances, settings, tags.
//!
//! ```sol
//! default Service  { memory = 1GiB }        // unless something more specific says otherwise
//! enforce settings { LOG_FORMAT = "json" }  // whatever something more specific says
//! default tags     { owner = "shop" }
//! ```
//!
//! Invariant: whatever a profile names exists: a parameter of the component, a setting that some instance declares,
//! with every type that it is declared with; and no tag of the compiler's own.

use super::Place;
use crate::body::{BodyChecker, Want};
use crate::codes;
use crate::context::{Context, SettingSite};
use crate::hir::{BodyId, ComponentId, ExprKind, FieldValue, Kind, Profile, ProfileMode, ProfileTarget, Ty};
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span};
use solc_syntax::ast::{self, StatementKind};

/// The tags that every resource gets from the compiler.
const OWN_TAGS: &[&str] = &["component", "environment", "product", "solution", "stage"];

/// How far a profile reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// One product, all of which is seen here.
    Product,
    /// All products of an organisation or account, of which this is one.
    Products,
}

impl<'a> BodyChecker<'_, 'a> {
    /// A profile of a block or solution.
    pub(crate) fn profile(
        &mut self,
        decl: &'a ast::ProfileDecl,
        span: Span,
        body: BodyId,
        reach: Reach,
    ) -> Option<Profile> {
        let word = decl.target.last()?;
        let at = decl.target.iter().map(|i| i.span).reduce(|a, b| a.to(b)).unwrap_or(word.span);
        let target = match (decl.target.as_slice(), word.name.as_str()) {
            (_, "") => return None,
            ([_], "tags") => ProfileTarget::Tags,
            ([_], "settings") => ProfileTarget::Settings,
            _ => match self.component_of(&decl.target) {
                Some(id) => ProfileTarget::Component(id),
                None if self.cx.is_broken(self.unit, &word.name) => return None,
                None => {
                    let diagnostic = crate::signature::unknown_component(self.cx, self.unit, word, at);
                    self.report(diagnostic);
                    return None;
                }
            },
        };
        let mut fields = Vec::new();
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        for statement in &decl.body {
            let StatementKind::Field(field) = &statement.kind else {
                if !matches!(statement.kind, StatementKind::Error) {
                    self.misplaced(statement, Place::Profile);
                }
                continue;
            };
            if let Some(first) = seen.insert(field.name.name.clone(), field.name.span) {
                self.duplicate_field(&field.name, first);
                continue;
            }
            match target {
                ProfileTarget::Component(id) => fields.extend(self.parameter(id, field)),
                ProfileTarget::Tags => fields.extend(self.tag(field)),
                ProfileTarget::Settings => fields.extend(self.setting_of_profile(field, reach)),
            }
        }
        Some(Profile { mode: decl.mode, target, fields, body, span })
    }

    fn tag(&mut self, field: &'a ast::FieldEntry) -> Option<FieldValue> {
        let name = &field.name;
        if OWN_TAGS.contains(&name.name.as_str()) {
            self.report(
                Diagnostic::error(
                    codes::RESERVED_TAG,
                    name.span,
                    format!("the tag `{}` is the compiler's own", name.name),
                )
                .label("every resource gets it, from where the resource stands")
                .help("choose another name, or remove it"),
            );
            return None;
        }
        let value = self.check(&field.value, &Want::of(Ty::String));
        Some(FieldValue { name: name.name.clone(), span: name.span, value })
    }

    /// A setting is declared by instances, each with a type of its own; the value must fit all of them.
    fn setting_of_profile(&mut self, field: &'a ast::FieldEntry, reach: Reach) -> Option<FieldValue> {
        let name = &field.name;
        if name.name.is_empty() {
            return None;
        }
        let inside = self.inside.as_ref().map(|i| i.component);
        let sites: Vec<SettingSite> =
            self.cx.setting_sites(&name.name).iter().filter(|s| self.reaches(s, inside)).cloned().collect();
        let Some((first, rest)) = sites.split_first() else {
            self.unknown_setting(name, inside, reach);
            self.infer(&field.value, None);
            return None;
        };
        let want = |site: &SettingSite, cx: &Context<'_>| {
            let origin = format!("`{}` is declared as `{}`", name.name, cx.show(&site.ty));
            Want::declared(site.ty.clone(), site.span, origin)
        };
        let value = self.check(&field.value, &want(first, self.cx));
        for site in rest {
            self.expect(value, &want(site, self.cx));
        }
        Some(FieldValue { name: name.name.clone(), span: name.span, value })
    }

    /// Whether a profile that stands there reaches the instances that a declaration makes: a solution's reaches its
    /// own and what is inside them, a block's reaches all.
    fn reaches(&self, site: &SettingSite, inside: Option<ComponentId>) -> bool {
        inside.is_none_or(|solution| {
            site.component == solution
                || self.cx.component(site.component).is_some_and(|c| c.kind == Kind::Component)
        })
    }

    fn unknown_setting(&mut self, name: &ast::Ident, inside: Option<ComponentId>, reach: Reach) {
        let mut known: Vec<&Name> = self
            .cx
            .all_setting_sites()
            .filter(|(_, sites)| sites.iter().any(|s| self.reaches(s, inside)))
            .map(|(name, _)| name)
            .collect();
        known.sort_unstable();
        let nearest = solc_source::suggest::nearest(&name.name, known.iter().map(|n| n.as_str()));
        // Of a block's settings the solutions may be in a repository that is left out.
        if self.cx.alone && inside.is_none() && nearest.is_none() {
            self.report(
                Diagnostic::warning(
                    codes::NOT_CHECKED_HERE,
                    name.span,
                    format!("the setting `{}` may be declared in a repository that is left out", name.name),
                )
                .label("not declared here")
                .help("check without `--isolated` to see it"),
            );
            return;
        }
        // Another product may declare it; but not one that is so nearly one of this product's.
        if reach == Reach::Products && nearest.is_none() {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            name.span,
            format!("no instance declares a setting `{}`", name.name),
        )
        .label("would set nothing")
        .suggest(name.span, nearest);
        if nearest.is_none() {
            diagnostic = diagnostic.help(match known.as_slice() {
                [] => "declare it where it is read: `setting NAME: Type` in an instance".to_owned(),
                [..] => format!(
                    "use one of {}",
                    crate::body::quote(&known.iter().map(|n| (*n).clone()).collect::<Vec<_>>())
                ),
            });
        }
        self.report(diagnostic);
    }
}

/// Reports what two profiles of one place say of one field: neither is more specific, so neither could win.
pub(crate) fn check(profiles: &[Profile], checker: &mut BodyChecker<'_, '_>) {
    let mut seen: FxHashMap<(bool, ProfileTarget, &Name), Span> = FxHashMap::default();
    for profile in profiles {
        let enforces = match profile.mode {
            ProfileMode::Default => false,
            ProfileMode::Enforce => true,
        };
        for field in &profile.fields {
            // A misspelt name stands for what was meant, and was reported.
            if matches!(checker.body.expr(field.value).kind, ExprKind::Missing) {
                continue;
            }
            if let Some(first) = seen.insert((enforces, profile.target, &field.name), field.span)
                && first != field.span
            {
                let name = ast::Ident { name: field.name.clone(), span: field.span };
                checker.duplicate_field(&name, first);
            }
        }
    }
}
