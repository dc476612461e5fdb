//! In which order stacks are created, updated and deleted, and which are updated twice.
//!
//! Invariants: the steps have no cycle, and stand in an order in which each follows what it waits for; a consumer
//! comes after what gives it new values, and before what takes its old ones away; what would be a cycle is split into
//! an update that only adds (*expand*) and one that only removes (*contract*).
//!
//! Values cross stacks as plain parameters, so that CloudFormation itself guards nothing here.

use super::stacks::{Records, Stored};
use super::union::union;
use super::{Phase, PlanStep, Refusal, StackAction, StackPlan, StepAction};
use crate::release::{Binding, Release, ReleaseStack};
use solc_cmdb::{canonical, sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One operation; contractions come after everything else of their stack.
type Node<'a> = (&'a str, Phase);

/// What waits for what: the first for all of the second.
type Graph<'a> = BTreeMap<Node<'a>, BTreeSet<Node<'a>>>;

/// A stack that used an output which its producer drops.
#[derive(Clone, Copy, Debug)]
struct Loss<'a> {
    producer: &'a str,
    consumer: &'a str,
    output: &'a str,
}

/// The steps, and why some cannot be taken.
pub(super) fn steps(
    release: &Release,
    records: &Records<'_>,
    plans: &[StackPlan],
) -> (Vec<PlanStep>, Vec<Refusal>) {
    let actions: BTreeMap<&str, StackAction> = plans.iter().map(|p| (p.name.as_str(), p.action)).collect();
    let acts = |name: &str| actions.get(name).is_some_and(|action| *action != StackAction::Unchanged);
    let losses = losses(records, plans);
    let mut refusals: Vec<Refusal> = losses
        .iter()
        .filter(|loss| !acts(loss.consumer))
        .map(|loss| still_used(loss, &release.environment))
        .collect();
    let losses: Vec<Loss<'_>> = losses.into_iter().filter(|loss| acts(loss.consumer)).collect();
    let mut split: BTreeSet<&str> = BTreeSet::new();
    let mut order;
    loop {
        let graph = graph(release, &actions, &losses, &split);
        let (sorted, stuck) = sorted(&graph);
        if stuck.is_empty() {
            order = with_deletions_last(graph, &actions, sorted);
            break;
        }
        // Only an update that takes something away can be taken apart.
        let apart: Vec<&str> = stuck
            .iter()
            .filter(|(name, phase)| *phase == Phase::Only && losses.iter().any(|loss| loss.producer == *name))
            .filter(|(name, _)| actions.get(name) == Some(&StackAction::Update))
            .map(|(name, _)| *name)
            .collect();
        if apart.is_empty() {
            refusals.push(cycle(&stuck));
            order = (graph, sorted);
            break;
        }
        split.extend(apart);
    }
    let (graph, sorted) = &mut order;
    let numbers: BTreeMap<Node<'_>, usize> =
        sorted.iter().enumerate().map(|(id, node)| (*node, id)).collect();
    let mut steps = Vec::with_capacity(sorted.len());
    for (id, node) in sorted.iter().enumerate() {
        let mut depends_on: Vec<usize> =
            graph.get(node).into_iter().flatten().filter_map(|needed| numbers.get(needed).copied()).collect();
        depends_on.sort_unstable();
        let (stack, phase) = *node;
        let action = actions.get(stack).copied().unwrap_or(StackAction::Unchanged);
        let record = records.get(stack);
        steps.push(step(id, stack, phase, action, depends_on, release.stack(stack), record));
    }
    (steps, refusals)
}

/// Who used which output that goes.
fn losses<'a>(records: &'a Records<'_>, plans: &'a [StackPlan]) -> Vec<Loss<'a>> {
    let mut losses = Vec::new();
    for plan in plans {
        let deleted = plan.action == StackAction::Delete;
        for (consumer, record) in records.iter().filter(|(name, record)| **name != plan.name && !record.gone)
        {
            let used = record.state.bindings.values().filter_map(|text| text.split_once('.'));
            for (_, output) in used.filter(|(producer, _)| *producer == plan.name) {
                if deleted || plan.outputs_removed.iter().any(|removed| removed == output) {
                    losses.push(Loss { producer: &plan.name, consumer, output });
                }
            }
            // A stack may need another without taking a value of it.
            let needs = record.state.depends_on.contains(&plan.name);
            if deleted && needs && !losses.iter().any(|l| l.producer == plan.name && l.consumer == *consumer)
            {
                losses.push(Loss { producer: &plan.name, consumer, output: "" });
            }
        }
    }
    losses
}

fn graph<'a>(
    release: &'a Release,
    actions: &BTreeMap<&'a str, StackAction>,
    losses: &[Loss<'a>],
    split: &BTreeSet<&'a str>,
) -> Graph<'a> {
    let first = |name: &'a str| (name, if split.contains(name) { Phase::Expand } else { Phase::Only });
    let last = |name: &'a str| (name, if split.contains(name) { Phase::Contract } else { Phase::Only });
    let mut graph: Graph<'a> = Graph::new();
    for (name, action) in actions {
        if *action == StackAction::Unchanged {
            continue;
        }
        graph.entry(first(name)).or_default();
        if split.contains(name) {
            graph.entry(last(name)).or_default().insert(first(name));
        }
    }
    // What a stack needs of one that does not change, it needs of what that one needs.
    let mut needs: BTreeMap<&str, BTreeSet<Node<'a>>> = BTreeMap::new();
    for stack in &release.stacks {
        let mut nodes: BTreeSet<Node<'a>> = BTreeSet::new();
        let bound = stack.parameters.values().map(|binding| &binding.stack);
        for producer in stack.depends_on.iter().chain(bound) {
            if actions.get(producer.as_str()) == Some(&StackAction::Unchanged) {
                nodes.extend(needs.get(producer.as_str()).into_iter().flatten().copied());
            } else {
                nodes.insert(first(producer));
            }
        }
        if let Some(step) = graph.get_mut(&first(&stack.name)) {
            step.extend(nodes.iter().copied());
        }
        needs.insert(&stack.name, nodes);
    }
    for loss in losses {
        graph.entry(last(loss.producer)).or_default().insert(last(loss.consumer));
    }
    graph
}

