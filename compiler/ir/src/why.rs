//! Why a value is what it is: all that might have set it, the winner first.
//!
//! Invariant: nothing is recorded while compiling. What is asked for is evaluated by itself, lazily, by the same
//! evaluator and in the same order of candidates (`evaluate::profiles::in_order`) as when it is lowered.

mod chain;
mod property;

use crate::evaluate::Evaluation;
use crate::evaluate::value::Value;
use crate::inputs::Inputs;
use crate::model::InstanceId;
use solc_check::hir::{BlockId, BlockKind, Member, MemberKind, Project};
use solc_source::{Name, Span};

/// What is to be said to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The values that the path names, at least one.
    Known(Vec<Explanation>),
    /// A thing with a condition that does not hold in this environment.
    NotThere {
        /// What.
        path: Name,
        /// Where it is declared.
        span: Span,
    },
    /// Nothing of that name.
    Unknown(Unknown),
}

/// A part of a path that names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The part.
    pub part: Name,
    /// What it was looked for in; empty at the beginning of the path.
    pub within: Name,
    /// What was probably meant.
    pub nearest: Option<Name>,
    /// What there is.
    pub known: Vec<Name>,
}

/// A value and all that might have set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// `shop.db.backup_retention`
    pub path: Name,
    /// What it is.
    pub kind: Kind,
    /// Where it is declared.
    pub declared: Span,
    /// The winner, then what would win without it, and so on; empty where it is given no value.
    pub candidates: Vec<Candidate>,
    /// What the winner's expression reads.
    pub reads: Vec<Explanation>,
}

/// What kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A parameter of a component.
    Parameter,
    /// A setting, declared or published by a link.
    Setting,
    /// A secret: only where it is kept.
    Secret,
    /// A tag of every resource of an instance.
    Tag,
    /// A field of a configuration block.
    Field,
    /// A property of a resource.
    Property,
    /// A `let`, attribute or output.
    Value,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Setting => "setting",
            Self::Secret => "secret",
            Self::Tag => "tag",
            Self::Field => "field",
            Self::Property => "property",
            Self::Value => "value",
        }
    }
}

/// Something that sets a value, or would.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The value as source would write it; `?` where it is broken.
    pub value: String,
    /// Who sets it.
    pub by: By,
    /// Where.
    pub span: Span,
}

/// Who sets a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// An `enforce` of a layer.
    Enforced {
        /// `organisation`, `account`, `product`, `environment` or `solution`.
        layer: &'static str,
        /// Its name.
        name: Name,
    },
    /// The instance's own field.
    Instance(Name),
    /// A data file.
    File,
    /// A `default` of a layer.
    Default {
        /// `organisation`, `account`, `product`, `environment` or `solution`.
        layer: &'static str,
        /// Its name.
        name: Name,
    },
    /// The default of a component's parameter, a setting's declaration or a record's field.
    Declaration(Name),
    /// A link that publishes it: `receipts.write`.
    Link(Name),
    /// A configuration block's own field.
    Block {
        /// `product`, `environment`, …
        layer: &'static str,
        /// Its name.
        name: Name,
    },
    /// What a component says in its body.
    Body(Name),
    /// The compiler itself.
    Compiler,
    /// Nobody: an optional that is not given is `none`.
    Nobody,
}

/// Says why the values that a path names are what they are in one environment.
///
/// A path is `shop.api` (all of an instance), `shop.db.backup_retention`, `shop.api.LOG_LEVEL`, `shop.db.tags.owner`,
/// `shop.db.database.MultiAZ`, `production.availability`, `product.domain` or `account.zones`; an occurrence is
/// `shop.api.eu` or `shop.api["eu"]`.
#[must_use]
pub fn why(project: &Project, environment: BlockId, inputs: &Inputs, path: &str) -> Answer {
    crate::on_large_stack(|| {
        let mut evaluation = Evaluation::new(project, inputs, Some(environment));
        evaluation.prepare(environment);
        evaluation.collect_documents();
        ask(&mut evaluation, environment, &parts(path))
    })
}

/// `shop.api["eu"].scale` in its parts.
fn parts(path: &str) -> Vec<Name> {
    let plain: String = path.replace("[\"", ".").replace("\"]", "").replace('[', ".").replace(']', "");
    plain.split('.').map(|part| Name::from(part.trim())).collect()
}

fn ask(evaluation: &mut Evaluation<'_>, environment: BlockId, parts: &[Name]) -> Answer {
    let Some((first, rest)) = parts.split_first() else { return unknown("", "", Vec::new()) };
    let project = evaluation.project;
    if let Some(id) = project.solutions.get(first) {
        return match evaluation.solution(first, *id) {
            Some(root) => walk(evaluation, root, rest),
            None => unknown(first, "", Vec::new()),
        };
    }
    let name = |id: BlockId| project.blocks.get(id.index()).map(|b| b.name.clone()).unwrap_or_default();
    let product = evaluation.product();
    let account = match evaluation.block_field(environment, "account") {
        Value::Block(account) => Some(account),
        _ => None,
    };
    let organisation = evaluation.block_of(BlockKind::Organisation);
    let blocks = [
        ("env", Some(environment)),
        ("product", product),
        ("account", account),
        ("organisation", organisation),
    ];
    let found = blocks.iter().find(|(word, id)| first == word || id.is_some_and(|id| name(id) == *first));
    if let Some((_, Some(id))) = found {
        return chain::field(evaluation, *id, rest);
    }
    let mut known: Vec<Name> = project.solutions.keys().cloned().collect();
    known.extend(blocks.iter().filter_map(|(_, id)| *id).map(name));
    known.extend(blocks.iter().filter(|(_, id)| id.is_some()).map(|(word, _)| Name::new_static(word)));
    unknown(first, "", known)
}

