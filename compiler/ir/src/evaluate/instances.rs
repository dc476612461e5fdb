//! Instances: of solutions, of components, of occurrences; the implicit platform and `internet`.
//!
//! ```sol
//! api[region]: Service for region in ["eu", "us"] { … }   // shop.api.eu, shop.api.us
//! ```

use super::turning::Turns;
use super::value::{Map, Value};
use super::{Evaluation, Instance, LinkSlot, Slot};
use crate::codes;
use crate::ids;
use crate::model::InstanceId;
use solc_check::hir::{self, ComponentId, LocalId, Member, MemberKind};
use solc_source::{Diagnostic, Name, Span};
use std::sync::Arc;

impl<'a> Evaluation<'a> {
    fn add_instance(&mut self, instance: Instance<'a>) -> InstanceId {
        let id = self.instances.next();
        if let Some(parent) = instance.parent.and_then(|p| self.instances.get_mut(p)) {
            parent.children.push(id);
        }
        self.instances.push(instance)
    }

    fn new_instance(&self, id: ComponentId, name: &Name, span: Span) -> Option<Instance<'a>> {
        let component = self.project.components.get(id.index())?;
        let root = self.instances.next();
        Some(Instance {
            path: name.clone(),
            prefix: ids::segment(name).into(),
            stood: None,
            name: name.clone(),
            key: None,
            id,
            component,
            parent: None,
            root,
            decl: None,
            locals: Vec::new(),
            locals_turn: Turns::default(),
            span,
            members: vec![Slot::Todo; component.members.len()],
            parameters: Vec::new(),
            children: Vec::new(),
            links: LinkSlot::Todo,
            resources: Vec::new(),
            platform: false,
        })
    }

    /// The instance of a solution.
    pub(crate) fn solution(&mut self, name: &Name, id: ComponentId) -> Option<InstanceId> {
        let span = self.project.components.get(id.index())?.span;
        let instance = self.new_instance(id, name, span)?;
        Some(self.add_instance(instance))
    }

    /// A child of an instance.
    fn child(
        &mut self,
        parent: InstanceId,
        id: ComponentId,
        name: &Name,
        key: Option<&Name>,
        span: Span,
    ) -> Option<Instance<'a>> {
        let mut child = self.new_instance(id, name, span)?;
        let of = self.instance(parent)?;
        child.path = match key {
            Some(key) => Name::from(format!("{}.{name}.{key}", of.path)),
            None => Name::from(format!("{}.{name}", of.path)),
        };
        child.prefix = match key {
            Some(key) => Name::from(format!("{}{}{}", of.prefix, child.prefix, ids::segment(key))),
            None => Name::from(format!("{}{}", of.prefix, child.prefix)),
        };
        child.key = key.cloned();
        child.parent = Some(parent);
        child.root = of.root;
        child.platform = of.platform || (of.root == parent && self.project.platform == Some(id));
        Some(child)
    }

    /// The value of an instance declaration: an instance, a map of occurrences, or `none`.
    pub(crate) fn instantiate(
        &mut self,
        parent: InstanceId,
        member: &'a Member,
        decl: &'a hir::Instance,
    ) -> Value {
        let mut frame = self.frame(parent);
        let Some(clause) = &decl.each else {
            if let Some(condition) = decl.condition {
                match self.eval(&mut frame, condition) {
                    Value::Bool(true) => {}
                    Value::Bool(false) => return Value::None,
                    _ => return Value::Missing,
                }
            }
            return self.declare(parent, member, decl, None, Vec::new());
        };
        let Some(rounds) = self.elements(&mut frame, clause) else { return Value::Missing };
        let mut map = Map::default();
        let mark = frame.locals.len();
        for round in rounds {
            frame.locals.extend(round.locals.iter().cloned());
            let wanted = self.conditions(&mut frame, clause)
                && decl.condition.is_none_or(|c| self.eval(&mut frame, c) == Value::Bool(true));
            frame.locals.truncate(mark);
            let Some(key) = self.key_of(&round.key).filter(|_| wanted) else { continue };
            if map.contains_key(&key) {
                let span = frame.body.expr(clause.over).span;
                self.duplicate(&key, span, member.span);
                continue;
            }
            let instance = self.declare(parent, member, decl, Some(&key), round.locals);
            map.insert(key, instance);
        }
        Value::Map(Arc::new(map))
    }

    /// Reports a key that comes twice.
    pub(crate) fn duplicate(&mut self, key: &Name, span: Span, declared: Span) {
        self.report(
            Diagnostic::error(codes::DUPLICATE_KEY, span, format!("the key `{key}` comes twice"))
                .label("each key makes one of these")
                .because(declared, "for this declaration")
                .help("make the keys differ, or filter with `if`"),
        );
    }

    fn declare(
        &mut self,
        parent: InstanceId,
        member: &'a Member,
        decl: &'a hir::Instance,
        key: Option<&Name>,
        locals: Vec<(LocalId, Value)>,
    ) -> Value {
        let Some(mut child) = self.child(parent, decl.component, &member.name, key, member.span) else {
            return Value::Missing;
        };
        child.decl = Some(decl);
        child.locals_turn = self.turns().only_if(!locals.is_empty());
        child.locals = locals;
        let moved = decl.moved_from.as_ref();
        if let Some(old) = moved.and_then(hir::Moved::name) {
            let of = self.instance(parent).map(|p| p.prefix.clone()).unwrap_or_default();
            let key = key.map(|k| ids::segment(k)).unwrap_or_default();
            child.prefix = Name::from(format!("{of}{}{key}", ids::segment(old)));
        }
        child.stood = self.stood(parent, moved, &child);
        // Zone loss is proven for environments so far, so an instance has nothing that it could be let off.
        for waiver in decl.waivers.iter().filter(|w| w.what == "availability") {
            self.unused_waiver(waiver, "no check looks at a single instance");
        }
        Value::Instance(self.add_instance(child))
    }

    /// The path that an instance had before it, or what it stands in, got another name.
    pub(crate) fn moved_path(&self, id: InstanceId) -> Option<Name> {
        if let Some(stood) = self.instance(id).and_then(|i| i.stood.as_ref()) {
            return Some(stood.path.clone());
        }
        let mut parts: Vec<&str> = Vec::new();
        let mut moved = false;
        let mut at = Some(id);
        while let Some(instance) = at.and_then(|i| self.instance(i)) {
            let old = instance.decl.and_then(|d| d.moved_from.as_ref());
            moved |= old.is_some();
            parts.extend(instance.key.as_deref());
            parts.push(old.map_or(instance.name.as_str(), |m| m.from.as_str()));
            at = instance.parent;
        }
        parts.reverse();
        moved.then(|| Name::from(parts.join(".")))
    }

    /// `platform`: the solution's own where it declares one, else the implicit one.
    pub(crate) fn platform(&mut self, instance: Option<InstanceId>) -> Value {
        let Some(root) = instance.and_then(|i| self.instance(i)).map(|i| i.root) else {
            return Value::Missing;
        };
        if let Some(platform) = self.platforms.get(&root) {
            return Value::Instance(*platform);
        }
        let Some(component) = self.project.platform else { return Value::Missing };
        let Some(solution) = self.instance(root).map(|i| i.component) else { return Value::Missing };
        let declared = solution.members.iter().find(
            |m| matches!(&m.kind, MemberKind::Instance(i) if i.component == component && i.each.is_none()),
        );
        if let Some(id) = declared.and_then(|m| solution.names.get(&m.name).copied()) {
            return self.member(root, id);
        }
        let name = Name::new_static("platform");
        let Some(child) = self.child(root, component, &name, None, solution.span) else {
            return Value::Missing;
        };
        let id = self.add_instance(child);
        self.platforms.insert(root, id);
        Value::Instance(id)
    }

    /// `internet`: one for each solution.
    pub(crate) fn internet(&mut self) -> Value {
        if let Some(id) = self.internet {
            return Value::Instance(id);
        }
        let Some(component) = self.project.internet else { return Value::Missing };
        let span = self.project.components.get(component.index()).map(|c| c.span).unwrap_or_default();
        let Some(instance) = self.new_instance(component, &Name::new_static("internet"), span) else {
            return Value::Missing;
        };
        let id = self.add_instance(instance);
        self.internet = Some(id);
        Value::Instance(id)
    }
}

/// Whether a module is of the standard library.
pub(crate) fn is_library(module: &str) -> bool {
    module == "std" || module.starts_with("std.")
}
