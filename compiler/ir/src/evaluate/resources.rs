//! Resources: how often each stands, and its properties.
//!
//! ```sol
//! resource subnet per zone: AWS.EC2.Subnet { AvailabilityZone = zone.name … }   // ShopNetworkSubnetA, …B, …C
//! resource nat per active zone: AWS.EC2.NatGateway { … }                        // one under single_az
//! ```
//! Invariant: that a resource exists is known before any property is; so references between resources never
//! make evaluation go in circles.

use super::turning::Turns;
use super::value::{Map, Value};
use super::{Doing, Evaluation, Resource, Source};
use crate::availability::may_replace;
use crate::ids;
use crate::model::{self, InstanceId, ResourceId};
use crate::moves;
use crate::rules::Rules;
use solc_check::hir::{self, Element, Expansion, ExprKind, LocalId, Member, MemberId, Ty};
use solc_schema::ResourceType;
use solc_source::{Name, Span};
use std::sync::Arc;

impl<'a> Evaluation<'a> {
    /// The value of a resource declaration: a resource, a map of them, or `none`.
    pub(crate) fn expand(
        &mut self,
        instance: InstanceId,
        id: MemberId,
        member: &'a Member,
        resource: &'a hir::Resource,
    ) -> Value {
        let mut frame = self.frame(instance);
        // Where the whole may be `none`, the condition stands once; else it filters zones and elements.
        let once = matches!(member.ty, Ty::Optional(_)) || matches!(resource.expansion, Expansion::Once);
        if let (true, Some(condition)) = (once, resource.condition) {
            match self.eval(&mut frame, condition) {
                Value::Bool(true) => {}
                Value::Bool(false) => return Value::None,
                _ => return Value::Missing,
            }
        }
        let filter = resource.condition.filter(|_| !once);
        let spans = self.property_spans(instance, id, resource);
        match &resource.expansion {
            Expansion::Once => {
                self.declare_resource(instance, member, resource, None, None, Vec::new(), &spans)
            }
            Expansion::PerZone(local) | Expansion::PerActiveZone(local) => {
                let active = matches!(resource.expansion, Expansion::PerActiveZone(_));
                let count = if active { self.active_zones } else { self.zones.len() };
                let zones: Vec<(Name, Value)> = self.zones.iter().take(count).cloned().collect();
                let mut map = Map::default();
                for (letter, zone) in zones {
                    let locals: Vec<(LocalId, Value)> = vec![(*local, zone.clone())];
                    frame.locals.clone_from(&locals);
                    if filter.is_some_and(|c| self.eval(&mut frame, c) != Value::Bool(true)) {
                        continue;
                    }
                    let name = Name::from(format!("{}{letter}", self.environment.region));
                    let value = self.declare_resource(
                        instance,
                        member,
                        resource,
                        Some(&letter),
                        Some(name),
                        locals,
                        &spans,
                    );
                    map.insert(letter, value);
                }
                // What a zone has is the same at both levels; only how many there are is not.
                if active {
                    self.read(Turns::ZONES);
                }
                Value::ZoneMap(Arc::new(map))
            }
            Expansion::For(clause) => {
                let Some(rounds) = self.elements(&mut frame, clause) else { return Value::Missing };
                let mut map = Map::default();
                for round in rounds {
                    frame.locals.clone_from(&round.locals);
                    if !self.conditions(&mut frame, clause)
                        || filter.is_some_and(|c| self.eval(&mut frame, c) != Value::Bool(true))
                    {
                        continue;
                    }
                    let Some(key) = self.key_of(&round.key) else { continue };
                    if map.contains_key(&key) {
                        let span = frame.body.expr(clause.over).span;
                        self.duplicate(&key, span, member.span);
                        continue;
                    }
                    let value = self.declare_resource(
                        instance,
                        member,
                        resource,
                        Some(&key),
                        None,
                        round.locals,
                        &spans,
                    );
                    map.insert(key, value);
                }
                Value::Map(Arc::new(map))
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call site for each form of expansion, all in this file"
    )]
    fn declare_resource(
        &mut self,
        instance: InstanceId,
        member: &'a Member,
        resource: &'a hir::Resource,
        key: Option<&Name>,
        zone: Option<Name>,
        locals: Vec<(LocalId, Value)>,
        spans: &Arc<[(Name, Span)]>,
    ) -> Value {
        let turns = self.turns().only_if(matches!(resource.expansion, Expansion::For(_)));
        let prefix = self.instance(instance).map(|i| i.prefix.clone()).unwrap_or_default();
        let moved = resource.moved_from.as_ref();
        let named = moved.and_then(hir::Moved::name).unwrap_or(&member.name);
        let parts = std::iter::once(named.as_str()).chain(key.map(Name::as_str));
        Value::Resource(self.add_resource(Resource {
            logical_id: ids::logical_id(&prefix, parts),
            stood: moved.and_then(|moved| moves::resource(moved, key)),
            ty: resource.ty,
            instance,
            name: member.name.clone(),
            zone,
            source: Source::Declared(resource, locals, turns),
            properties: Vec::new(),
            depends_on: Vec::new(),
            attached: Vec::new(),
            layer: None,
            span: member.span,
            property_spans: Arc::clone(spans),
        }))
    }

    pub(crate) fn add_resource(&mut self, resource: Resource<'a>) -> ResourceId {
        let id = self.resources.next();
        if let Some(instance) = self.instance_mut(resource.instance) {
            instance.resources.push(id);
        }
        self.resources.push(resource);
        id
    }

    /// A resource that the compiler makes; `None` only where the schema lacks its type.
    pub(crate) fn derive(
        &mut self,
        ty: &'static str,
        instance: InstanceId,
        logical_id: Name,
        mut properties: Vec<(Name, model::Value)>,
        span: Span,
    ) -> Option<ResourceId> {
        properties.sort_by(|a, b| a.0.cmp(&b.0));
        let Some(ty) = derived_type(ty) else {
            self.fail(crate::codes::INTERNAL_ERROR, span, format!("the schema has no `{ty}`"));
            return None;
        };
        properties.sort_by(|a, b| a.0.cmp(&b.0));
        let name = logical_id.clone();
        Some(self.add_resource(Resource {
            logical_id,
            stood: None,
            ty,
            instance,
            name,
            zone: None,
            source: Source::Derived,
            properties,
            depends_on: Vec::new(),
            attached: Vec::new(),
            layer: None,
            span,
            property_spans: Arc::from([]),
        }))
    }

    /// Works out the properties of a declared resource, and checks them.
    pub(crate) fn finish_resource(&mut self, id: ResourceId, rules: &mut Rules) {
        let Some(instance) = self.resource(id).map(|r| r.instance) else { return };
        self.during(Doing::Part(instance), |this| this.work_out_properties(id, rules));
    }

    fn work_out_properties(&mut self, id: ResourceId, rules: &mut Rules) {
        let Some(resource) = self.resource(id) else { return };
        let Source::Declared(decl, locals, bound) = resource.source.clone() else { return };
        let (ty, instance, declared) = (resource.ty, resource.instance, resource.span);
        let zone = resource.zone.clone();
        let mut frame = self.frame(instance);
        frame.locals = locals;
        // What stands for a zone that is active at one level only is not there to be replaced.
        let lasts = match &decl.expansion {
            Expansion::PerActiveZone(_) => {
                let letter = zone.as_ref().and_then(|z| z.strip_prefix(self.environment.region.as_str()));
                self.is_first_zone(letter.map(Name::from).as_ref())
            }
            Expansion::Once | Expansion::PerZone(_) | Expansion::For(_) => true,
        };
        let mut entries = Vec::with_capacity(decl.properties.len());
        for property in &decl.properties {
            let (tree, mut turns) = self.tracked(|this| this.tree(&mut frame, property.value));
            turns |= bound;
            self.may_replace |= lasts && turns.holds() && may_replace(ty, &property.name);
            entries.push((property.name.clone(), property.span, tree));
        }
        let tree = super::tree::Tree {
            span: decl.type_span,
            kind: super::tree::Kind::Object(entries),
            known: super::tree::Known::default(),
        };
        // What is compared only was checked at the level that it has.
        let findings =
            if self.inputs.assume_multi_az.is_some() { Vec::new() } else { rules.check(ty, &tree) };
        for finding in findings {
            self.report(finding.diagnostic(ty, declared));
        }
        let mut depends_on = Vec::new();
        for after in &decl.after {
            let value = self.eval(&mut frame, *after);
            resources_in(&value, &mut depends_on);
        }
        depends_on.sort_unstable();
        depends_on.dedup();
        let properties = tree.into_entries();
        if let Some(resource) = self.resources.get_mut(id) {
            resource.properties = properties;
            resource.depends_on = depends_on;
        }
    }

    /// Where each property of a declaration is written, as far as literals go; the same for all its resources.
    fn property_spans(
        &mut self,
        instance: InstanceId,
        id: MemberId,
        decl: &'a hir::Resource,
    ) -> Arc<[(Name, Span)]> {
        let Some((component, key)) = self.instance(instance).map(|i| (i.component, (i.id, id))) else {
            return Arc::from([]);
        };
        if let Some(spans) = self.spans.get(&key) {
            return Arc::clone(spans);
        }
        let body = self.body(component.body);
        let mut spans = Vec::new();
        let mut rest: Vec<(String, Span, hir::ExprId)> =
            decl.properties.iter().map(|p| (p.name.to_string(), p.span, p.value)).collect();
        while let Some((path, span, value)) = rest.pop() {
            if let ExprKind::Record { record: None, elements } | ExprKind::Map(elements) =
                &body.expr(value).kind
            {
                for element in elements {
                    if let Element::Field { name, span, value } = element {
                        rest.push((format!("{path}.{name}"), *span, *value));
                    }
                }
            }
            spans.push((Name::from(path), span));
        }
        spans.sort();
        let spans: Arc<[(Name, Span)]> = spans.into();
        self.spans.insert(key, Arc::clone(&spans));
        spans
    }
}

/// All resources that a value holds.
pub(crate) fn resources_in(value: &Value, out: &mut Vec<ResourceId>) {
    match value {
        Value::Resource(id) => out.push(*id),
        Value::List(items) => items.iter().for_each(|v| resources_in(v, out)),
        Value::Map(map) | Value::ZoneMap(map) => map.values().for_each(|v| resources_in(v, out)),
        Value::Deferred(value) => value.references(&mut |id, _| out.push(id)),
        Value::Missing
        | Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Number(_)
        | Value::Quantity(_)
        | Value::Cidr(..)
        | Value::Range(..)
        | Value::Text(_)
        | Value::Enum(..)
        | Value::Union(..)
        | Value::Outside
        | Value::Instance(_)
        | Value::Grant(_)
        | Value::Service(_)
        | Value::Block(_)
        | Value::Team(_) => {}
    }
}

/// A type of the schema that the compiler itself writes.
pub(crate) fn derived_type(name: &str) -> Option<&'static ResourceType> {
    solc_schema::resource(name)
}
