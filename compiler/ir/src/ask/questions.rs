//! Questions, answered from the deployment.
//!
//! Invariant: a value that is known only when deploying is handed on as such, and whoever decides by it is told.

use super::Asking;
use crate::evaluate::value::{Map, Value};
use crate::evaluate::{Evaluation, Frame};
use crate::facts::reach::{self, Way};
use crate::facts::survival::{Loss, Losses};
use crate::facts::{Index, Subject, access};
use crate::model::{self, InstanceId, ResourceId};
use solc_check::hir::{Component, ComponentId, ExprId, Fact, PartKind, Question, Ty, View};
use solc_source::{Diagnostic, Name, Span};
use std::sync::Arc;

impl<'a> Evaluation<'a> {
    /// Answers a question of a claim.
    pub(crate) fn ask(
        &mut self,
        frame: &mut Frame<'a>,
        question: &'a Question,
        args: &'a [ExprId],
        span: Span,
    ) -> Value {
        let values: Vec<Value> = args.iter().map(|a| self.eval(frame, *a)).collect();
        if values.contains(&Value::Missing) {
            return Value::Missing;
        }
        if values.first() == Some(&Value::None) {
            return Value::None;
        }
        // Who reads properties one by one reads them of the resource itself.
        let typed =
            args.first().is_some_and(|a| matches!(frame.body.ty(*a), Ty::View(View::Resource(Some(_)))));
        match (question, values.as_slice()) {
            (Question::Internet, _) => Value::Outside,
            (Question::Components(of), _) => self.components(*of),
            (Question::Component, [Value::Text(path)]) => self.component_at(path, span),
            (Question::Reachable, [from, to]) => match self.way(from, to) {
                Some(Way::Open(_)) => Value::Bool(true),
                Some(Way::Closed) => Value::Bool(false),
                Some(Way::NoNetwork(subject)) => {
                    let shown = self.asking.as_ref().map(|a| a.index.subject(subject)).unwrap_or_default();
                    self.undecided(
                        span,
                        format!("`{shown}` is on no network: who may use it is asked with `access`"),
                    );
                    Value::Missing
                }
                None => Value::Missing,
            },
            (Question::SurvivesZoneLoss, [of]) => match subject(of) {
                Some(subject) => Value::Bool(self.loss(subject).is_none()),
                None => Value::Missing,
            },
            (Question::Access, [from, to]) => {
                let permissions = self.permissions(from, to);
                Value::list(permissions.into_iter().map(|p| Value::Text(p.verb)))
            }
            (Question::Fact(Fact::Account), _) => match self.block {
                Some(environment) => self.block_field(environment, "account"),
                None => Value::Missing,
            },
            (Question::Fact(Fact::Properties), [Value::Resource(id)]) if typed => Value::Resource(*id),
            (question, _) => {
                let Some(asking) = &self.asking else { return Value::Missing };
                let answer = answer(asking, question, values.first());
                if let Value::List(items) = &answer {
                    self.spend(items.len());
                }
                answer
            }
        }
    }

    /// The instances of a component, or of all; neither solutions nor what stands for everything outside.
    fn components(&self, of: Option<ComponentId>) -> Value {
        let Some(asking) = &self.asking else { return Value::Missing };
        let wanted = of.and_then(|id| self.project.components.get(id.index())).map(full_name);
        Value::list(instances(&asking.index, |i| match &wanted {
            Some(wanted) => i.component == *wanted,
            None => i.parent.is_some(),
        }))
    }

    fn component_at(&mut self, path: &Name, span: Span) -> Value {
        let Some(asking) = &self.asking else { return Value::Missing };
        let instances = &asking.index.deployment.instances;
        if let Some(found) = instances.iter().position(|i| i.path == *path) {
            return Value::Instance(InstanceId(u32::try_from(found).unwrap_or(u32::MAX)));
        }
        let near = solc_source::suggest::nearest(path, instances.iter().map(|i| i.path.as_str()));
        let mut diagnostic = Diagnostic::error(
            crate::codes::UNKNOWN_PATH,
            span,
            format!("no component has the path `{path}`"),
        )
        .label("not found in this environment");
        diagnostic = match near {
            Some(near) => diagnostic.help(format!("write `{near}`")),
            None => diagnostic.help("write the path as `solution.component`"),
        };
        self.report(diagnostic);
        Value::Missing
    }

    /// The way between two values of a claim.
    pub(crate) fn way(&mut self, from: &Value, to: &Value) -> Option<Way> {
        let (from, to) = (subject(from)?, subject(to)?);
        let asking = self.asking.as_ref()?;
        let effort = asking.index.deployment.flows.len() + asking.index.deployment.resources.len();
        let way = reach::way(&asking.index, from, to);
        self.spend(effort);
        Some(way)
    }

