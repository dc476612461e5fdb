//! A lazy, memoised interpreter over HIR bodies, for one environment.
//!
//! A member of an instance is worked out when something first needs it; what needs itself is `value-cycle`.
//! Properties of resources are worked out last, because nothing evaluates through them: a reference to a
//! resource is a deferred value. So links may be cyclic, and values may not.
//!
//! Invariant: every program ends (step budget, depth limit), and evaluation depends on source and inputs alone.

pub(crate) mod blocks;
pub(crate) mod builtins;
pub(crate) mod cidr;
pub(crate) mod collections;
pub(crate) mod conform;
pub(crate) mod data;
pub(crate) mod expr;
pub(crate) mod grants;
pub(crate) mod images;
pub(crate) mod instances;
pub(crate) mod json;
pub(crate) mod members;
pub(crate) mod ops;
pub(crate) mod parameters;
pub(crate) mod profiles;
pub(crate) mod properties;
pub(crate) mod reads;
pub(crate) mod resources;
pub(crate) mod secrets;
pub(crate) mod settings;
pub(crate) mod size;
pub(crate) mod text;
pub(crate) mod tree;
pub(crate) mod turning;
pub(crate) mod value;

use crate::arena::Arena;
use crate::inputs::Inputs;
use crate::model::{self, InstanceId, ResourceId};
use profiles::Setter;
use rustc_hash::FxHashMap;
use solc_check::hir::{
    self, AliasId, BlockId, Body, BodyId, ComponentId, GlobalId, LocalId, MemberId, Project, RecordId,
};
use solc_schema::ResourceType;
use solc_source::{Code, Diagnostic, Name, Span};
use std::collections::BTreeMap;
use std::sync::Arc;
use turning::Turns;
use value::Value;

/// Every so many steps it is noted what they are for.
const SAMPLE: u64 = 1024;
/// How deeply values may wait for each other; the stack of `lower` holds this many levels with room to spare.
const MAX_DEPTH: u32 = 4_000;

/// A value that is worked out once.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot {
    /// Nobody asked yet.
    #[default]
    Todo,
    /// Being worked out.
    Doing,
    /// Known, and whether availability had a part in it.
    Done(Value, Turns),
}

/// What is being worked out, for messages about cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Doing {
    /// A member of an instance.
    Member(InstanceId, MemberId),
    /// A field of a block.
    Field(BlockId, usize),
    /// A top-level `let`.
    Global(GlobalId),
    /// What is not a value: a resource's properties, or a statement, of an instance.
    Part(InstanceId),
    /// A link, where it is written.
    Link(Span),
}

/// Where an expression is evaluated.
pub(crate) struct Frame<'a> {
    /// The body its ids are of.
    pub(crate) body: &'a Body,
    /// The instance whose members it may name.
    pub(crate) instance: Option<InstanceId>,
    /// Slots that are bound; the last binding of a slot counts.
    pub(crate) locals: Vec<(LocalId, Value)>,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(body: &'a Body, instance: Option<InstanceId>) -> Self {
        Self { body, instance, locals: Vec::new() }
    }

    pub(crate) fn local(&self, id: LocalId) -> Value {
        self.locals.iter().rev().find(|(l, _)| *l == id).map_or(Value::Missing, |(_, v)| v.clone())
    }
}

/// An instance while lowering.
pub(crate) struct Instance<'a> {
    pub(crate) path: Name,
    /// What the logical ids of its resources begin with.
    pub(crate) prefix: Name,
    /// Where it stood before, if it or what it stands in was moved from a path.
    pub(crate) stood: Option<Stood>,
    /// The name in its parent, without the key.
    pub(crate) name: Name,
    /// Its key among the occurrences.
    pub(crate) key: Option<Name>,
    pub(crate) id: ComponentId,
    pub(crate) component: &'a hir::Component,
    pub(crate) parent: Option<InstanceId>,
    /// The instance of the solution it belongs to; itself for that one.
    pub(crate) root: InstanceId,
    pub(crate) decl: Option<&'a hir::Instance>,
    /// What the occurrence's clause binds, in the parent's body, and whether availability had a part in it.
    pub(crate) locals: Vec<(LocalId, Value)>,
    pub(crate) locals_turn: Turns,
    /// The name's place.
    pub(crate) span: Span,
    pub(crate) members: Vec<Slot>,
    pub(crate) parameters: Vec<model::Parameter>,
    /// In the order in which they were made; sorted by declaration when visited.
    pub(crate) children: Vec<InstanceId>,
    pub(crate) links: LinkSlot,
    /// Its own resources.
    pub(crate) resources: Vec<ResourceId>,
    /// Whether it is the platform of its solution, or inside it.
    pub(crate) platform: bool,
}

