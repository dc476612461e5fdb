//! Components, solutions and what stands in them.

use super::{
    Access, BodyId, Clause, ComponentId, Connect, ExprId, Grant, InstanceDeclId, LocalId, MemberId,
    Principal, Profile, Ty,
};
use indexmap::IndexMap;
use solc_schema::ResourceType;
use solc_source::{Name, Span};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A `component`.
    Component,
    /// A `solution`: no parameters, no grants; has outputs and profiles.
    Solution,
}

/// Which stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Network, keys.
    Foundation,
    /// What holds data.
    Data,
    /// Compute and routing.
    Application,
}

impl Layer {
    /// The word in source and stack names.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Foundation => "foundation",
            Self::Data => "data",
            Self::Application => "application",
        }
    }
}

/// A component or solution.
#[derive(Debug)]
pub struct Component {
    /// Its name.
    pub name: Name,
    /// Its module: `std.data`, `components`; empty for solutions.
    pub module: Name,
    /// Which of the two.
    pub kind: Kind,
    /// Its name's place.
    pub span: Span,
    /// Its body; every expression below is in it.
    pub body: BodyId,
    /// Its layer; where it says none: application.
    pub layer: Layer,
    /// `stateful`
    pub stateful: bool,
    /// Parameters, lets, resources, instances, attributes, principals, outputs, in order.
    pub members: Vec<Member>,
    /// Members by name.
    pub names: IndexMap<Name, MemberId>,
    /// Grants by verb.
    pub grants: IndexMap<Name, Grant>,
    /// What instances may declare.
    pub accepts: Accepts,
    /// Where its traffic comes from.
    pub network: Option<OnNetwork>,
    /// `ensure`, `deny`, `permit`, `connect` of the component itself.
    pub statements: Vec<Statement>,
    /// Profiles of a solution.
    pub profiles: Vec<Profile>,
}

impl Component {
    /// A member by id.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.get(id.index())
    }

    /// A member by name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<(MemberId, &Member)> {
        let id = *self.names.get(name)?;
        Some((id, self.member(id)?))
    }
}

/// `accepts …`
#[derive(Debug, Clone, Copy, Default)]
pub struct Accepts {
    /// `link`
    pub link: bool,
    /// `setting`
    pub setting: bool,
    /// `secret`
    pub secret: bool,
}

/// `on network sg in network`
#[derive(Debug, Clone)]
pub struct OnNetwork {
    /// A security group resource, possibly optional.
    pub group: ExprId,
    /// The `Network` instance, possibly optional: its attributes `service_groups: {String: deferred String}`
    /// and `has_nat: Bool` resolve `aws("…")` and `internet`.
    pub network: Option<ExprId>,
    /// The statement.
    pub span: Span,
}

/// A named member.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// Its name's place.
    pub span: Span,
    /// Its type as seen from inside (a resource `per zone` is a `ZoneMap`, with `if` an `Optional`, with `for` a `Map`).
    pub ty: Ty,
    /// What it is.
    pub kind: MemberKind,
}

/// What a member is.
#[derive(Debug)]
pub enum MemberKind {
    /// `param`
    Param {
        /// Its default; an optional parameter without one is `none`.
        default: Option<ExprId>,
    },
    /// `let`
    Let {
        /// Its value.
        value: ExprId,
    },
    /// `resource`
    Resource(Resource),
    /// An instance; `InstanceDeclId` equals its place among the component's instances.
    Instance(Instance),
    /// `attribute`
    Attribute {
        /// Its value.
        value: ExprId,
    },
    /// `principal`: its value is the IAM role (type `AWS::IAM::Role`), optional with `if`.
    Principal(Principal),
    /// `output`
    Output {
        /// Its value.
        value: ExprId,
    },
}

/// How often a resource stands.
#[derive(Debug)]
pub enum Expansion {
    /// Once.
    Once,
    /// For every zone of the account; the slot holds `zone` (a `std.cmdb.Zone` record).
    PerZone(LocalId),
    /// For every active zone.
    PerActiveZone(LocalId),
    /// For every element; the first binder's text is the key.
    For(Clause),
}

/// `resource`
#[derive(Debug)]
pub struct Resource {
    /// Its type.
    pub ty: &'static ResourceType,
    /// How often.
    pub expansion: Expansion,
    /// `if`
    pub condition: Option<ExprId>,
    /// `after [..]`: resources or maps of them.
    pub after: Vec<ExprId>,
    /// Its properties, in order of writing.
    pub properties: Vec<FieldValue>,
    /// `moved from`
    pub moved_from: Option<Moved>,
    /// The type's place, for messages about what is missing.
    pub type_span: Span,
}