/// Follows a path from an instance.
fn walk(evaluation: &mut Evaluation<'_>, mut at: InstanceId, mut rest: &[Name]) -> Answer {
    loop {
        let Some((part, after)) = rest.split_first() else {
            return match chain::all(evaluation, at) {
                none if none.is_empty() => unknown("", &evaluation.path(at), names(evaluation, at)),
                all => Answer::Known(all),
            };
        };
        let Some(component) = evaluation.instance(at).map(|i| i.component) else {
            return unknown(part, "", Vec::new());
        };
        let Some((id, member)) = component.named(part) else {
            return beside(evaluation, at, part, after);
        };
        let value = evaluation.member(at, id);
        match &member.kind {
            MemberKind::Instance(_) => match occurrence(&value, after) {
                Some((child, after)) => (at, rest) = (child, after),
                None => return no_occurrence(evaluation, at, member, &value, after),
            },
            MemberKind::Resource(_) => return property::of(evaluation, at, member, &value, after),
            MemberKind::Param { default } => {
                let explanation = chain::parameter(evaluation, at, member, *default);
                return one(explanation, after);
            }
            MemberKind::Let { value: expr }
            | MemberKind::Attribute { value: expr }
            | MemberKind::Output { value: expr } => {
                let explanation = chain::value(evaluation, at, member, &value, *expr);
                return one(explanation, after);
            }
            MemberKind::Principal(_) => {
                let explanation = chain::role(evaluation, at, member, &value);
                return one(explanation, after);
            }
        }
    }
}

/// What an instance has beside the members of its component.
fn beside(evaluation: &mut Evaluation<'_>, at: InstanceId, part: &Name, after: &[Name]) -> Answer {
    if part == "tags" {
        let tags = chain::tags(evaluation, at);
        let Some(wanted) = after.first() else { return Answer::Known(tags) };
        let path = Name::from(format!("{}.tags", evaluation.path(at)));
        let full = format!("{path}.{wanted}");
        let known = tags.iter().filter_map(|t| t.path.rsplit('.').next()).map(Name::from).collect();
        return match tags.into_iter().find(|t| t.path == full.as_str()) {
            Some(tag) => one(tag, after.get(1..).unwrap_or_default()),
            None => unknown(wanted, &path, known),
        };
    }
    let is_root = evaluation.instance(at).is_some_and(|i| i.parent.is_none());
    if part == "platform"
        && is_root
        && let Value::Instance(platform) = evaluation.platform(Some(at))
    {
        return walk(evaluation, platform, after);
    }
    let path = format!("{}.{part}", evaluation.path(at));
    let mut found = chain::settings(evaluation, at);
    found.extend(chain::secrets(evaluation, at));
    match found.into_iter().find(|e| e.path == path.as_str()) {
        Some(explanation) => one(explanation, after),
        None => unknown(part, &evaluation.path(at), names(evaluation, at)),
    }
}

/// What can be asked for in an instance.
fn names(evaluation: &mut Evaluation<'_>, at: InstanceId) -> Vec<Name> {
    let members = evaluation.instance(at).map(|i| i.component.members.as_slice()).unwrap_or_default();
    let mut known: Vec<Name> = members.iter().map(|m| m.name.clone()).collect();
    let mut more = chain::settings(evaluation, at);
    more.extend(chain::secrets(evaluation, at));
    known.extend(more.iter().filter_map(|e| e.path.rsplit('.').next()).map(Name::from));
    known.push(Name::new_static("tags"));
    known
}

/// The instance that a value is, or that the next part names as its key.
fn occurrence<'n>(value: &Value, after: &'n [Name]) -> Option<(InstanceId, &'n [Name])> {
    match value {
        Value::Instance(id) => Some((*id, after)),
        Value::Map(map) => {
            let (key, after) = after.split_first()?;
            match map.get(key) {
                Some(Value::Instance(id)) => Some((*id, after)),
                Some(_) | None => None,
            }
        }
        _ => None,
    }
}

fn no_occurrence(
    evaluation: &Evaluation<'_>,
    at: InstanceId,
    member: &Member,
    value: &Value,
    after: &[Name],
) -> Answer {
    let path = Name::from(format!("{}.{}", evaluation.path(at), member.name));
    match value {
        Value::Map(map) => {
            unknown(after.first().map_or("", Name::as_str), &path, map.keys().cloned().collect())
        }
        _ => Answer::NotThere { path, span: member.span },
    }
}

/// An explanation, unless the path goes on.
fn one(explanation: Explanation, after: &[Name]) -> Answer {
    match after.first() {
        None => Answer::Known(vec![explanation]),
        Some(part) => unknown(part, &explanation.path, Vec::new()),
    }
}

fn unknown(part: &str, within: &str, known: Vec<Name>) -> Answer {
    let nearest = solc_source::suggest::nearest(part, known.iter().map(Name::as_str)).map(Name::from);
    Answer::Unknown(Unknown { part: Name::from(part), within: Name::from(within), nearest, known })
}

#[cfg(test)]
mod tests;
