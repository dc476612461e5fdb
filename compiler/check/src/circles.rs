//! Circles in what names what: functions, components, records.
//!
//! Invariant: an explicit stack, since chains may be as long as a project is large.

use solc_source::Span;

/// A node with the place of an edge.
type Step = (usize, Span);

/// Circles of a graph: nodes with the place of the edge that goes on, one circle for each edge that closes one.
pub(crate) fn circles<I>(nodes: usize, edges: &dyn Fn(usize) -> I) -> Vec<Vec<Step>>
where
    I: Iterator<Item = Step>,
{
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Closed,
    }
    let mut state = vec![State::New; nodes];
    let mut found = Vec::new();
    for start in 0..nodes {
        if state.get(start) != Some(&State::New) {
            continue;
        }
        let mut path: Vec<(usize, Vec<Step>, Span)> = vec![(start, edges(start).collect(), Span::default())];
        if let Some(s) = state.get_mut(start) {
            *s = State::Open;
        }
        while let Some((node, rest, _)) = path.last_mut() {
            let Some((next, at)) = rest.pop() else {
                if let Some(s) = state.get_mut(*node) {
                    *s = State::Closed;
                }
                path.pop();
                continue;
            };
            if let Some((_, _, via)) = path.last_mut() {
                *via = at;
            }
            match state.get(next) {
                Some(State::New) => {
                    if let Some(s) = state.get_mut(next) {
                        *s = State::Open;
                    }
                    path.push((next, edges(next).collect(), Span::default()));
                }
                Some(State::Open) => {
                    let from = path.iter().position(|(n, _, _)| *n == next).unwrap_or(0);
                    let mut circle: Vec<Step> =
                        path.iter().skip(from).map(|(n, _, via)| (*n, *via)).collect();
                    // The edge that closes the circle is the one to cut, so its node comes first.
                    circle.rotate_right(1);
                    found.push(circle);
                }
                Some(State::Closed) | None => {}
            }
        }
    }
    found
}