/// A field with its value.
#[derive(Debug, Clone)]
pub struct FieldValue {
    /// The name.
    pub name: Name,
    /// The name's place.
    pub span: Span,
    /// The value.
    pub value: ExprId,
}

/// An instance of a component.
#[derive(Debug)]
pub struct Instance {
    /// Which, counted in its component.
    pub id: InstanceDeclId,
    /// Of what.
    pub component: ComponentId,
    /// The component's name where it is written.
    pub component_span: Span,
    /// `for k in xs`: occurrences; the first binder's text is the key.
    pub each: Option<Clause>,
    /// `if`
    pub condition: Option<ExprId>,
    /// Parameters given.
    pub fields: Vec<FieldValue>,
    /// `setting`s.
    pub settings: Vec<SettingDecl>,
    /// `secret`s.
    pub secrets: Vec<SecretDecl>,
    /// `link`s.
    pub links: Vec<Link>,
    /// `waive`s.
    pub waivers: Vec<Waiver>,
    /// `moved from`
    pub moved_from: Option<Moved>,
    /// The whole instance.
    pub span: Span,
}

/// `setting`
#[derive(Debug, Clone)]
pub struct SettingDecl {
    /// `LOG_LEVEL`
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Its default.
    pub default: Option<ExprId>,
    /// Its name's place.
    pub span: Span,
}

/// `secret`
#[derive(Debug, Clone)]
pub struct SecretDecl {
    /// `STRIPE_KEY`
    pub name: Name,
    /// Its name's place.
    pub span: Span,
}

/// `link`
#[derive(Debug, Clone)]
pub struct Link {
    /// An `ExprKind::Grant`.
    pub grant: ExprId,
    /// `as NAME`
    pub alias: Option<Name>,
    /// The statement.
    pub span: Span,
}

/// `moved from "old_name"`: logical ids are those of the old name. With a path, they are moved to the new one's.
#[derive(Debug, Clone)]
pub struct Moved {
    /// What it was called, and nothing of that name exists beside it; or the path where it stood.
    pub from: Name,
    /// The old name's place.
    pub span: Span,
}

impl Moved {
    /// The old name, where it stood in the same component and its logical ids are kept.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        (!self.from.contains('.')).then_some(&self.from)
    }

    /// The path where it stood, as in `shop.db`, where that says all.
    #[must_use]
    pub fn path(&self) -> Option<&Name> {
        self.from.contains('.').then_some(&self.from)
    }
}

/// `waive`
#[derive(Debug, Clone)]
pub struct Waiver {
    /// What.
    pub what: Name,
    /// Why.
    pub because: Name,
    /// The statement.
    pub span: Span,
}

/// A statement of the component itself.
#[derive(Debug)]
pub enum Statement {
    /// `ensure`
    Ensure(Ensure),
    /// `permit` or `deny`: goes into the policy of the resource `on` names, or of the only one that has a policy.
    Access(Access),
    /// `connect`: the component's own group.
    Connect(Connect),
}

/// `ensure cond else "message"`
#[derive(Debug, Clone)]
pub struct Ensure {
    /// Must hold.
    pub condition: ExprId,
    /// What to say.
    pub message: ExprId,
    /// The statement.
    pub span: Span,
}

impl Component {
    /// The instances it declares, in order.
    pub fn instances(&self) -> impl Iterator<Item = (&Member, &Instance)> {
        self.members.iter().filter_map(|m| match &m.kind {
            MemberKind::Instance(instance) => Some((m, instance)),
            MemberKind::Param { .. }
            | MemberKind::Let { .. }
            | MemberKind::Resource(_)
            | MemberKind::Attribute { .. }
            | MemberKind::Principal(_)
            | MemberKind::Output { .. } => None,
        })
    }

    /// What a member of it was called before, where it says so.
    #[must_use]
    pub fn moved(member: &Member) -> Option<&Moved> {
        match &member.kind {
            MemberKind::Instance(instance) => instance.moved_from.as_ref(),
            MemberKind::Resource(resource) => resource.moved_from.as_ref(),
            MemberKind::Param { .. }
            | MemberKind::Let { .. }
            | MemberKind::Attribute { .. }
            | MemberKind::Principal(_)
            | MemberKind::Output { .. } => None,
        }
    }
}
