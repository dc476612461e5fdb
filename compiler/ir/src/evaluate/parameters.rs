//! What a parameter is: its default, profiles, the instance, what is enforced.
//!
//! Order: the component's default, then `default`s from general to specific, then the instance, then `enforce`s,
//! of which the most general wins. Every resolved parameter keeps what set it.

use super::expr::is_optional;
use super::value::Value;
use super::{Evaluation, Frame, Setter, instances::is_library};
use crate::codes;
use crate::model::{InstanceId, Origin, Parameter};
use solc_check::hir::{self, ComponentId, ExprId, Member, Profile, ProfileMode, ProfileTarget};
use solc_source::{Diagnostic, Name, Span};

impl<'a> Evaluation<'a> {
    /// Files the profiles of the blocks that concern the environment, from general to specific.
    pub(crate) fn collect_profiles(&mut self, blocks: impl IntoIterator<Item = &'a hir::Block>) {
        for block in blocks {
            for profile in &block.profiles {
                let setters = profile.fields.iter().map(|field| setter(profile, field, None));
                match profile.target {
                    ProfileTarget::Component(id) => self.profiles.entry(id).or_default().extend(setters),
                    ProfileTarget::Tags => self.tag_profiles.extend(setters),
                    ProfileTarget::Settings => self.setting_profiles.extend(setters),
                }
            }
        }
    }