    /// What one may do to the other.
    pub(crate) fn permissions(&mut self, from: &Value, to: &Value) -> Vec<access::Permission> {
        let (Some(from), Some(to)) = (subject(from), subject(to)) else { return Vec::new() };
        let Some(asking) = &self.asking else { return Vec::new() };
        let effort = asking.index.deployment.statements.len() + asking.index.deployment.flows.len();
        let permissions = access::permissions(&asking.index, from, to);
        self.spend(effort);
        permissions
    }

    /// The loss that a subject does not survive.
    pub(crate) fn loss(&mut self, subject: Subject) -> Option<Loss> {
        let asking = self.asking.as_mut()?;
        let (effort, losses) = match asking.losses.take() {
            Some(known) => (1, known),
            None => {
                let deployment = asking.index.deployment;
                let effort = deployment.resources.len() * deployment.environment.zones.len();
                (effort, Losses::new(&asking.index))
            }
        };
        let loss = losses.of(&asking.index, subject);
        asking.losses = Some(losses);
        self.spend(effort);
        loss
    }

    /// Notes that something could not be decided; the first counts.
    pub(crate) fn undecided(&mut self, span: Span, why: impl Into<String>) {
        if let Some(asking) = &mut self.asking
            && asking.undecided.is_none()
        {
            asking.undecided = Some((span, why.into()));
        }
    }

    /// Notes that a claim decides by a value, where that is known only when deploying.
    pub(crate) fn decides_by(&mut self, value: &Value, span: Span) {
        if self.asking.is_some() && is_deferred(value) {
            self.undecided(span, "this is known only when deploying");
        }
    }
}

/// Whether any part of a value is known only when deploying.
pub(crate) fn is_deferred(value: &Value) -> bool {
    match value {
        Value::Deferred(_) => true,
        Value::List(items) => items.iter().any(is_deferred),
        Value::Map(map) | Value::ZoneMap(map) | Value::Union(_, _, Some(map)) => {
            map.values().any(is_deferred)
        }
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
        | Value::Union(_, _, None)
        | Value::Instance(_)
        | Value::Resource(_)
        | Value::Grant(_)
        | Value::Service(_)
        | Value::Block(_)
        | Value::Team(_)
        | Value::Outside => false,
    }
}

/// What a value of a claim is about.
pub(crate) fn subject(value: &Value) -> Option<Subject> {
    match value {
        Value::Instance(id) => Some(Subject::Instance(*id)),
        Value::Resource(id) => Some(Subject::Resource(*id)),
        Value::Outside => Some(Subject::Internet),
        _ => None,
    }
}

fn answer(asking: &Asking<'_>, question: &Question, of: Option<&Value>) -> Value {
    let index = &asking.index;
    match (question, of) {
        (Question::Solution(name), _) => {
            instances(index, |i| i.parent.is_none() && i.path == *name).next().unwrap_or(Value::Missing)
        }
        (Question::Resources(ty), _) => Value::list(
            index
                .deployment
                .resources
                .iter()
                .enumerate()
                .filter(|(_, r)| ty.is_none_or(|t| t.0.name == r.ty.name))
                .map(|(i, _)| resource(i)),
        ),
        (Question::Part { name, kind }, Some(Value::Instance(id))) => part(index, *id, name, *kind),
        (Question::Part { .. }, _) => Value::Missing,
        (Question::Fact(fact), Some(Value::Instance(id))) => fact_of_instance(index, *id, *fact),
        (Question::Fact(fact), Some(Value::Resource(id))) => fact_of_resource(index, *id, *fact),
        (Question::Fact(_), _) => Value::Missing,
        (Question::Property(name), Some(Value::Resource(id))) => {
            index.resource(*id).map_or(Value::Missing, |r| r.property(name).map_or(Value::None, value))
        }
        (Question::Property(name), Some(Value::Map(map))) => map.get(name).cloned().unwrap_or(Value::None),
        (
            Question::Property(_)
            | Question::Components(_)
            | Question::Internet
            | Question::Component
            | Question::Access
            | Question::Reachable
            | Question::SurvivesZoneLoss,
            _,
        ) => Value::Missing,
    }
}

/// How the deployment names a component: `std.data.Bucket`.
fn full_name(component: &Component) -> Name {
    if component.module.is_empty() {
        component.name.clone()
    } else {
        Name::from(format!("{}.{}", component.module, component.name))
    }
}

fn instances<'i>(
    index: &'i Index<'_>,
    wanted: impl Fn(&model::Instance) -> bool + 'i,
) -> impl Iterator<Item = Value> + 'i {
    let all = index.deployment.instances.iter().enumerate().filter(move |(_, i)| wanted(i));
    all.map(|(i, _)| Value::Instance(InstanceId(u32::try_from(i).unwrap_or(u32::MAX))))
}