/// Where an instance stood before it was moved.
#[derive(Clone)]
pub(crate) struct Stood {
    /// Its path.
    pub(crate) path: Name,
    /// What the logical ids of its resources began with.
    pub(crate) prefix: Name,
    /// Where that is written.
    pub(crate) span: Span,
}

/// The links of an instance, worked out once.
#[derive(Clone, Default)]
pub(crate) enum LinkSlot {
    #[default]
    Todo,
    Doing,
    Done(Arc<[grants::EvaluatedLink]>, Turns),
}

/// Where a resource comes from.
#[derive(Clone)]
pub(crate) enum Source<'a> {
    /// A declaration, with what its expansion binds, and whether availability had a part in that.
    Declared(&'a hir::Resource, Vec<(LocalId, Value)>, Turns),
    /// The compiler: roles, policies, rules.
    Derived,
}

/// A resource while lowering.
pub(crate) struct Resource<'a> {
    pub(crate) logical_id: Name,
    /// Where it stood before, if it was itself moved from a path; `prefix` is its whole logical id.
    pub(crate) stood: Option<Stood>,
    pub(crate) ty: &'static ResourceType,
    pub(crate) instance: InstanceId,
    pub(crate) name: Name,
    pub(crate) zone: Option<Name>,
    pub(crate) source: Source<'a>,
    pub(crate) properties: Vec<(Name, model::Value)>,
    pub(crate) depends_on: Vec<ResourceId>,
    /// A resource with which this one lives and dies, beyond what it refers to.
    pub(crate) attached: Vec<ResourceId>,
    /// The layer, where it is not the instance's.
    pub(crate) layer: Option<hir::Layer>,
    pub(crate) span: Span,
    pub(crate) property_spans: Arc<[(Name, Span)]>,
}

/// Where the properties of a declaration are written.
pub(crate) type PropertySpans = Arc<[(Name, Span)]>;

/// Everything that lowering one environment knows.
pub(crate) struct Evaluation<'a> {
    pub(crate) project: &'a Project,
    pub(crate) inputs: &'a Inputs,
    /// The environment; a block without one where blocks alone are checked.
    pub(crate) block: Option<BlockId>,
    pub(crate) environment: model::Environment,
    /// Zones of the account as values, and how many of them are active.
    pub(crate) zones: Vec<(Name, Value)>,
    pub(crate) active_zones: usize,
    /// Whether missing inputs are errors.
    pub(crate) strict: bool,
    /// Whether credentials and images are checked.
    pub(crate) with_infrastructure: bool,
    pub(crate) instances: Arena<InstanceId, Instance<'a>>,
    pub(crate) resources: Arena<ResourceId, Resource<'a>>,
    /// What their properties refer to, once these are final; see [`crate::order`].
    pub(crate) references: crate::order::References,
    pub(crate) links: Arena<model::LinkId, model::Link>,
    pub(crate) statements: Vec<model::Statement>,
    pub(crate) flows: Vec<model::Flow>,
    pub(crate) outputs: Vec<model::Output>,
    pub(crate) images: BTreeMap<Name, model::Image>,
    pub(crate) waivers: Vec<model::Waiver>,
    /// Facts that were read, by name and key, and whether one reader has no other way.
    pub(crate) read_facts: BTreeMap<(Name, Name), bool>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Those that do not depend on the environment.
    pub(crate) general: Vec<Diagnostic>,
    /// Fields that blocks set, by component: from general to specific.
    pub(crate) profiles: FxHashMap<ComponentId, Vec<Setter<'a>>>,
    /// Tags and settings that blocks set, from general to specific.
    pub(crate) tag_profiles: Vec<Setter<'a>>,
    pub(crate) setting_profiles: Vec<Setter<'a>>,
    pub(crate) documents: settings::Documents<'a>,
    pub(crate) known_settings: FxHashMap<InstanceId, (Value, Turns)>,
    pub(crate) known_secrets: FxHashMap<InstanceId, (Value, Turns)>,
    pub(crate) record_names: FxHashMap<Name, RecordId>,
    pub(crate) spans: FxHashMap<(ComponentId, MemberId), PropertySpans>,
    /// Roles whose platform statements are still to be lowered.
    pub(crate) roles: Vec<crate::roles::Role<'a>>,
    /// What opens a resource to its users: the policies of a role, the policy of a bucket that permits something.
    pub(crate) opening: Vec<(ResourceId, ResourceId)>,
    pub(crate) places: FxHashMap<InstanceId, (crate::flows::Place, Turns)>,
    pub(crate) known_rules: rustc_hash::FxHashSet<(model::Peer, model::Peer, Name, (u16, u16))>,
    block_fields: FxHashMap<(BlockId, usize), Slot>,
    globals: FxHashMap<GlobalId, Slot>,
    platforms: FxHashMap<InstanceId, InstanceId>,
    internet: Option<InstanceId>,
    regexes: FxHashMap<AliasId, Option<regex_lite::Regex>>,
    /// Texts that matched: most are said again and again.
    matched: rustc_hash::FxHashSet<(AliasId, Name)>,
    /// Files of the project and its data, as far as they declare anything.
    project_files: rustc_hash::FxHashSet<solc_source::FileId>,
    /// Paths that data files may be about, of all solutions so far.
    pub(crate) known_paths: rustc_hash::FxHashSet<Name>,
    /// Logical ids of all solutions so far.
    pub(crate) known_ids: FxHashMap<Name, crate::lower::Named>,
    /// The logical ids that something had before it was moved, by those.
    pub(crate) moved_ids: BTreeMap<Name, Vec<crate::moves::Claim>>,
    /// What tests and policies ask of; none while an environment is lowered.
    pub(crate) asking: Option<Box<crate::ask::Asking<'a>>>,
    /// Whether what is being worked out has read availability so far.
    turns: Turns,
    /// Whether something of the solution at hand may be replaced when availability is raised.
    pub(crate) may_replace: bool,
    doing: Vec<Doing>,
    steps: u64,
    /// What was being worked out at every [`SAMPLE`]th step.
    samples: FxHashMap<Doing, u64>,
    depth: u32,
    exhausted: bool,
}

