//! What a parameter is: the first of its candidates.
//!
//! Invariant: every resolved parameter keeps what set it; what else might have is found again when asked for.

use super::expr::is_optional;
use super::profiles::{Candidate, Setter, in_order};
use super::value::Value;
use super::{Evaluation, instances::is_library};
use crate::codes;
use crate::model::{InstanceId, Origin, Parameter};
use solc_check::hir::{ExprId, FieldValue, Member, Profile, ProfileTarget};
use solc_source::{Diagnostic, Name, Span};

impl<'a> Evaluation<'a> {
    /// All that may set a parameter, the winner first.
    pub(crate) fn parameter_candidates(
        &self,
        id: InstanceId,
        name: &Name,
        default: Option<ExprId>,
        visit: &mut dyn FnMut(Candidate<'a>) -> bool,
    ) {
        let Some(instance) = self.instance(id) else { return };
        let setters = self.setters_of(instance.root, ProfileTarget::Component(instance.id), name);
        let given = instance.decl.and_then(|d| d.fields.iter().find(|f| f.name == *name));
        for candidate in in_order(&setters, given.map(Candidate::Given), default) {
            if !visit(candidate) {
                break;
            }
        }
    }

    /// The value that a candidate gives a parameter, and where it is written.
    pub(crate) fn parameter_value(
        &mut self,
        id: InstanceId,
        member: &'a Member,
        candidate: Candidate<'a>,
    ) -> (Value, Span) {
        let (value, span) = match candidate {
            Candidate::Enforced(setter) | Candidate::Preset(setter) => {
                let root = self.instance(id).map(|i| i.root);
                self.set_by(setter, root)
            }
            Candidate::Given(field) => {
                let mut frame = self.outer_frame(id);
                let value = self.eval(&mut frame, field.value);
                (value, frame.body.expr(field.value).span)
            }
            Candidate::Declared(default) => {
                let mut frame = self.frame(id);
                let value = self.eval(&mut frame, default);
                (value, frame.body.expr(default).span)
            }
            // Data files set settings only.
            Candidate::File(entry) => (Value::Missing, entry.node.span),
        };
        (self.conform(&member.ty, value, span), span)
    }

    pub(crate) fn parameter(&mut self, id: InstanceId, member: &'a Member, default: Option<ExprId>) -> Value {
        let (mut winner, mut given) = (None, None);
        self.parameter_candidates(id, &member.name, default, &mut |candidate| {
            winner.get_or_insert(candidate);
            match candidate {
                // What an instance says against it is still worth reading.
                Candidate::Enforced(_) => true,
                Candidate::Given(field) => {
                    given = Some(field);
                    false
                }
                Candidate::File(_) | Candidate::Preset(_) | Candidate::Declared(_) => false,
            }
        });
        let (value, origin, span) = match winner {
            Some(candidate) => {
                let (value, span) = self.parameter_value(id, member, candidate);
                let origin = match candidate {
                    Candidate::Enforced(setter) => {
                        if let Some(field) = given {
                            self.check_given(id, member, field, setter, (&value, span));
                        }
                        Origin::Enforced
                    }
                    Candidate::Given(_) | Candidate::File(_) => Origin::Instance,
                    Candidate::Preset(_) => Origin::Profile,
                    Candidate::Declared(_) => Origin::Component,
                };
                (value, origin, span)
            }
            None if is_optional(&member.ty) => (Value::None, Origin::Component, member.span),
            None => {
                self.missing_parameter(id, member);
                (Value::Missing, Origin::Component, member.span)
            }
        };
        if let Some(instance) = self.instance_mut(id) {
            instance.parameters.push(Parameter { name: member.name.clone(), origin, span });
        }
        value
    }

    /// What an instance says of an enforced field; what the library says gives way in silence, and `why` shows it.
    fn check_given(
        &mut self,
        id: InstanceId,
        member: &'a Member,
        field: &'a FieldValue,
        setter: Setter<'a>,
        wanted: (&Value, Span),
    ) {
        let (own, at) = self.parameter_value(id, member, Candidate::Given(field));
        let parent = self.instance(id).and_then(|i| i.parent).and_then(|p| self.instance(p));
        if !parent.is_some_and(|p| is_library(&p.component.module)) {
            let who = format!("`{}` sets `{}`", self.path(id), field.name);
            self.enforced_otherwise(&who, setter, wanted, (&own, at));
        }
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