/// The nodes in an order in which each follows what it waits for, the first by name where several could come; and
/// those of cycles, with what waits for those.
fn sorted<'a>(graph: &Graph<'a>) -> (Vec<Node<'a>>, BTreeSet<Node<'a>>) {
    let mut waiting: BTreeMap<Node<'a>, usize> = BTreeMap::new();
    let mut users: BTreeMap<Node<'a>, Vec<Node<'a>>> = BTreeMap::new();
    for (node, needed) in graph {
        waiting.insert(*node, needed.len());
        for needed in needed {
            users.entry(*needed).or_default().push(*node);
        }
    }
    let mut ready: BTreeSet<Node<'a>> =
        waiting.iter().filter(|(_, n)| **n == 0).map(|(node, _)| *node).collect();
    let mut order = Vec::with_capacity(graph.len());
    while let Some(node) = ready.pop_first() {
        waiting.remove(&node);
        order.push(node);
        for user in users.get(&node).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(user) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.insert(*user);
                }
            }
        }
    }
    (order, waiting.into_keys().collect())
}

/// Nothing is deleted before everything else has succeeded, unless something else waits for the deletion.
fn with_deletions_last<'a>(
    mut graph: Graph<'a>,
    actions: &BTreeMap<&'a str, StackAction>,
    order: Vec<Node<'a>>,
) -> (Graph<'a>, Vec<Node<'a>>) {
    let is_deletion = |node: &Node<'a>| actions.get(node.0) == Some(&StackAction::Delete);
    let deletions: Vec<Node<'a>> = order.iter().filter(|node| is_deletion(node)).copied().collect();
    if deletions.is_empty() {
        return (graph, order);
    }
    // In their order, so that a deletion that waits for another one finds what that one waits for.
    for deletion in deletions {
        let after = waiting_for(&graph, deletion);
        let others: Vec<Node<'a>> =
            graph.keys().filter(|node| !is_deletion(node) && !after.contains(*node)).copied().collect();
        if let Some(needed) = graph.get_mut(&deletion) {
            needed.extend(others);
        }
    }
    let (order, _) = sorted(&graph);
    (graph, order)
}

/// Everything that waits for a node, near or far.
fn waiting_for<'a>(graph: &Graph<'a>, node: Node<'a>) -> BTreeSet<Node<'a>> {
    let mut found: BTreeSet<Node<'a>> = BTreeSet::new();
    let mut next = vec![node];
    while let Some(node) = next.pop() {
        for (user, needed) in graph {
            if needed.contains(&node) && found.insert(*user) {
                next.push(*user);
            }
        }
    }
    found
}

fn step(
    id: usize,
    stack: &str,
    phase: Phase,
    action: StackAction,
    depends_on: Vec<usize>,
    new: Option<&ReleaseStack>,
    record: Option<&Stored<'_>>,
) -> PlanStep {
    let action = match action {
        StackAction::Create => StepAction::Create,
        StackAction::Delete => StepAction::Delete,
        StackAction::Update | StackAction::Unchanged => StepAction::Update,
    };
    let mut parameters = new.map(|stack| stack.parameters.clone()).unwrap_or_default();
    let template = match (phase, new, record) {
        (Phase::Expand, Some(new), Some(record)) => {
            for (name, binding) in &record.state.bindings {
                if let Some((stack, output)) = binding.split_once('.') {
                    let old = || Binding { stack: stack.to_owned(), output: output.to_owned() };
                    parameters.entry(name.clone()).or_insert_with(old);
                }
            }
            let both = union(&record.content, &new.content);
            // Its keys are texts, so that writing it cannot fail; the new template alone would take away too early.
            canonical::to_string(&both).ok()
        }
        (Phase::Only | Phase::Expand | Phase::Contract, new, _) => new.map(|stack| stack.template.clone()),
    };
    PlanStep {
        id,
        stack: stack.to_owned(),
        phase,
        action,
        depends_on,
        parameters,
        template_sha256: template.as_deref().map(|text| sha256(text.as_bytes())),
        template,
    }
}

fn still_used(loss: &Loss<'_>, environment: &str) -> Refusal {
    let Loss { producer, consumer, output } = loss;
    let what =
        if output.is_empty() { "is needed".to_owned() } else { format!("gives `{output}`, which is used") };
    Refusal {
        stack: (*producer).to_owned(),
        logical_id: None,
        place: None,
        why: format!(
            "`{producer}` {what} by the deployed stack `{consumer}`, which this release does not change; \
             taking it away would break that stack at its next update"
        ),
        help: format!(
            "keep the output until `{consumer}` is deployed without it; if `{consumer}` is gone, \
             `solc refresh --env {environment}` forgets it"
        ),
    }
}

fn cycle(stuck: &BTreeSet<Node<'_>>) -> Refusal {
    let names: BTreeSet<&str> = stuck.iter().map(|(name, _)| *name).collect();
    let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Refusal {
        stack: names.first().map_or_else(String::new, |name| (*name).to_owned()),
        logical_id: None,
        place: None,
        why: format!(
            "{listed} take away from each other what the others still use, so that none can be first"
        ),
        help: "deploy a release that only stops using the values, and then the one that takes them away"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests;
