//! What may set a value, and which of it wins.
//!
//! From the winner down: what is enforced, the most general place first; what the instance or its data file says;
//! `default`s, the most specific place first; the default of the declaration.
//!
//! Invariant: this order stands here alone. Whoever needs a value takes the first candidate, and `why` shows all.

use super::value::Value;
use super::{Evaluation, Frame};
use crate::codes;
use crate::model::{InstanceId, Origin};
use solc_check::hir::{
    self, Block, BlockKind, BodyId, ComponentId, ExprId, FieldValue, Profile, ProfileMode, ProfileTarget,
};
use solc_source::data::Entry;
use solc_source::{Diagnostic, Name, Span};

/// Where a profile stands.
#[derive(Clone, Copy)]
pub(crate) enum Layer<'a> {
    /// In a configuration block.
    Block(&'a Block),
    /// In a solution, whose instances its expressions may name.
    Solution(&'a hir::Component),
}

impl<'a> Layer<'a> {
    /// The more specific, the greater.
    fn rank(self) -> u8 {
        match self {
            Self::Block(block) => match block.kind {
                BlockKind::Organisation => 0,
                BlockKind::Account => 1,
                BlockKind::Team | BlockKind::Product => 2,
                BlockKind::Environment => 3,
            },
            Self::Solution(_) => 4,
        }
    }

    /// `product`, `environment`, …
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Block(block) => block.kind.word(),
            Self::Solution(_) => "solution",
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'a Name {
        match self {
            Self::Block(block) => &block.name,
            Self::Solution(solution) => &solution.name,
        }
    }
}

/// A field that a profile sets.
#[derive(Clone, Copy)]
pub(crate) struct Setter<'a> {
    pub(crate) origin: Origin,
    pub(crate) field: &'a FieldValue,
    pub(crate) body: BodyId,
    pub(crate) layer: Layer<'a>,
}

fn setter<'a>(profile: &'a Profile, field: &'a FieldValue, layer: Layer<'a>) -> Setter<'a> {
    let origin = match profile.mode {
        ProfileMode::Default => Origin::Profile,
        ProfileMode::Enforce => Origin::Enforced,
    };
    Setter { origin, field, body: profile.body, layer }
}

