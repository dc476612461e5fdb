//! What `moved from` says against what is recorded: which resources are moved, and what is left to be changed then.
//!
//! Invariant: a move is planned only of what is recorded where it was. The rest of the plan is made against the stacks
//! as the moves leave them, so that neither a deletion nor a creation is told of what only goes elsewhere. What cannot
//! be moved is refused, and never deleted and created anew instead: that is not what `moved from` says.
//!
//! Source of what a refactoring may not do: the service's user guide, "Stack refactoring", its considerations.

mod template;
#[cfg(test)]
mod tests;

use super::naming;
use super::stacks::{self, Records};
use super::{BadRecord, Move, Recorded, Refactor, Refusal, StackPlan};
use crate::release::Release;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// How many stacks one refactoring takes.
const MOST_STACKS: usize = 5;

/// What came of it.
pub(super) struct Moved<'a> {
    pub(super) refactors: Vec<Refactor>,
    /// What is recorded once they are done.
    pub(super) states: Cow<'a, [Recorded]>,
    pub(super) refusals: Vec<Refusal>,
}

/// A resource by its stack and its logical id.
pub(super) type At<'a> = (&'a str, &'a str);

/// Plans the moves.
pub(super) fn of<'a>(release: &Release, states: &'a [Recorded]) -> Result<Moved<'a>, BadRecord> {
    let mut outcome = Moved { refactors: Vec::new(), states: Cow::Borrowed(states), refusals: Vec::new() };
    if release.moved.is_empty() {
        return Ok(outcome);
    }
    let records = stacks::read(release, states)?;
    let moves = wanted(release, &records);
    let mut after: BTreeMap<String, Recorded> = BTreeMap::new();
    for (names, moves) in groups(moves) {
        let mut refuse = |moved: &Move, why: &str| {
            let known = outcome.refusals.iter().any(|refusal| {
                refusal.stack == moved.from_stack && refusal.logical_id.as_ref() == Some(&moved.from)
            });
            if !known {
                outcome.refusals.push(refusal(moved, why));
            }
        };
        if names.len() > MOST_STACKS {
            let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let why = format!(
                "it is moved together with what is in {}, and one refactoring takes {MOST_STACKS} stacks",
                listed.join(", ")
            );
            moves.iter().for_each(|moved| refuse(moved, &why));
        }
        for moved in &moves {
            if let Some(record) = records.get(moved.to_stack.as_str()).filter(|record| record.gone) {
                let status = &record.state.status;
                refuse(moved, &format!("`{}` stands at {status}, and takes nothing in", moved.to_stack));
            }
        }
        let texts: BTreeMap<&str, &str> =
            states.iter().map(|(state, text)| (state.stack.as_str(), text.as_str())).collect();
        let made = template::make(release, &records, &texts, &names, &moves);
        for (index, why) in made.problems {
            if let Some(moved) = moves.get(index) {
                refuse(moved, &why);
            }
        }
        after.extend(made.states.into_iter().map(|recorded| (recorded.0.stack.clone(), recorded)));
        outcome.refactors.push(Refactor { notes: notes(&names, &records), stacks: made.stacks, moves });
    }
    let mut states: Vec<Recorded> = states
        .iter()
        .map(|recorded| after.remove(&recorded.0.stack).unwrap_or_else(|| recorded.clone()))
        .collect();
    states.extend(after.into_values());
    outcome.states = Cow::Owned(states);
    Ok(outcome)
}

/// Says of the changes which of them are of something that was moved before.
pub(super) fn tell(refactors: &[Refactor], stacks: &mut [StackPlan]) {
    for stack in stacks {
        for refactor in refactors {
            let own = refactor.stacks.iter().find(|of| of.name == stack.name);
            if own.is_some_and(|own| own.created) {
                stack.notes.push("it is made by moving into it what was elsewhere".to_owned());
            }
            if own.is_some_and(|own| own.vacated) {
                stack.notes.push(format!(
                    "everything moves out of it; `{}` keeps it from being empty until then",
                    template::PLACEHOLDER
                ));
            }
            for moved in refactor.moves.iter().filter(|moved| moved.to_stack == stack.name) {
                for change in stack.resources.iter_mut().filter(|change| change.logical_id == moved.to) {
                    change.moved_from = Some(format!("{}/{}", moved.from_stack, moved.from));
                    change.renamed_from = None;
                }
            }
        }
    }
}