impl<'a> Evaluation<'a> {
    /// Nothing evaluated yet.
    pub(crate) fn new(project: &'a Project, inputs: &'a Inputs, block: Option<BlockId>) -> Self {
        let record_names = project
            .records
            .iter()
            .enumerate()
            .filter(|(_, r)| !r.name.is_empty())
            .map(|(i, r)| (r.name.clone(), RecordId(u32::try_from(i).unwrap_or(u32::MAX))))
            .collect();
        Self {
            project,
            inputs,
            block,
            environment: model::Environment::default(),
            zones: Vec::new(),
            active_zones: 0,
            strict: inputs.strict,
            with_infrastructure: false,
            instances: Arena::default(),
            resources: Arena::default(),
            references: crate::order::References::default(),
            links: Arena::default(),
            statements: Vec::new(),
            flows: Vec::new(),
            outputs: Vec::new(),
            images: BTreeMap::new(),
            waivers: Vec::new(),
            read_facts: BTreeMap::new(),
            diagnostics: Vec::new(),
            general: Vec::new(),
            profiles: FxHashMap::default(),
            tag_profiles: Vec::new(),
            setting_profiles: Vec::new(),
            documents: settings::Documents::default(),
            known_settings: FxHashMap::default(),
            known_secrets: FxHashMap::default(),
            record_names,
            spans: FxHashMap::default(),
            roles: Vec::new(),
            opening: Vec::new(),
            places: FxHashMap::default(),
            known_rules: rustc_hash::FxHashSet::default(),
            block_fields: FxHashMap::default(),
            globals: FxHashMap::default(),
            platforms: FxHashMap::default(),
            internet: None,
            regexes: FxHashMap::default(),
            matched: rustc_hash::FxHashSet::default(),
            project_files: project_files(project, inputs),
            known_paths: rustc_hash::FxHashSet::default(),
            known_ids: FxHashMap::default(),
            moved_ids: BTreeMap::new(),
            asking: None,
            turns: Turns::default(),
            may_replace: false,
            doing: Vec::new(),
            steps: 0,
            samples: FxHashMap::default(),
            depth: 0,
            exhausted: false,
        }
    }