fn resource(index: usize) -> Value {
    Value::Resource(ResourceId(u32::try_from(index).unwrap_or(u32::MAX)))
}

/// What a component declares under a name.
fn part(index: &Index<'_>, of: InstanceId, name: &str, kind: PartKind) -> Value {
    let path = index.path(of);
    let one = format!("{path}.{name}");
    match kind {
        PartKind::Instance => index
            .children(of)
            .iter()
            .find(|c| index.path(**c) == one)
            .map_or(Value::None, |c| Value::Instance(*c)),
        PartKind::Occurrences => {
            let prefix = format!("{one}.");
            let found = index.children(of).iter().filter_map(|c| {
                let key = index.path(*c).strip_prefix(prefix.as_str())?;
                Some((Name::from(key), Value::Instance(*c)))
            });
            Value::map(found)
        }
        PartKind::Resource => {
            named(index, of, name).next().map_or(Value::None, |(id, _)| Value::Resource(id))
        }
        PartKind::ZonedResource => {
            let found = named(index, of, name).filter_map(|(id, r)| {
                let letter = r.zone.as_ref()?.chars().last()?;
                Some((Name::from(letter.to_string()), Value::Resource(id)))
            });
            Value::ZoneMap(Arc::new(found.collect::<Map>()))
        }
    }
}

fn named<'i>(
    index: &'i Index<'_>,
    of: InstanceId,
    name: &'i str,
) -> impl Iterator<Item = (ResourceId, &'i model::Resource)> {
    let own = index.own_resources(of).iter();
    own.filter_map(move |id| Some((*id, index.resource(*id).filter(|r| r.name == name)?)))
}

fn fact_of_instance(index: &Index<'_>, id: InstanceId, fact: Fact) -> Value {
    let Some(instance) = index.deployment.instances.get(id.index()) else { return Value::Missing };
    match fact {
        Fact::Name => Value::text(instance.path.rsplit('.').next().unwrap_or_default()),
        Fact::Path => Value::Text(instance.path.clone()),
        Fact::Type => Value::Text(instance.component.clone()),
        Fact::Solution => Value::Text(instance.solution.clone()),
        Fact::Layer => Value::text(instance.layer.word()),
        Fact::Stateful => Value::Bool(instance.stateful),
        Fact::Region => Value::Text(index.deployment.environment.region.clone()),
        Fact::Resources => Value::list(index.resources(id).into_iter().map(Value::Resource)),
        Fact::Components => Value::list(index.inside(id).into_iter().map(Value::Instance)),
        Fact::Account | Fact::Zone | Fact::LogicalId | Fact::Stack | Fact::Component | Fact::Properties => {
            Value::Missing
        }
    }
}

fn fact_of_resource(index: &Index<'_>, id: ResourceId, fact: Fact) -> Value {
    let Some(resource) = index.resource(id) else { return Value::Missing };
    let instance = index.deployment.instances.get(resource.instance.index());
    match fact {
        Fact::Name => Value::Text(resource.name.clone()),
        Fact::Type => Value::Text(resource.ty.name.clone()),
        Fact::LogicalId => Value::Text(resource.logical_id.clone()),
        Fact::Component => Value::Instance(resource.instance),
        Fact::Solution => instance.map_or(Value::Missing, |i| Value::Text(i.solution.clone())),
        Fact::Layer => instance.map_or(Value::Missing, |i| Value::text(i.layer.word())),
        Fact::Stateful => Value::Bool(resource.ty.stateful),
        Fact::Region => Value::Text(index.deployment.environment.region.clone()),
        Fact::Zone => index.zone(id).map_or(Value::None, Value::Text),
        Fact::Stack => resource
            .stack
            .and_then(|s| index.deployment.stacks.get(s.index()))
            .map_or(Value::None, |s| Value::Text(s.name.clone())),
        Fact::Properties => Value::map(resource.properties.iter().map(|(name, v)| (name.clone(), value(v)))),
        Fact::Account | Fact::Path | Fact::Resources | Fact::Components => Value::Missing,
    }
}

/// A value of a template, as a claim reads it.
fn value(of: &model::Value) -> Value {
    match of {
        model::Value::Bool(b) => Value::Bool(*b),
        model::Value::Int(n) => Value::Int(*n),
        model::Value::Number(n) => Value::Number(*n),
        model::Value::String(text) => Value::Text(text.clone()),
        model::Value::List(items) => Value::list(items.iter().map(value)),
        model::Value::Object(entries) => Value::map(entries.iter().map(|(k, v)| (k.clone(), value(v)))),
        model::Value::Ref(_) | model::Value::Attribute(..) | model::Value::Join(_) => {
            Value::Deferred(of.clone())
        }
    }
}