    /// What profiles say of a field of a component's instance, from general to specific.
    fn setters(&self, component: ComponentId, root: InstanceId, name: &Name) -> Vec<Setter<'a>> {
        let mut found: Vec<Setter<'a>> = self
            .profiles
            .get(&component)
            .into_iter()
            .flatten()
            .filter(|s| s.field.name == *name)
            .copied()
            .collect();
        found.extend(
            self.solution_setters(root, ProfileTarget::Component(component))
                .filter(|s| s.field.name == *name),
        );
        found
    }

    /// What the solution's profiles say of a target.
    pub(crate) fn solution_setters(
        &self,
        root: InstanceId,
        target: ProfileTarget,
    ) -> impl Iterator<Item = Setter<'a>> + use<'a> {
        let solution = self.instance(root).map(|r| (r.component, r.id));
        solution.into_iter().flat_map(move |(component, id)| {
            component
                .profiles
                .iter()
                .filter(move |p| p.target == target)
                .flat_map(move |p| p.fields.iter().map(move |f| setter(p, f, Some(id))))
        })
    }

    /// The value that a profile sets, as seen from an instance of the solution.
    pub(crate) fn set_by(&mut self, setter: Setter<'a>, root: InstanceId) -> (Value, Span) {
        let mut frame = Frame::new(self.body(setter.body), setter.solution.map(|_| root));
        let value = self.eval(&mut frame, setter.field.value);
        (value, frame.body.expr(setter.field.value).span)
    }

    pub(crate) fn parameter(&mut self, id: InstanceId, member: &'a Member, default: Option<ExprId>) -> Value {
        let Some(instance) = self.instance(id) else { return Value::Missing };
        let (component, root, parent, decl) = (instance.id, instance.root, instance.parent, instance.decl);
        let setters = self.setters(component, root, &member.name);
        let given = decl.and_then(|d| d.fields.iter().find(|f| f.name == member.name));
        let enforced = setters.iter().find(|s| s.origin == Origin::Enforced).copied();
        let preset = setters.iter().rev().find(|s| s.origin == Origin::Profile).copied();

        let own = given.map(|field| {
            let locals = self.instance(id).map(|i| i.locals.clone()).unwrap_or_default();
            let mut frame = parent.map_or_else(|| self.frame(id), |p| self.frame(p));
            frame.locals = locals;
            let value = self.eval(&mut frame, field.value);
            let span = frame.body.expr(field.value).span;
            (self.conform(&member.ty, value, span), span)
        });
        let (value, origin, span) = if let Some(setter) = enforced {
            let (value, span) = self.set_by(setter, root);
            let value = self.conform(&member.ty, value, span);
            if let (Some((own, at)), Some(field)) = (&own, given)
                && !parent.and_then(|p| self.instance(p)).is_some_and(|p| is_library(&p.component.module))
            {
                self.check_enforced(id, own, field, *at, &value, span);
            }
            (value, Origin::Enforced, span)
        } else if let Some((value, span)) = own {
            (value, Origin::Instance, span)
        } else if let Some(setter) = preset {
            let (value, span) = self.set_by(setter, root);
            (self.conform(&member.ty, value, span), Origin::Profile, span)
        } else if let Some(default) = default {
            let mut frame = self.frame(id);
            let value = self.eval(&mut frame, default);
            let span = frame.body.expr(default).span;
            (self.conform(&member.ty, value, span), Origin::Component, span)
        } else if is_optional(&member.ty) {
            (Value::None, Origin::Component, member.span)
        } else {
            self.missing_parameter(id, member);
            (Value::Missing, Origin::Component, member.span)
        };
        if let Some(instance) = self.instance_mut(id) {
            instance.parameters.push(Parameter { name: member.name.clone(), origin, span });
        }
        value
    }

    fn check_enforced(
        &mut self,
        id: InstanceId,
        own: &Value,
        field: &hir::FieldValue,
        at: Span,
        enforced: &Value,
        by: Span,
    ) {
        if matches!(own, Value::Missing)
            || matches!(enforced, Value::Missing)
            || super::ops::equal(own, enforced)
        {
            return;
        }
        let path = self.path(id);
        let (wanted, found) = (self.show(enforced), self.show(own));
        let mut diagnostic = Diagnostic::error(
            codes::ENFORCED_FIELD,
            at,
            format!("`{path}` sets `{}` to `{found}`, which is enforced to be `{wanted}`", field.name),
        )
        .label(format!("set to `{found}` here"))
        .because(by, format!("enforced to be `{wanted}` here"))
        .help(format!("remove `{}` here, or change what is enforced", field.name));
        if plain(enforced) {
            diagnostic = diagnostic.fix(format!("write `{wanted}`"), at, wanted);
        }
        self.report(diagnostic);
    }

    fn missing_parameter(&mut self, id: InstanceId, member: &Member) {
        let Some(instance) = self.instance(id) else { return };
        let (path, component, span) = (instance.path.clone(), instance.component.name.clone(), instance.span);
        let id = instance.id;
        let name = &member.name;
        let diagnostic = Diagnostic::error(
            codes::shared::MISSING_FIELD,
            span,
            format!("`{path}` is given no `{name}`"),
        )
        .label(format!("a `{component}` needs `{name}`"))
        .because(member.span, format!("`{name}` has no default"))
        .help(format!(
            "add `{name} = …` here, or a `default {component} {{ {name} = … }}` to a configuration block"
        ));
        // Where no block sets it, it is missing whatever the environment.
        let sets = |p: &Profile| {
            p.target == ProfileTarget::Component(id) && p.fields.iter().any(|f| f.name == *name)
        };
        if self.project.blocks.iter().any(|b| b.profiles.iter().any(sets)) {
            self.report(diagnostic);
        } else {
            self.general.push(diagnostic);
        }
    }
}

fn setter<'a>(profile: &'a Profile, field: &'a hir::FieldValue, solution: Option<ComponentId>) -> Setter<'a> {
    let origin = match profile.mode {
        ProfileMode::Default => Origin::Profile,
        ProfileMode::Enforce => Origin::Enforced,
    };
    Setter { origin, field, body: profile.body, solution }
}

/// Whether the text shown for a value is what the source would say.
fn plain(value: &Value) -> bool {
    match value {
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Quantity(_)
        | Value::Cidr(..)
        | Value::Range(..)
        | Value::Text(_)
        | Value::Enum(..) => true,
        Value::Missing
        | Value::Number(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Union(..)
        | Value::ZoneMap(_)
        | Value::Instance(_)
        | Value::Resource(_)
        | Value::Grant(_)
        | Value::Service(_)
        | Value::Block(_)
        | Value::Team(_)
        | Value::Deferred(_) => false,
    }
}