    /// Forgets what is of the solution at hand, and keeps what is of the environment.
    pub(crate) fn forget(&mut self) {
        self.instances.clear();
        self.resources.clear();
        self.references.clear();
        self.links.clear();
        self.statements.clear();
        self.flows.clear();
        self.outputs.clear();
        self.known_settings.clear();
        self.known_secrets.clear();
        self.roles.clear();
        self.opening.clear();
        self.places.clear();
        self.known_rules.clear();
        self.platforms.clear();
        self.internet = None;
        self.turns = Turns::default();
        self.may_replace = false;
        self.steps = 0;
        self.samples.clear();
        self.exhausted = false;
        let stays = |slot: &Slot| matches!(slot, Slot::Done(value, _) if !value.is_of_a_solution());
        self.block_fields.retain(|_, slot| stays(slot));
        self.globals.retain(|_, slot| stays(slot));
    }

    /// How many errors were found so far.
    pub(crate) fn errors(&self) -> usize {
        self.diagnostics.iter().chain(&self.general).filter(|d| d.is_error()).count()
    }

    /// A body of the project.
    pub(crate) fn body(&self, id: BodyId) -> &'a Body {
        static EMPTY: Body = Body { exprs: Vec::new(), types: Vec::new(), locals: 0 };
        self.project.bodies.get(id.index()).unwrap_or(&EMPTY)
    }

    pub(crate) fn instance(&self, id: InstanceId) -> Option<&Instance<'a>> {
        self.instances.get(id)
    }

    pub(crate) fn instance_mut(&mut self, id: InstanceId) -> Option<&mut Instance<'a>> {
        self.instances.get_mut(id)
    }

    pub(crate) fn resource(&self, id: ResourceId) -> Option<&Resource<'a>> {
        self.resources.get(id)
    }

    /// The path of an instance, for messages.
    pub(crate) fn path(&self, id: InstanceId) -> Name {
        self.instance(id).map(|i| i.path.clone()).unwrap_or_default()
    }

    /// Files a diagnostic. What a value of the project makes go wrong inside the library is the project's: its
    /// place is the instance or link that led there, and the library's line the second one.
    pub(crate) fn report(&mut self, mut diagnostic: Diagnostic) {
        if !self.project_files.contains(&diagnostic.span().file)
            && let Some(anchor) = self.anchor()
        {
            for label in &mut diagnostic.labels {
                label.primary = false;
            }
            let label =
                solc_source::Label { span: anchor, message: "comes from here".to_owned(), primary: true };
            diagnostic.labels.insert(0, label);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether a file is the project's or its data's, rather than the library's.
    pub(crate) fn is_ours(&self, file: solc_source::FileId) -> bool {
        self.project_files.contains(&file)
    }

    /// Whether evaluation was given up, which was reported.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Counts work that is no expression's.
    pub(crate) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_add(steps as u64);
    }

    /// The place in the project that led to what is being worked out.
    fn anchor(&self) -> Option<Span> {
        self.doing.iter().rev().find_map(|doing| match doing {
            Doing::Link(span) => Some(*span).filter(|s| self.project_files.contains(&s.file)),
            Doing::Member(id, _) | Doing::Part(id) => {
                let mut at = Some(*id);
                while let Some(instance) = at.and_then(|i| self.instance(i)) {
                    if self.project_files.contains(&instance.span.file) {
                        return Some(instance.span);
                    }
                    at = instance.parent;
                }
                None
            }
            Doing::Field(..) | Doing::Global(_) => None,
        })
    }

    /// Does some work on behalf of an instance or link.
    pub(crate) fn during<T>(&mut self, doing: Doing, work: impl FnOnce(&mut Self) -> T) -> T {
        self.doing.push(doing);
        let result = work(self);
        self.doing.pop();
        result
    }

    /// An error, and the value that silences what follows from it.
    pub(crate) fn fail(&mut self, code: Code, span: Span, message: impl Into<String>) -> Value {
        self.report(Diagnostic::error(code, span, message));
        Value::Missing
    }
}

/// The files of blocks, solutions and components outside the library, and of data.
fn project_files(project: &Project, inputs: &Inputs) -> rustc_hash::FxHashSet<solc_source::FileId> {
    let components =
        project.components.iter().filter(|c| !instances::is_library(&c.module)).map(|c| c.span.file);
    let documents = &inputs.documents;
    let data = documents.settings.iter().chain(&documents.credentials).chain(&documents.images);
    let machine = documents.facts.values().chain(documents.stacks.values());
    components
        .chain(project.blocks.iter().map(|b| b.span.file))
        .chain(data.map(|d| d.node.span.file))
        .chain(machine.map(|n| n.span.file))
        .collect()
}