/// Something that may set a value.
#[derive(Clone, Copy)]
pub(crate) enum Candidate<'a> {
    /// `enforce`
    Enforced(Setter<'a>),
    /// The instance.
    Given(&'a FieldValue),
    /// A data file.
    File(&'a Entry),
    /// `default`
    Preset(Setter<'a>),
    /// The declaration.
    Declared(ExprId),
}

/// All that may set a value, the winner first. `setters` go from general to specific.
pub(crate) fn in_order<'a, 's>(
    setters: &'s [Setter<'a>],
    given: impl IntoIterator<Item = Candidate<'a>> + 's,
    declared: Option<ExprId>,
) -> impl Iterator<Item = Candidate<'a>> + 's
where
    'a: 's,
{
    let enforced = setters.iter().filter(|s| s.origin == Origin::Enforced);
    let presets = setters.iter().rev().filter(|s| s.origin == Origin::Profile);
    enforced
        .map(|s| Candidate::Enforced(*s))
        .chain(given)
        .chain(presets.map(|s| Candidate::Preset(*s)))
        .chain(declared.map(Candidate::Declared))
}

impl<'a> Evaluation<'a> {
    /// Files the profiles of the blocks that concern the environment, from general to specific.
    pub(crate) fn collect_profiles(&mut self, blocks: impl IntoIterator<Item = &'a Block>) {
        for block in blocks {
            for profile in &block.profiles {
                let setters = profile.fields.iter().map(|field| setter(profile, field, Layer::Block(block)));
                match profile.target {
                    ProfileTarget::Component(id) => self.profiles.entry(id).or_default().extend(setters),
                    ProfileTarget::Tags => self.tag_profiles.extend(setters),
                    ProfileTarget::Settings => self.setting_profiles.extend(setters),
                }
            }
        }
    }

    /// What blocks say of a target, from general to specific.
    fn block_setters(&self, target: ProfileTarget) -> &[Setter<'a>] {
        match target {
            ProfileTarget::Component(id) => self.profiles.get(&id).map(Vec::as_slice).unwrap_or_default(),
            ProfileTarget::Tags => &self.tag_profiles,
            ProfileTarget::Settings => &self.setting_profiles,
        }
    }

    /// What the solution's profiles say of a target.
    fn solution_setters(
        &self,
        root: InstanceId,
        target: ProfileTarget,
    ) -> impl Iterator<Item = Setter<'a>> + use<'a> {
        let solution = self.instance(root).map(|r| r.component);
        solution.into_iter().flat_map(move |solution| {
            solution
                .profiles
                .iter()
                .filter(move |p| p.target == target)
                .flat_map(move |p| p.fields.iter().map(move |f| setter(p, f, Layer::Solution(solution))))
        })
    }

    /// All that profiles say of a target in a solution, from general to specific.
    pub(crate) fn setters(&self, root: InstanceId, target: ProfileTarget) -> Vec<Setter<'a>> {
        let mut found = self.block_setters(target).to_vec();
        found.extend(self.solution_setters(root, target));
        found
    }

    /// What profiles say of one field, from general to specific.
    pub(crate) fn setters_of(&self, root: InstanceId, target: ProfileTarget, name: &Name) -> Vec<Setter<'a>> {
        let of_blocks = self.block_setters(target).iter().copied();
        of_blocks.chain(self.solution_setters(root, target)).filter(|s| s.field.name == *name).collect()
    }

    /// The value that a profile sets, as seen from an instance of the solution.
    pub(crate) fn set_by(&mut self, setter: Setter<'a>, root: Option<InstanceId>) -> (Value, Span) {
        let inside = match setter.layer {
            Layer::Block(_) => None,
            Layer::Solution(_) => root,
        };
        let mut frame = Frame::new(self.body(setter.body), inside);
        let value = self.eval(&mut frame, setter.field.value);
        (value, frame.body.expr(setter.field.value).span)
    }

    /// Reports what blocks say that can never hold.
    pub(crate) fn check_profiles(&mut self) {
        let mut groups: Vec<(ProfileTarget, Vec<Setter<'a>>)> = vec![
            (ProfileTarget::Tags, self.tag_profiles.clone()),
            (ProfileTarget::Settings, self.setting_profiles.clone()),
        ];
        let mut components: Vec<ComponentId> = self.profiles.keys().copied().collect();
        components.sort_unstable();
        for id in components {
            let target = ProfileTarget::Component(id);
            groups.push((target, self.block_setters(target).to_vec()));
        }
        for (target, setters) in groups {
            self.check_setters(target, &setters, None);
        }
    }

    /// Reports what the solution says that can never hold.
    pub(crate) fn check_solution_profiles(&mut self, root: InstanceId) {
        let Some(solution) = self.instance(root).map(|r| r.component) else { return };
        let mut done: Vec<ProfileTarget> = Vec::new();
        for profile in &solution.profiles {
            if !done.contains(&profile.target) {
                done.push(profile.target);
                let setters = self.setters(root, profile.target);
                self.check_setters(profile.target, &setters, Some(root));
            }
        }
    }

    /// `setters` go from general to specific; with a root, only those of its solution are reported.
    fn check_setters(&mut self, target: ProfileTarget, setters: &[Setter<'a>], root: Option<InstanceId>) {
        let mut seen: Vec<&Name> = Vec::new();
        for (index, winner) in setters.iter().enumerate() {
            let name = &winner.field.name;
            if winner.origin != Origin::Enforced || seen.contains(&name) {
                continue;
            }
            seen.push(name);
            // A `default` of a more general place still holds wherever this `enforce` does not reach.
            let beaten = setters.iter().enumerate().filter(|(at, s)| {
                *at != index && s.field.name == *name && s.layer.rank() >= winner.layer.rank()
            });
            for (_, loser) in beaten {
                let of_solution = matches!(loser.layer, Layer::Solution(_));
                if of_solution == root.is_some() {
                    self.check_beaten(target, *winner, *loser, root);
                }
            }
        }
    }

    fn check_beaten(
        &mut self,
        target: ProfileTarget,
        winner: Setter<'a>,
        loser: Setter<'a>,
        root: Option<InstanceId>,
    ) {
        let (wanted, by) = self.set_by(winner, root);
        let (found, at) = self.set_by(loser, root);
        let what = match target {
            ProfileTarget::Component(id) => {
                let component = self.project.components.get(id.index()).map(|c| c.name.as_str());
                format!("`{}` of `{}`", loser.field.name, component.unwrap_or_default())
            }
            ProfileTarget::Tags => format!("the tag `{}`", loser.field.name),
            ProfileTarget::Settings => format!("the setting `{}`", loser.field.name),
        };
        let verb = match loser.origin {
            Origin::Enforced => "enforces",
            Origin::Component | Origin::Profile | Origin::Instance => "by default sets",
        };
        let who = format!("{} `{}` {verb} {what}", loser.layer.word(), loser.layer.name());
        self.enforced_otherwise(&who, winner, (&wanted, by), (&found, at));
    }

    /// Reports a value that is there in vain, unless it is the enforced one.
    pub(crate) fn enforced_otherwise(
        &mut self,
        who: &str,
        winner: Setter<'a>,
        (wanted, by): (&Value, Span),
        (found, at): (&Value, Span),
    ) {
        if matches!(wanted, Value::Missing)
            || matches!(found, Value::Missing)
            || super::ops::equal(wanted, found)
        {
            return;
        }
        let (name, layer) = (&winner.field.name, winner.layer);
        let (wanted_text, found_text) = (self.show(wanted), self.show(found));
        let mut diagnostic = Diagnostic::error(
            codes::ENFORCED_FIELD,
            at,
            format!("{who} to `{found_text}`, which is enforced to be `{wanted_text}`"),
        )
        .label(format!("set to `{found_text}` here"))
        .because(by, format!("{} `{}` enforces `{wanted_text}`", layer.word(), layer.name()))
        .help(format!("remove `{name}` here, or change what is enforced"));
        if plain(wanted) {
            diagnostic = diagnostic.fix(format!("write `{wanted_text}`"), at, wanted_text);
        }
        self.report(diagnostic);
    }
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
        | Value::Outside
        | Value::Instance(_)
        | Value::Resource(_)
        | Value::Grant(_)
        | Value::Service(_)
        | Value::Block(_)
        | Value::Team(_)
        | Value::Deferred(_) => false,
    }
}
