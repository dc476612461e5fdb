//! `moved from` a path: which logical id each resource had where it stood before.
//!
//! ```sol
//! store: Postgres { network, moved from "shop.db" }   // ShopDbInstance becomes DataStoreInstance
//! ```
//!
//! Invariant: an id that something had is claimed by one resource, and nothing that stays has it. Whether there is
//! anything to be moved is not known here: deploying compares with what is recorded.

use crate::evaluate::{Evaluation, Resource, Stood};
use crate::ids;
use crate::model::{InstanceId, MovedFrom};
use solc_check::{codes, hir};
use solc_source::{Diagnostic, Name, Span};

/// A resource that had a logical id before.
#[derive(Clone)]
pub(crate) struct Claim {
    /// The path of what it belongs to now.
    path: Name,
    /// Its logical id now.
    logical_id: Name,
    /// The old path.
    from: Name,
    /// Where that is written.
    span: Span,
}

impl<'a> Evaluation<'a> {
    /// Where a child of `parent` stood before: as it says itself, or below where its parent stood.
    pub(crate) fn stood(
        &self,
        parent: InstanceId,
        moved: Option<&hir::Moved>,
        child: &crate::evaluate::Instance<'a>,
    ) -> Option<Stood> {
        let key = child.key.as_deref();
        if let Some((path, span)) = moved.and_then(|m| Some((m.path()?, m.span))) {
            return Some(below(&Stood { path: Name::default(), prefix: Name::default(), span }, path, key));
        }
        let stood = self.instance(parent)?.stood.as_ref()?;
        Some(below(stood, moved.map_or(&child.name, |moved| &moved.from), key))
    }
}

/// Where a resource stood that was moved itself; its whole id is the prefix.
pub(crate) fn resource(moved: &hir::Moved, key: Option<&Name>) -> Option<Stood> {
    let top = Stood { path: Name::default(), prefix: Name::default(), span: moved.span };
    Some(below(&top, moved.path()?, key.map(Name::as_str)))
}

fn below(of: &Stood, path: &str, key: Option<&str>) -> Stood {
    let parts: Vec<&str> = path.split('.').chain(key).collect();
    let before = (!of.path.is_empty()).then_some(of.path.as_str());
    let whole: Vec<&str> = before.into_iter().chain(parts.iter().copied()).collect();
    let prefix: String = parts.iter().map(|part| ids::segment(part)).collect();
    Stood {
        path: Name::from(whole.join(".")),
        prefix: Name::from(format!("{}{prefix}", of.prefix)),
        span: of.span,
    }
}

/// What a resource was before it was moved.
pub(crate) fn of(evaluation: &Evaluation<'_>, resource: &Resource<'_>) -> Option<MovedFrom> {
    found(evaluation, resource).map(|(from, _)| from)
}

fn found(evaluation: &Evaluation<'_>, resource: &Resource<'_>) -> Option<(MovedFrom, Span)> {
    let (logical_id, stood) = if let Some(stood) = &resource.stood {
        (ids::shorten(stood.prefix.to_string()), stood)
    } else {
        let instance = evaluation.instance(resource.instance)?;
        let stood = instance.stood.as_ref()?;
        // What is named after somebody else too, such as the policy of a link, is made anew.
        let rest = resource.logical_id.strip_prefix(instance.prefix.as_str())?;
        (ids::shorten(format!("{}{rest}", stood.prefix)), stood)
    };
    let same = logical_id == resource.logical_id;
    (!same).then(|| (MovedFrom { logical_id, path: stood.path.clone() }, stood.span))
}

/// Remembers which ids the resources of a solution had.
pub(crate) fn note(evaluation: &mut Evaluation<'_>) {
    let mut claims = Vec::new();
    for resource in evaluation.resources.iter() {
        if let Some((from, span)) = found(evaluation, resource) {
            let claim = Claim {
                path: evaluation.path(resource.instance),
                logical_id: resource.logical_id.clone(),
                from: from.path,
                span,
            };
            claims.push((from.logical_id, claim));
        }
    }
    for (id, claim) in claims {
        evaluation.moved_ids.entry(id).or_default().push(claim);
    }
}

/// Reports what two have moved from, and what has moved from something that is still there.
pub(crate) fn check(evaluation: &mut Evaluation<'_>) {
    let moved = std::mem::take(&mut evaluation.moved_ids);
    let away: std::collections::BTreeSet<&Name> =
        moved.values().flatten().map(|claim| &claim.logical_id).collect();
    let mut told: Vec<Span> = Vec::new();
    let mut reports = Vec::new();
    for (id, claims) in &moved {
        let Some((first, others)) = claims.split_first() else { continue };
        for other in others {
            if told.contains(&other.span) {
                continue;
            }
            told.push(other.span);
            reports.push(
                Diagnostic::error(
                    codes::INVALID_MOVE,
                    other.span,
                    format!("`{}` and `{}` have both moved from `{}`", first.path, other.path, other.from),
                )
                .label("claimed a second time")
                .because(first.span, format!("`{}` has moved from it", first.path))
                .help("keep one of them: the other is new, and gets ids of its own"),
            );
        }
        // Whoever has the id and moved away itself leaves it.
        let Some(there) = evaluation.known_ids.get(id).filter(|_| !away.contains(id)) else { continue };
        if told.contains(&first.span) {
            continue;
        }
        told.push(first.span);
        reports.push(
            Diagnostic::error(
                codes::INVALID_MOVE,
                first.span,
                format!("`{}` has moved from `{}`, which still exists", first.path, first.from),
            )
            .label(format!("the logical id `{id}` is taken"))
            .because(there.span, format!("`{}` has it", there.words()))
            .help(format!("remove `moved from` here, or rename `{}`", first.from)),
        );
    }
    reports.into_iter().for_each(|report| evaluation.report(report));
}