/// Every move of something that is recorded where it was.
fn wanted(release: &Release, records: &Records<'_>) -> Vec<Move> {
    let mut found = Vec::new();
    for moved in &release.moved {
        for resource in &moved.resources {
            let holds = records.iter().find_map(|(name, record)| {
                let there = record.content.get("Resources")?.get(&resource.from)?;
                let same = there.get("Type").and_then(Value::as_str) == Some(&resource.resource_type);
                let own = !record.foreign && !record.gone;
                let physical = record.state.resources.get(&resource.from)?;
                (same && own).then_some((*name, physical))
            });
            let Some((stack, physical)) = holds else { continue };
            let foreign = records.get(resource.stack.as_str()).is_some_and(|record| record.foreign);
            if foreign || (stack == resource.stack && resource.from == resource.to) {
                continue;
            }
            let places = release.stack(&resource.stack).map(|stack| &stack.places);
            found.push(Move {
                from_stack: stack.to_owned(),
                from: resource.from.clone(),
                to_stack: resource.stack.clone(),
                to: resource.to.clone(),
                resource_type: resource.resource_type.clone(),
                physical_id: physical.clone(),
                was: moved.from.clone(),
                component: moved.to.clone(),
                place: places.and_then(|places| naming::place(&resource.to, places)),
            });
        }
    }
    // Whose place is taken, and stays taken, has been moved or made before.
    loop {
        let leaving: BTreeSet<(String, String)> =
            found.iter().map(|moved| (moved.from_stack.clone(), moved.from.clone())).collect();
        let before = found.len();
        found.retain(|moved| {
            let record = records.get(moved.to_stack.as_str()).filter(|record| !record.gone);
            let taken = record.is_some_and(|record| record.state.resources.contains_key(&moved.to));
            !taken || leaving.contains(&(moved.to_stack.clone(), moved.to.clone()))
        });
        if found.len() == before {
            return found;
        }
    }
}

/// The moves by the stacks that they connect.
fn groups(moves: Vec<Move>) -> Vec<(BTreeSet<String>, Vec<Move>)> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Move>)> = Vec::new();
    for moved in moves {
        let mut names = BTreeSet::from([moved.from_stack.clone(), moved.to_stack.clone()]);
        let (near, mut rest): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(others, _)| !others.is_disjoint(&names));
        let mut all = Vec::new();
        for (others, moves) in near {
            names.extend(others);
            all.extend(moves);
        }
        all.push(moved);
        rest.push((names, all));
        groups = rest;
    }
    groups.sort_by(|one, other| one.0.cmp(&other.0));
    groups
}

fn refusal(moved: &Move, why: &str) -> Refusal {
    let Move { from_stack, from, to_stack, to, resource_type, was, .. } = moved;
    let goes =
        if from_stack == to_stack { format!("become `{to}`") } else { format!("be moved to `{to_stack}`") };
    Refusal {
        stack: from_stack.clone(),
        logical_id: Some(from.clone()),
        place: moved.place.clone(),
        why: format!("`{from}` ({resource_type}) of `{from_stack}` cannot {goes}: {why}"),
        help: format!(
            "leave it where it was, as `{was}`; or remove `moved from`, if it may be deleted and made anew"
        ),
    }
}

/// What may keep the service from doing it, and only the service decides.
fn notes(names: &BTreeSet<String>, records: &Records<'_>) -> Vec<String> {
    let guarded = names.iter().filter(|name| {
        let content = records.get(name.as_str()).map(|record| &record.content);
        let resources = super::changes::resources(content);
        resources.into_iter().flatten().any(|(_, resource)| template::is_guarded(resource))
    });
    let listed: Vec<String> = guarded.map(|name| format!("`{name}`")).collect();
    if listed.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{} may have a stack policy, because of the data in it: AWS refactors no stack that has one, and says so \
         before it changes anything",
        listed.join(", ")
    )]
}
