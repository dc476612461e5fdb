//! Members of instances, each worked out once.

use super::value::Value;
use super::{Doing, Evaluation, Frame, Slot};
use crate::codes;
use crate::model::InstanceId;
use solc_check::hir::{Member, MemberId, MemberKind};
use solc_source::{Diagnostic, Name, Span};

impl<'a> Evaluation<'a> {
    /// A frame in which an instance's members are evaluated.
    pub(crate) fn frame(&self, instance: InstanceId) -> Frame<'a> {
        let component = self.instance(instance).map(|i| i.component);
        match component {
            Some(component) => Frame::new(self.body(component.body), Some(instance)),
            None => Frame::new(self.body(solc_check::hir::BodyId(u32::MAX)), None),
        }
    }

    /// A member's value.
    pub(crate) fn member(&mut self, instance: InstanceId, id: MemberId) -> Value {
        let Some(of) = self.instances.get_mut(instance) else { return Value::Missing };
        let component = of.component;
        let Some(slot) = of.members.get_mut(id.index()) else { return Value::Missing };
        match slot {
            Slot::Done(value, turns) => {
                let (value, turns) = (value.clone(), *turns);
                self.read(turns);
                return value;
            }
            Slot::Doing => return self.cycle(Doing::Member(instance, id)),
            Slot::Todo => *slot = Slot::Doing,
        }
        let Some(member) = component.member(id) else { return Value::Missing };
        self.doing.push(Doing::Member(instance, id));
        let (value, turns) = self.tracked(|this| this.work_out_member(instance, id, member));
        self.doing.pop();
        if let Some(slot) = self.instances.get_mut(instance).and_then(|i| i.members.get_mut(id.index())) {
            *slot = Slot::Done(value.clone(), turns);
        }
        value
    }

    fn work_out_member(&mut self, instance: InstanceId, id: MemberId, member: &'a Member) -> Value {
        match &member.kind {
            MemberKind::Param { default } => self.parameter(instance, member, *default),
            MemberKind::Let { value } | MemberKind::Attribute { value } | MemberKind::Output { value } => {
                let mut frame = self.frame(instance);
                let evaluated = self.eval(&mut frame, *value);
                let span = frame.body.expr(*value).span;
                self.conform(&member.ty, evaluated, span)
            }
            MemberKind::Resource(resource) => self.expand(instance, id, member, resource),
            MemberKind::Instance(decl) => self.instantiate(instance, member, decl),
            MemberKind::Principal(principal) => self.principal(instance, member, principal),
        }
    }

    /// A parameter or attribute, seen from outside.
    pub(crate) fn instance_field(&mut self, instance: InstanceId, name: &Name) -> Value {
        let id = self.instance(instance).and_then(|i| i.component.names.get(name).copied());
        id.map_or(Value::Missing, |id| self.member(instance, id))
    }

    /// `self.name`, `self.path`
    pub(crate) fn self_name(&self, instance: Option<InstanceId>, path: bool) -> Value {
        match instance.and_then(|i| self.instance(i)) {
            Some(instance) if path => Value::Text(instance.path.clone()),
            Some(instance) => match &instance.key {
                Some(key) => Value::text(format!("{}-{key}", instance.name)),
                None => Value::Text(instance.name.clone()),
            },
            None => Value::Missing,
        }
    }

    /// Reports that something is needed to work out itself, with everything on the way.
    #[cold]
    pub(crate) fn cycle(&mut self, at: Doing) -> Value {
        let from = self.doing.iter().position(|d| *d == at).unwrap_or(0);
        let mut chain: Vec<(String, Span)> =
            self.doing.get(from..).unwrap_or_default().iter().filter_map(|d| self.describe(*d)).collect();
        // Begin where the project's own line is.
        if let Some(own) = chain.iter().position(|(_, span)| self.project_files.contains(&span.file)) {
            chain.rotate_left(own);
        }
        let Some(((first, span), rest)) = chain.split_first() else { return Value::Missing };
        let mut diagnostic =
            Diagnostic::error(codes::VALUE_CYCLE, *span, format!("`{first}` is needed to work out itself"));
        let mut needs: Vec<&str> = rest.iter().map(|(name, _)| name.as_str()).collect();
        needs.push(first);
        diagnostic = diagnostic.label(format!("needs `{}`", needs.first().copied().unwrap_or(first)));
        for (index, (_, place)) in rest.iter().enumerate() {
            let next = needs.get(index + 1).copied().unwrap_or(first);
            diagnostic = diagnostic.because(*place, format!("needs `{next}`"));
        }
        diagnostic = diagnostic.help("give one of them a value that does not depend on the others");
        self.report(diagnostic);
        Value::Missing
    }

    pub(crate) fn describe(&self, doing: Doing) -> Option<(String, Span)> {
        match doing {
            Doing::Member(instance, member) => {
                let instance = self.instance(instance);
                let member = instance.and_then(|i| i.component.member(member));
                let path = instance.map(|i| i.path.as_str()).unwrap_or_default();
                let name = member.map(|m| m.name.as_str()).unwrap_or_default();
                let given = instance
                    .and_then(|i| i.decl)
                    .and_then(|d| d.fields.iter().find(|f| f.name == name))
                    .map(|f| f.span);
                let span = given.or(member.map(|m| m.span)).unwrap_or_default();
                Some((format!("{path}.{name}"), span))
            }
            Doing::Field(block, index) => {
                let block = self.project.blocks.get(block.index());
                let field = block
                    .and_then(|b| b.record)
                    .and_then(|r| self.project.records.get(r.index()))
                    .and_then(|r| r.fields.get(index));
                let name = block.map(|b| b.name.as_str()).unwrap_or_default();
                let given = block.zip(field).and_then(|(b, f)| b.fields.iter().find(|g| g.name == f.name));
                let span = given.map(|g| g.span).or(field.map(|f| f.span)).unwrap_or_default();
                Some((format!("{name}.{}", field.map(|f| f.name.as_str()).unwrap_or_default()), span))
            }
            Doing::Global(id) => {
                let global = self.project.globals.get(id.index());
                let name = global.map(|g| g.name.to_string()).unwrap_or_default();
                Some((name, global.map(|g| g.span).unwrap_or_default()))
            }
            Doing::Part(_) | Doing::Link(_) => None,
        }
    }
}
